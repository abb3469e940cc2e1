"""Bring your own: what is previewed is what is kept, nothing is stored half, and what fails is told by its file."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from conftest import PROJECT, CharacterEncoder
from kb.config import Settings
from kb.errors import IndexStateError, ModelError, NotFoundError, QueryError
from kb.index.store import Store
from kb.knowledge import KnowledgeBase
from kb.knowledge.receiving import given_name
from kb.models.encoder import FloatMatrix, TextKind
from kb.sources import limits
from kb.types import DuplicateKind, Edits, Mode, Preview, Upload

LETTER = "楼道里的灯坏了半年没有人修。居民向社区反映以后，网格员当天就来登记，第三天换好了灯。"
OTHER = "红白喜事按村规民约从简办理。村里的理事会负责劝导，办酒不超过十桌，随礼不超过二百元。"


def upload(name: str, text: str = LETTER) -> Upload:
    return Upload(name, text.encode())


def zipped(**members: bytes) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return data.getvalue()


def previewed(knowledge: KnowledgeBase, *files: Upload) -> list[Preview]:
    found = knowledge.preview(files)
    assert found.failures == ()
    return list(found.found)


def ids(knowledge: KnowledgeBase) -> set[str]:
    return {article.id for article in knowledge.articles()}


def stored(settings: Settings) -> list[tuple[str, ...]]:
    store = Store(Path(settings.index))
    try:
        return [tuple(row) for row in store.rows("SELECT id, origin, digest, title FROM article ORDER BY id")]
    finally:
        store.close()


def test_a_preview_needs_no_index_and_makes_none(knowledge: KnowledgeBase, settings: Settings) -> None:
    (one,) = previewed(knowledge, upload("灯.txt"))
    assert (one.receipt.title, one.receipt.encoding, one.receipt.passages) == (LETTER, "utf-8", 1)
    assert one.receipt.han_characters == one.receipt.han_received == 38
    assert not settings.index.exists()


def test_what_was_previewed_is_kept_with_its_bytes_and_found(knowledge: KnowledgeBase) -> None:
    (one,) = previewed(knowledge, upload("灯.txt"))
    report = knowledge.keep([one])
    assert (report.added, report.failures, report.passages) == (1, (), 1)
    article = knowledge.article("灯")
    assert (article.text, article.raw) == (one.document.article.text, LETTER.encode())
    assert article.origin.startswith("upload:")
    assert article.origin.endswith("/灯.txt")
    assert knowledge.receipt("灯").origin == "灯.txt"
    assert knowledge.search("谁来修楼道的灯", mode=Mode.HYBRID).hits[0].article.id == "灯"


def test_a_build_neither_removes_nor_replaces_uploads(knowledge: KnowledgeBase, articles: Path) -> None:
    own_id = Upload("自编号.md", f"---\nid: taken\n---\n{OTHER}".encode())
    knowledge.keep(previewed(knowledge, upload("wangge.txt"), own_id))
    (articles / "taken.md").write_text("---\nid: taken\n---\n另一篇文章说的是别的事。\n", encoding="utf-8")
    report = knowledge.build([articles])
    assert len(report.failures) == 1
    assert "编号 taken 已属于上传的文章" in report.failures[0].reason
    assert knowledge.article("wangge").text == LETTER
    assert knowledge.article("taken").text == OTHER
    assert len(ids(knowledge)) == 5
    assert knowledge.build([articles]).removed == 0


def test_an_upload_takes_no_id_of_an_article_that_is_there(knowledge: KnowledgeBase, articles: Path) -> None:
    knowledge.build([articles])
    (one,) = previewed(knowledge, Upload("x.md", f"---\nid: wuye\n---\n{LETTER}".encode()))
    knowledge.keep([one])
    assert knowledge.article("wuye").title == "老旧小区没有物业怎么办"
    assert {key for key in ids(knowledge) if key.startswith("wuye")} == {"wuye", one.document.article.id}


def test_the_receipt_tells_repairs_copies_and_practices(knowledge: KnowledgeBase, tmp_path: Path) -> None:
    knowledge.build([PROJECT / "corpus" / "practices" / "fengqiao-jingyan.md"])
    knowledge.keep(previewed(knowledge, upload("一.txt")))
    text = "物業(yè)服務(wù)要跟上，學習楓橋經驗，把矛盾化解在基層。"
    damaged, copy = previewed(knowledge, upload("二.txt", text), upload("三.txt", LETTER + "\n"))
    assert sum(damaged.receipt.repairs.values()) == 2
    assert damaged.receipt.practices == ("fengqiao-jingyan",)
    assert [(found.article_id, found.kind) for found in copy.receipt.duplicates] == [("一", DuplicateKind.EXACT)]
    knowledge.keep([damaged])
    assert knowledge.receipt("二").practices == ("fengqiao-jingyan",)
    assert knowledge.article("二").text.startswith("物業服務要跟上")


def test_copies_within_one_upload_are_told(knowledge: KnowledgeBase, articles: Path) -> None:
    knowledge.build([articles])
    first, second = previewed(knowledge, upload("a.txt"), upload("b.txt"))
    assert first.receipt.duplicates == ()
    assert [found.article_id for found in second.receipt.duplicates] == ["a"]


def test_the_same_file_again_is_told_and_changes_nothing_but_its_metadata(
    knowledge: KnowledgeBase, settings: Settings
) -> None:
    knowledge.keep(previewed(knowledge, upload("灯.txt")))
    (again,) = previewed(knowledge, upload("灯.txt"))
    assert again.present == "灯"
    report = knowledge.keep([again], {again.key: Edits(region="山东省")})
    assert (report.added, report.changed) == (0, 1)
    assert [row[0] for row in stored(settings)] == ["灯"]
    assert knowledge.article("灯").region == "山东省"
    renamed = knowledge.preview([upload("灯2.txt")]).found[0]
    assert renamed.present == "灯"


def test_another_text_of_the_same_name_stands_beside_or_takes_its_place(knowledge: KnowledgeBase) -> None:
    knowledge.keep(previewed(knowledge, upload("通知.txt")))
    (one,) = previewed(knowledge, upload("通知.txt", OTHER))
    assert (one.present, one.namesake) == ("", "通知")
    knowledge.keep([one])
    assert len(ids(knowledge)) == 2
    (newer,) = previewed(knowledge, upload("通知.txt", OTHER + "礼金登记公开。"))
    report = knowledge.keep([newer], replacing=[newer.key])
    assert (report.added, report.changed) == (0, 1)
    assert len(ids(knowledge)) == 2


def test_the_same_file_twice_in_one_upload_is_read_once(knowledge: KnowledgeBase) -> None:
    found = knowledge.preview([upload("灯.txt"), upload("灯.txt")])
    assert len(found.found) == 1
    assert [failure.reason for failure in found.failures] == ["灯.txt 选了两次，只读一次。"]


def test_edits_are_kept_and_put_down_as_written_by_hand(knowledge: KnowledgeBase) -> None:
    (one,) = previewed(knowledge, upload("灯.txt"))
    edits = Edits(
        "修好了\n楼道的灯", "2024年3月1日", "社区报", " 山东省 ", "社区服务", "https://example.org/a?b=1&c=2", "王某"
    )
    knowledge.keep([one], {one.key: edits})
    article = knowledge.article("灯")
    assert (article.title, article.date, article.region) == ("修好了 楼道的灯", "2024-03-01", "山东省")
    assert (article.source, article.category, article.author) == ("社区报", "社区服务", "王某")
    assert article.url == "https://example.org/a?b=1&c=2"
    assert ("date", "2024-03-01", "人工填写") in [
        (stated.name, stated.value, stated.place) for stated in knowledge.receipt("灯").metadata
    ]


@pytest.mark.parametrize(
    ("edits", "reason"),
    [
        (Edits(title=" \u202e "), "标题不能留空"),
        (Edits(date="去年春天"), "去年春天"),
        (Edits(date="2024-02-31"), "看不懂"),
        (Edits(url="javascript:alert(1)"), "https://"),
        (Edits(author="长" * 201), "最多 200 字"),
    ],
)
def test_an_edit_that_cannot_be_used_is_told_and_nothing_is_stored(
    knowledge: KnowledgeBase, settings: Settings, edits: Edits, reason: str
) -> None:
    one, other = previewed(knowledge, upload("灯.txt"), upload("席.txt", OTHER))
    with pytest.raises(QueryError, match=reason):
        knowledge.keep([other, one], {one.key: edits})
    assert not settings.index.exists()


@pytest.mark.parametrize(("written", "kept"), [("2024-3-1", "2024-03-01"), ("2024", "2024"), ("", "")])
def test_dates_are_kept_as_far_as_they_are_known(knowledge: KnowledgeBase, written: str, kept: str) -> None:
    (one,) = previewed(knowledge, upload("灯.txt"))
    knowledge.keep([one], {one.key: Edits(date=written)})
    assert knowledge.article("灯").date == kept


class Failing(CharacterEncoder):
    """Fails at a passage that holds the word."""

    def __init__(self, word: str) -> None:
        super().__init__()
        self.word = word

    def encode(self, texts: Sequence[str], kind: TextKind, progress: object = None) -> FloatMatrix:
        if kind is TextKind.PASSAGE and any(self.word in text for text in texts):
            raise ModelError("模型算不出这一篇。")
        return super().encode(texts, kind)


def test_a_failure_halfway_leaves_nothing_half_and_keeps_the_rest(settings: Settings) -> None:
    with KnowledgeBase.open(settings=settings, encoder=Failing("红白喜事")) as knowledge:
        first, bad, last = previewed(
            knowledge, upload("a.txt"), upload("b.txt", OTHER), upload("c.txt", "广场舞的音量晚上九点以后要关小。")
        )
        report = knowledge.keep([first, bad, last])
        assert report.added == 2
        assert [(failure.origin, failure.reason) for failure in report.failures] == [(bad.key, "模型算不出这一篇。")]
        assert ids(knowledge) == {"a", "c"}
        assert knowledge.search("广场舞", mode=Mode.LEXICAL).hits[0].article.id == "c"
        assert knowledge.search("红白喜事", mode=Mode.LEXICAL).hits == ()
        assert knowledge.info().passages == 2


def test_a_second_writer_is_told_and_may_keep_it_again(knowledge: KnowledgeBase) -> None:
    (one,) = previewed(knowledge, upload("灯.txt"))
    knowledge._engine.folder.mkdir()
    with knowledge._engine.lock(), pytest.raises(IndexStateError, match="请等它完成后再试"):
        knowledge.keep([one])
    assert knowledge.keep([one]).added == 1


def test_readers_go_on_while_articles_are_embedded(settings: Settings, articles: Path) -> None:
    entered, leave = threading.Event(), threading.Event()

    class Waiting(CharacterEncoder):
        def encode(self, texts: Sequence[str], kind: TextKind, progress: object = None) -> FloatMatrix:
            if kind is TextKind.PASSAGE and any("楼道" in text for text in texts):
                entered.set()
                assert leave.wait(20)
            return super().encode(texts, kind)

    with KnowledgeBase.open(settings=settings, encoder=Waiting()) as knowledge:
        knowledge.build([articles])
        kept = threading.Thread(target=knowledge.keep, args=(previewed(knowledge, upload("灯.txt")),))
        kept.start()
        assert entered.wait(20)
        assert knowledge.search("物业", mode=Mode.LEXICAL).hits
        removed = threading.Thread(target=knowledge.remove, args=(["wuye"],))
        removed.start()
        removed.join(0.2)
        assert removed.is_alive()  # It waits for its turn, as every thread of one process does.
        leave.set()
        kept.join(20)
        removed.join(20)
        assert ids(knowledge) == {"灯", "fengqiao", "wangge"}


def test_members_of_an_archive_are_read_one_by_one(knowledge: KnowledgeBase) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("里/灯.txt", LETTER)
        archive.writestr("../../etc/passwd.txt", OTHER)
        archive.writestr("坏.docx", b"not a document")
        archive.writestr("很多.jsonl", b'{"id": "a", "text": "b"}')
        archive.writestr("照片.exe", b"MZ")
    found = knowledge.preview([Upload("一包.zip", data.getvalue())])
    assert [one.receipt.origin for one in found.found] == ["一包.zip/里/灯.txt"]
    told = {failure.origin: failure.reason for failure in found.failures}
    assert set(told) == {"一包.zip/../../etc/passwd.txt", "一包.zip/坏.docx", "一包.zip/很多.jsonl"}
    assert "kb add" in told["一包.zip/很多.jsonl"]
    assert knowledge.keep(found.found).added == 1


def test_names_in_an_old_archive_are_read_in_their_encoding(knowledge: KnowledgeBase) -> None:
    data = zipped(**{"xxxxxxxxxxxxxxxx.txt": LETTER.encode()}).replace(
        b"xxxxxxxxxxxxxxxx", "基层治理楼道照明".encode("gbk")
    )
    (one,) = previewed(knowledge, Upload("包.zip", data))
    assert one.receipt.origin == "包.zip/基层治理楼道照明.txt"
    assert one.document.article.id == "基层治理楼道照明"


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (Upload("空.txt", b""), "是空的"),
        (Upload("白.txt", b"  \n "), "没有可收录的文字"),
        (Upload("图.txt", bytes(range(256)) * 20), "图.txt"),
        (Upload("旧.doc", b"\xd0\xcf\x11\xe0"), "暂不支持 .doc 文件"),
        (Upload("没有后缀", LETTER.encode()), "暂不支持"),
        (Upload("坏.zip", b"PK\x03\x04"), "已损坏或不是 zip"),
        (Upload("坏.pdf", b"%PDF-1.4 nothing"), "坏.pdf"),
        (Upload("坏.docx", b"PK\x03\x04"), "坏.docx"),
        (Upload("行.jsonl", b"{}"), "kb add"),
        (Upload("头.md", b"---\ntitle: [\n---\n" + LETTER.encode()), "YAML"),
        (Upload("大.txt", b"\0" * (limits.MAX_UPLOAD_BYTES + 1)), "超过 50 MB"),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_what_cannot_be_read_is_told_by_its_name_and_the_rest_is_read(
    knowledge: KnowledgeBase, file: Upload, reason: str
) -> None:
    found = knowledge.preview([file, upload("灯.txt")])
    assert [one.receipt.origin for one in found.found] == ["灯.txt"]
    assert [failure.origin for failure in found.failures] == [file.name]
    assert reason in found.failures[0].reason


def test_a_file_of_another_encoding_is_read_and_told(knowledge: KnowledgeBase) -> None:
    (one,) = previewed(knowledge, Upload("灯.txt", LETTER.encode("gbk")))
    assert (one.receipt.encoding, one.document.article.text) == ("gb18030", LETTER)


def test_too_many_files_or_articles_are_told_not_passed_over(
    knowledge: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.knowledge.receiving.MAX_UPLOADS", 2)
    found = knowledge.preview([upload(f"{n}.txt", f"{LETTER}{n}") for n in range(3)])
    assert len(found.found) == 2
    assert found.failures[0].origin == "2.txt"
    monkeypatch.setattr("kb.knowledge.receiving.MAX_UPLOADED_ARTICLES", 1)
    archive = zipped(**{"a.txt": LETTER.encode(), "b.txt": OTHER.encode(), "c.txt": (OTHER * 2).encode()})
    found = knowledge.preview([Upload("包.zip", archive)])
    assert (len(found.found), len(found.failures)) == (1, 1)
    assert "包.zip/b.txt 起没有读取" in found.failures[0].reason


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\fakepath\\灯.txt", "灯.txt"),
        ("灯\u202etxt.exe\x00\x1b[31m.txt", "灯txt.exe[31m.txt"),
        ("", "未命名"),
        ("..", "未命名"),
        ("<script>alert(1)</script>.txt", "script>.txt"),
        ("长" * 300 + ".txt", "长" * 116 + ".txt"),
        ("a\nb.txt", "a b.txt"),
    ],
)
def test_a_name_is_only_a_name(name: str, own: str) -> None:
    assert given_name(name) == own


def test_metadata_is_edited_later_and_the_text_stays(knowledge: KnowledgeBase, encoder: CharacterEncoder) -> None:
    knowledge.keep(previewed(knowledge, upload("灯.txt")))
    before, holding = knowledge.article("灯"), knowledge.holdings()[0]
    encoder.encoded.clear()
    knowledge.edit("灯", Edits(region="山东省", date="2024"))
    assert encoder.encoded == []
    knowledge.edit("灯", Edits(title="楼道的灯"))
    assert len(encoder.encoded) == 1
    after = knowledge.article("灯")
    assert (after.title, after.region, after.date) == ("楼道的灯", "山东省", "2024")
    assert (after.text, after.raw, after.origin, after.repairs) == (
        before.text, before.raw, before.origin, before.repairs
    )  # fmt: skip
    assert knowledge.holdings()[0].added == holding.added
    assert knowledge.search("修灯", mode=Mode.DENSE).hits[0].article.title == "楼道的灯"
    assert knowledge.facets().regions == {"山东省": 1}


def test_what_a_build_brought_is_not_edited_here(knowledge: KnowledgeBase, articles: Path) -> None:
    knowledge.build([articles])
    with pytest.raises(QueryError, match="kb build"):
        knowledge.edit("wuye", Edits(title="别的"))
    with pytest.raises(NotFoundError, match="没有文章 nothing"):
        knowledge.edit("nothing", Edits(title="别的"))


def test_a_kept_upload_can_be_removed(knowledge: KnowledgeBase) -> None:
    knowledge.keep(previewed(knowledge, upload("灯.txt"), upload("席.txt", OTHER)))
    assert knowledge.remove(["灯"]) == 1
    assert ids(knowledge) == {"席"}


def test_another_model_than_the_index_has_keeps_nothing(settings: Settings, articles: Path) -> None:
    with KnowledgeBase.open(settings=settings, encoder=CharacterEncoder()) as knowledge:
        knowledge.build([articles])
    with KnowledgeBase.open(settings=settings, encoder=CharacterEncoder("other-v1")) as knowledge:
        with pytest.raises(ModelError, match="不能混用"):
            knowledge.keep(previewed(knowledge, upload("灯.txt")))
        assert len(ids(knowledge)) == 3


def test_stock_is_taken(knowledge: KnowledgeBase, articles: Path) -> None:
    knowledge.build([articles])
    text = "物業(yè)服務(wù)要跟上，調解糾紛3?件。"
    knowledge.keep(previewed(knowledge, upload("a.txt"), upload("b.txt"), upload("c.txt", text)))
    own = {one.id: one for one in knowledge.holdings() if one.own}
    assert {one.file for one in own.values()} == {"a.txt", "b.txt", "c.txt"}
    assert (own["a"].characters, own["a"].flags, own["a"].quality) == (len(LETTER), 0, 1.0)
    assert own["c"].quality < 1
    assert [(kind.value, count) for kind, count in knowledge.flag_counts().items()] == [("lost", (1, 1))]
    assert [(copy.id, copy.other.article_id) for copy in knowledge.copies()] == [("b", "a")]
    knowledge.remove(["a"])
    assert knowledge.copies() == []
