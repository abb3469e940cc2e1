"""The quotations of a draft: which there are, what stands behind them, and what is said of each; `kb verify` itself."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from conftest import CharacterEncoder
from kb.cli import main
from kb.errors import KBError, SourceError
from kb.knowledge import KnowledgeBase, engine, held_against
from kb.search.verdicts import CitationState, Verdict
from kb.sources.decode import count_han
from kb.sources.quotations import LONGEST, SHORTEST, quotations, read_draft

DRAFT = """---
title: 讲稿
---
# 矛盾怎样化解

文章说，“小事不出村，大事不出镇。”（《楓橋經驗》，2024）又说「楓橋經驗講究當場化解矛盾」。“短语”不算引文。

> 没有物业的小区由社区先托底。
> 业主可以组建自管会。
> ——《老旧小区没有物业怎么办》

他还写道：『这一句哪里都没有，是写稿的人编的』[^1]。

[^1]: 某某日报
"""


def quoted(text: str, lines: frozenset[str] = frozenset()) -> list[tuple[str, str]]:
    """Each quotation with the reference behind it."""
    return [(one.text, one.reference) for one in quotations(text, lines)]


# -- which quotations there are


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("他说“网格员每天巡查社区”。", [("网格员每天巡查社区", "")], id="curly"),
        pytest.param("「網格員每天巡查社區」與『發現問題就要馬上上報』",
                     [("網格員每天巡查社區", ""), ("發現問題就要馬上上報", "")], id="corners"),
        pytest.param("‘网格员每天巡查社区’", [("网格员每天巡查社区", "")], id="single"),
        pytest.param('"网格员每天巡查社区"，又"短"，"发现问题就要马上上报"',
                     [("网格员每天巡查社区", ""), ("发现问题就要马上上报", "")], id="straight"),
        pytest.param('他写"网格员每天巡查社区\n"发现问题就要马上上报"', [("发现问题就要马上上报", "")], id="left open"),
        pytest.param("“他说：‘网格员每天巡查’，很好”", [("他说：‘网格员每天巡查’，很好", "")], id="outer ones"),
        pytest.param("「未收尾，“网格员每天巡查社区”", [("网格员每天巡查社区", "")], id="within one left open"),
        pytest.param("“网格”和“街道社区网格员”", [], id="terms"),
        pytest.param("“abcdefgh 12345678”", [], id="no Chinese"),
        pytest.param("don’t “网格员每天巡查社区”", [("网格员每天巡查社区", "")], id="apostrophe"),
        pytest.param("“第一段网格员每天巡查。\n\n“第二段发现问题就上报。”",
                     [("第一段网格员每天巡查。", ""), ("第二段发现问题就上报。", "")], id="paragraphs"),
        pytest.param("“网格员每天\n巡查社区”", [("网格员每天巡查社区", "")], id="wrapped"),
        pytest.param("", [], id="empty"),
    ],
)  # fmt: skip
def test_what_is_a_quotation(text: str, expected: list[tuple[str, str]]) -> None:
    assert quoted(text) == expected


@pytest.mark.parametrize(
    "reference",
    ["（《枫桥经验》，2023年）", "(平安报 2024)", "〔3〕", "[12]", "①", "——《枫桥经验》", "（a@1-9~aaaaaaaaaaaaaaaa）"],
)
def test_a_reference_is_taken_along(reference: str) -> None:
    assert quoted(f"他说“网格员每天巡查社区”{reference}，又说") == [("网格员每天巡查社区", reference)]
    assert quoted(f"他说“网格员每天巡查社区”。 {reference}又说") == [("网格员每天巡查社区", reference)]


def test_a_note_is_looked_up() -> None:
    assert quoted("“网格员每天巡查社区”[^a]。\n\n[^a]: 《平安报》2024\n") == [
        ("网格员每天巡查社区", "[^a] 《平安报》2024")
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("> 网格员每天巡查。\n>发现问题就上报。\n", [("网格员每天巡查。发现问题就上报。", "")], id="lines"),
        pytest.param("> 网格员每天巡查社区。\n>\n> 发现问题就要上报。\n",
                     [("网格员每天巡查社区。", ""), ("发现问题就要上报。", "")], id="paragraphs"),
        pytest.param("> 网格员每天巡查社区。\n> ——《平安报》\n",
                     [("网格员每天巡查社区。", "——《平安报》")], id="said below"),
        pytest.param("> 网格员每天巡查社区。\n>\n> 来源：平安报\n",
                     [("网格员每天巡查社区。", "来源：平安报")], id="said apart"),
        pytest.param("> 网格员每天巡查社区。（《平安报》）\n",
                     [("网格员每天巡查社区。", "（《平安报》）")], id="said at its end"),
        pytest.param("> “网格员每天巡查社区。”（《平安报》）\n",
                     [("网格员每天巡查社区。", "（《平安报》）")], id="in marks"),
        pytest.param("> 全文有“网格员”和“社区”，每天巡查。\n",
                     [("全文有“网格员”和“社区”，每天巡查。", "")], id="terms in it"),
    ],
)  # fmt: skip
def test_block_quotes(text: str, expected: list[tuple[str, str]]) -> None:
    assert quoted(f"前面\n\n{text}\n后面") == expected


def test_paragraphs_in_a_style_for_quotations() -> None:
    assert quoted("前面一段话。\n网格员 每天巡查社区。\n后面", frozenset({"网格员每天巡查社区。"})) == [
        ("网格员 每天巡查社区。", "")
    ]


def test_an_overlong_block_is_cut_at_sentences() -> None:
    found = quotations("> " + "网格员每天巡查社区。" * 500)
    assert all(len(one.text) <= LONGEST and one.text.endswith("。") for one in found)
    assert "".join(one.text for one in found) == "网格员每天巡查社区。" * 500


@given(st.text(alphabet='网格员巡查“”‘’「」"\n>（）[]1《》— ', max_size=120))
def test_any_draft_can_be_read(text: str) -> None:
    at = 0
    for one in quotations(text):
        assert at <= one.start < one.end <= len(text)
        assert count_han(one.text) >= SHORTEST
        assert "".join(one.text.split()) == "".join(text[one.start : one.end].replace("\n", " ").split()) or ">" in text
        assert text.count("\n", 0, one.start) + 1 == one.line
        at = one.end


def test_a_hostile_draft_is_read_soon() -> None:
    for text in ("“" * 200_000, "“「『‘" * 50_000, "> “" * 50_000, "”" * 200_000, "（" * 100_000, "@1-2~" * 50_000):
        assert quotations(text) == ()


# -- formats


def word(*paragraphs: tuple[str, str | None]) -> bytes:
    """A Word document of (text, style) paragraphs."""
    import docx

    document = docx.Document()
    for text, style in paragraphs:
        document.add_paragraph(text, style)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def test_a_word_document() -> None:
    data = word(
        ("他说“网格员每天巡查社区”（《平安报》）。", None),
        ("小事不出村，大事不出镇。", "Quote"),
        ("没有物业的小区由社区先托底。", "Intense Quote"),
        ("这一段不是引文，是自己写的。", None),
    )
    _text, found = read_draft(data, "draft.docx")
    assert [(one.text, one.line) for one in found] == [
        ("网格员每天巡查社区", 1), ("小事不出村，大事不出镇。", 2), ("没有物业的小区由社区先托底。", 3)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"", "a.md", "是空的"),
        (b"\x89PNG\r\n\x00\x00\xff", "a.txt", "二进制"),
        (b"PK\x03\x04", "a.docx", "已损坏"),
        ("“网格员每天巡查社区”".encode(), "a.pptx", "不能核对 .pptx 文件"),
        ("“网格员每天巡查社区”".encode(), "a", "不能核对 没有后缀的 文件"),
        (b"\x89PNG", "a.png", "不能核对 .png 文件"),
    ],
)
def test_drafts_that_cannot_be_read(data: bytes, name: str, sentence: str) -> None:
    with pytest.raises(SourceError, match=sentence):
        read_draft(data, name)


# -- verdicts


@pytest.fixture
def held(knowledge: KnowledgeBase, articles: Path) -> KnowledgeBase:
    knowledge.build([articles])
    return knowledge


def test_every_quotation_of_a_draft_gets_a_verdict(held: KnowledgeBase, tmp_path: Path) -> None:
    path = tmp_path / "draft.md"
    path.write_text(DRAFT, encoding="utf-8")
    found = held.verify_draft(path)
    assert [(one.line, one.verification.verdict.value, one.reference) for one in found.quotations] == [
        (6, "exact", "（《楓橋經驗》，2024）"),
        (6, "altered", ""),
        (8, "exact", "——《老旧小区没有物业怎么办》"),
        (12, "not_found", "[^1] 某某日报"),
    ]
    altered = found.quotations[1].verification.places[0]
    assert [(edit.quoted, edit.written) for edit in altered.edits] == [("當場", "就地")]
    assert held.verify_draft(DRAFT.encode(), "draft.md").quotations == found.quotations
    for one in found.quotations:
        assert DRAFT[one.start : one.end].replace("\n> ", "") == one.verification.quotation


def test_citations_of_a_draft_are_checked(held: KnowledgeBase) -> None:
    own, other = held.passages("fengqiao")[0].citation, held.passages("wangge")[0].citation
    draft = f"“小事不出村，大事不出镇。”（{own}）\n另见 {other}，以及 gone@1-17~{other.digest}。"
    found = held.verify_draft(draft.encode(), "draft.txt")
    (quotation,) = found.quotations
    assert quotation.verification.cited is not None
    assert quotation.verification.cited.state is CitationState.UNCHANGED
    assert [check.state.value for check in found.citations] == ["unchanged", "removed"]
    assert [quote.article_id for quote in found.citations[1].elsewhere] == ["wangge"]


def test_of_too_many_quotations_the_rest_is_counted(held: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held_against, "MOST_QUOTATIONS", 3)
    found = held.verify_draft("“小事不出村，大事不出镇。”\n".encode() * 5, "a.txt")
    assert (len(found.quotations), found.left_out) == (3, 2)
    assert {one.verification.verdict for one in found.quotations} == {Verdict.EXACT}


def test_a_draft_of_ellipses_alone(held: KnowledgeBase) -> None:
    (one,) = held.verify_draft(("“" + "（略）" * 8 + "”").encode(), "a.txt").quotations
    assert one.verification.verdict is Verdict.NOT_FOUND


def test_a_draft_that_is_no_file(held: KnowledgeBase, tmp_path: Path) -> None:
    for path, sentence in ((tmp_path, "是文件夹"), (tmp_path / "none.md", "找不到")):
        with pytest.raises(KBError, match=sentence):
            held.verify_draft(path)


# -- the command


@pytest.fixture
def built(tmp_path: Path, cache: Path, articles: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = CharacterEncoder()
    monkeypatch.setattr(engine, "open_encoder", lambda **_settings: encoder)
    monkeypatch.setenv("KB_INDEX", str(tmp_path / "index"))
    monkeypatch.setenv("KB_CACHE", str(cache))
    for name in ("KB_MODEL", "KB_SCRIPT"):
        monkeypatch.delenv(name, raising=False)
    assert kb("build", articles).exit_code == 0


def kb(*arguments: object) -> Result:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)
    assert "Traceback" not in result.output
    return result


def as_json(*arguments: object) -> Any:
    result = kb(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


VERIFICATION = {"quotation", "verdict", "count", "more", "places", "cited"}
PLACE = {
    "article_id", "title", "headings", "source", "date", "quotes", "differs", "edits", "similarity", "reordered",
    "before", "after",
}  # fmt: skip


@pytest.mark.usefixtures("built")
def test_a_quotation_as_json() -> None:
    document = as_json("verify", "小事不出门，大事不出镇")
    assert set(document) == VERIFICATION
    (place,) = document["places"]
    assert set(place) == PLACE
    assert place["edits"] == [
        {"kind": "replaced", "quoted": "门", "written": "村", "quotation": [4, 5], "article": [17, 18]}
    ]
    (quote,) = place["quotes"]
    assert set(quote) == {"text", "start", "end", "citation"}
    check = as_json("verify", quote["citation"])
    assert (check["verdict"], check["cited"]["state"], check["cited"]["now"]) == ("exact", "unchanged", quote)
    assert set(check["cited"]) == {"citation", "state", "article_id", "title", "article_gone", "now", "elsewhere"}


@pytest.mark.usefixtures("built")
def test_a_draft_as_json(tmp_path: Path) -> None:
    (tmp_path / "draft.docx").write_bytes(word(("“小事不出村，大事不出镇。”（《楓橋經驗》）", None)))
    document = as_json("verify", tmp_path / "draft.docx")
    assert set(document) == {"draft", "counts", "quotations", "citations", "left_out"}
    assert document["counts"] == {"exact": 1, "punctuation": 0, "altered": 0, "not_found": 0}
    assert set(document["quotations"][0]) == VERIFICATION | {"line", "start", "end", "reference"}


@pytest.mark.usefixtures("built")
def test_for_people(tmp_path: Path) -> None:
    assert kb("verify", "小事不出村，大事不出镇").stdout.startswith("✓ 一致（只有简繁或异体字形不同）\n")
    altered = kb("verify", "楓橋經驗講究當場化解").stdout
    assert altered.startswith("✗ 有改动\n  改动：原文“就地”，引文作“當場”\n  原文：【楓橋經驗講究就地化解】矛盾。")
    assert "《楓橋經驗》，平安報，2024（fengqiao 第 0–10 字）" in altered
    assert "……（略 " in kb("verify", "楓橋經驗……大事不出鎮").stdout
    assert kb("verify", "红烧肉要用小火慢慢炖").stdout.startswith("✗ 未找到")
    (tmp_path / "draft.md").write_text(DRAFT, encoding="utf-8")
    lines = kb("verify", tmp_path / "draft.md").stdout.splitlines()
    assert lines[0] == f"{tmp_path / 'draft.md'}：共 4 处引文；一致 2；有改动 1；未找到 1"
    assert sum(line.startswith("第 ") for line in lines) == 4
    (tmp_path / "empty.md").write_text("没有引文。", encoding="utf-8")
    assert "没有找到引文" in kb("verify", tmp_path / "empty.md").stdout


@pytest.mark.usefixtures("built")
def test_what_becomes_of_a_citation_for_people() -> None:
    sentence = as_json("ask", "没有物业的小区由谁托底", "--citations")["sentences"][0]
    assert kb("verify", sentence["citation"]).stdout.startswith(f"✓ 未变：{sentence['citation']}\n")
    assert sentence["citation"] in kb("ask", "没有物业的小区由谁托底", "--citations").stdout
    assert "citation" not in as_json("ask", "没有物业的小区由谁托底")["sentences"][0]
    kb("remove", "wuye")
    assert "这篇文章已不在索引中" in kb("verify", sentence["citation"]).stdout


@pytest.mark.usefixtures("built")
def test_our_words_are_in_the_readers_script(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is quoted stays as it was written, by the article and by the user."""
    monkeypatch.setenv("KB_SCRIPT", "hant")
    found = kb("verify", "没有物业的小区由街道先托底").stdout
    assert found.startswith("✗ 有改動\n  改動：原文“社区”，引文作“街道”\n")
    assert "《老旧小区没有物业怎么办》，社区报" in found


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(
    ("what", "sentence"),
    [("", "请给出要核对的引文"), ("。", "引文太短"), ("draft.docx", "找不到 draft.docx"), ("网" * 5_000, "引文太长")],
)
def test_what_cannot_be_verified(what: str, sentence: str) -> None:
    result = kb("verify", what)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(sentence)
    assert len(result.stderr.splitlines()) == 1
