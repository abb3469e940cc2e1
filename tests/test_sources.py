"""Files in, documents out: decoding, front matter, practice pages, JSON lines, and finding files."""

from __future__ import annotations

import codecs
import contextlib
import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.errors import SourceError
from kb.sources import read
from kb.sources.bulk import read_lines
from kb.sources.decode import decode
from kb.sources.front_matter import FrontMatter, read_front_matter
from kb.sources.practice_page import read_practice, read_statement
from kb.sources.read import Terms, find_files, read_file, read_terms, read_text, slug
from kb.types import Article, Document, Failure, Mark, Practice, Script, Source, Statement

PAGE = """\
---
id: jiexiang
kind: 实践
name: 街乡吹哨
name_traditional: 街鄉吹哨
aliases: [吹哨报到, 吹哨報到]
category: 党建引领
region: 北京市
since: 2017
steps_basis: 归纳
related: [jiesu]
sources:
  - title: 条例
    publisher: 市人大
    date: 2019-11-27
    url: null
  - title: 报道
---
# 街乡吹哨

## 牵头
- 区委牵头。[1]

## 针对的问题
- 看得见管不了。[1][2]〔归纳〕

## 做法
- 乡镇吹哨。[2]

## 步骤
1. 先吹哨。[1]〔歸納〕
2. 再报到。[1]〔自述〕〔待核〕

## 数据
- 未载明。

## 成效
- 未载明。

## 局限
- 不能一吹了之。[2]
"""


def one(path: Path) -> Document | Failure:
    """The only thing a file gives."""
    documents = list(read_file(path))
    assert len(documents) == 1
    return documents[0]


def document(path: Path) -> Document:
    """The only document a file gives."""
    found = one(path)
    assert isinstance(found, Document)
    return found


def failure(path: Path) -> Failure:
    """Why a file gives none."""
    found = one(path)
    assert isinstance(found, Failure)
    return found


# decode


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param("网格员。".encode(), "网格员。", id="utf-8"),
        pytest.param("网格员。".encode("utf-8-sig"), "网格员。", id="utf-8 带 BOM"),
        pytest.param(codecs.BOM_UTF16_LE + "网格员。".encode("utf-16-le"), "网格员。", id="utf-16 小端"),
        pytest.param(codecs.BOM_UTF16_BE + "網格員。".encode("utf-16-be"), "網格員。", id="utf-16 大端"),
        pytest.param(b"a\r\nb\rc\nd", "a\nb\nc\nd", id="换行都成一种"),
        pytest.param("　甲\u00a0乙 \n".encode(), "　甲\u00a0乙 \n", id="空白原样"),
        pytest.param("甲\ufffd?乙".encode(), "甲\ufffd?乙", id="损坏的字原样"),
    ],
)
def test_decode(data: bytes, expected: str) -> None:
    assert decode(data, "甲.txt") == expected


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "是空的", id="空"),
        pytest.param(b" \r\n\t", "是空的", id="空白字节"),
        pytest.param("　\u00a0".encode(), "只有空白", id="全角空白"),
        pytest.param(codecs.BOM_UTF8, "只有空白", id="只有 BOM"),
        pytest.param(codecs.BOM_UTF16_LE, "只有空白", id="只有 utf-16 BOM"),
        pytest.param(b"ab\xffcd", "请另存为 UTF-8 后再试", id="坏字节"),
        pytest.param(codecs.BOM_UTF16_LE + b"a", "请另存为 UTF-8 后再试", id="半个 utf-16 单元"),
        pytest.param(b"PK\x03\x04\x00\x00\xff", "二进制", id="压缩包"),
        pytest.param(b"abc\x00def", "二进制", id="NUL"),
        pytest.param("甲乙".encode("utf-32"), "二进制", id="utf-32"),
    ],
)
def test_decode_refuses_and_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(SourceError, match=reason) as refused:
        decode(data, "甲.txt")
    assert "甲.txt" in str(refused.value)


@given(st.text(st.characters(exclude_characters="\r\x00", exclude_categories=["Cs"])).filter(str.strip))
@settings(deadline=None, max_examples=100)
def test_decode_gives_back_what_was_encoded(text: str) -> None:
    text = text.removeprefix("\ufeff") or "甲"
    for encoding in ("utf-8-sig", "utf-16"):
        if text.strip():
            assert decode(text.encode(encoding), "x") == text


# front matter


def test_front_matter_is_text_as_written() -> None:
    head, body = read_front_matter(
        "---\ntitle: 甲\nid: 007\ndate: 2024-09-23\nsince: 1963\nregion: null\nurl:\nauthor: ~\ncategory: 'null'\n"
        "tags: [网格, 2024]\nrelated:\nsources:\n- title: 条例\n  date: 2019-11\n  url: null\n"
        "unknown: {a: [b]}\n---\n正文\n",
        "x.md",
    )
    assert body == "正文\n"
    assert (head.title, head.id, head.date, head.since) == ("甲", "007", "2024-09-23", "1963")
    assert (head.region, head.url, head.author, head.category) == ("", "", "", "null")
    assert (head.tags, head.related) == (("网格", "2024"), ())
    assert [entry.value() for entry in head.sources] == [Source("条例", date="2019-11")]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("正文\n", id="没有"),
        pytest.param("正文\n---\ntitle: 甲\n---\n", id="不在开头"),
        pytest.param("---\ntitle: 甲\n正文\n", id="没有收尾"),
        pytest.param("----\ntitle: 甲\n---\n正文", id="四个横线"),
    ],
)
def test_without_front_matter_everything_is_body(text: str) -> None:
    assert read_front_matter(text, "x.md") == (FrontMatter(), text)


@pytest.mark.parametrize(
    ("block", "body"),
    [
        pytest.param("---\n---\n正文", "正文", id="空的"),
        pytest.param("---\n# 只有注释\n---\n正文", "正文", id="注释"),
        pytest.param("--- \nid: \n--- \t\n正文", "正文", id="横线后有空格"),
        pytest.param("---\nid: ''\n---", "", id="没有正文"),
    ],
)
def test_empty_front_matter(block: str, body: str) -> None:
    assert read_front_matter(block, "x.md") == (FrontMatter(), body)


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        pytest.param("title: '甲\n", "不是正确的 YAML", id="引号没收"),
        pytest.param("id: a\ntitle: a: b\n", "第 3 行附近不是正确的 YAML", id="多一个冒号"),
        pytest.param("a: " + "[" * 3000 + "\n", "不是正确的 YAML", id="嵌套太深"),
        pytest.param("a: &a [*a]\n", "不是正确的 YAML", id="自己套自己"),
        pytest.param("一句话\n", "不是“键: 值”的形式", id="不是键值"),
        pytest.param("- a\n", "不是“键: 值”的形式", id="列表"),
        pytest.param("title: [甲]\nid: {a: b}\n", "这些项写法不对：id、title。", id="标题是列表"),
        pytest.param("tags: 网格\n", "这些项写法不对：tags。", id="标签不是列表"),
        pytest.param("sources:\n- publisher: 报社\n", r"这些项写法不对：sources\.0\.title。", id="来源缺题名"),
        pytest.param("sources:\n- title: 甲\n  titel: 乙\n", r"sources\.0\.titel", id="来源多一项"),
        pytest.param('id: "\\ud83d"\n', "这些项写法不对：id。", id="半个表情"),
        pytest.param('title: "a\\0b"\n', "这些项写法不对：title。", id="NUL"),
    ],
)
def test_wrong_front_matter_is_named(block: str, reason: str) -> None:
    with pytest.raises(SourceError, match=reason) as refused:
        read_front_matter(f"---\n{block}---\n正文", "x.md")
    assert "x.md" in str(refused.value)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2024-13-45", "2024-13-45"),
        ("2024-02-30 10:00:00", "2024-02-30 10:00:00"),
        ("true", "true"),
        ("1_0", "1_0"),
        ("0x_", "0x_"),
        ("9" * 5000, "9" * 5000),
        ("!!int 二", "二"),
        ("!!timestamp 明天", "明天"),
        ("!!bool maybe", "maybe"),
        ("!!python/name:os.system", ""),
    ],
)
def test_a_value_that_yaml_would_convert_is_left_as_it_is(written: str, read: str) -> None:
    head, _ = read_front_matter(f"---\ndate: {written}\n---\n", "x.md")
    assert head.date == read


# practice pages


def practice_of(page: str) -> Practice:
    head, body = read_front_matter(page, "x.md")
    return read_practice(head, body, "x.md")


def test_practice_page() -> None:
    assert practice_of(PAGE) == Practice(
        id="jiexiang",
        name="街乡吹哨",
        name_traditional="街鄉吹哨",
        aliases=("吹哨报到", "吹哨報到"),
        category="党建引领",
        region="北京市",
        since="2017",
        steps_basis="归纳",
        lead=(Statement("区委牵头。", (0,)),),
        problem=(Statement("看得见管不了。", (0, 1), (Mark.SUMMARY,)),),
        mechanism=(Statement("乡镇吹哨。", (1,)),),
        steps=(
            Statement("先吹哨。", (0,), (Mark.SUMMARY,)),
            Statement("再报到。", (0,), (Mark.OWN_CLAIM, Mark.UNVERIFIED)),
        ),
        figures=(),
        results=(),
        limits=(Statement("不能一吹了之。", (1,)),),
        related=("jiesu",),
        sources=(Source("条例", "市人大", "2019-11-27"), Source("报道")),
    )


@pytest.mark.parametrize(
    ("written", "instead", "reason"),
    [
        pytest.param("## 局限\n- 不能一吹了之。[2]\n", "", "应当依次有这七节：.*现有：牵头、", id="缺一节"),
        pytest.param("## 数据\n", "## 数字\n", "应当依次有这七节", id="改了名"),
        pytest.param("## 成效\n- 未载明。", "## 做法\n- 乙。[1]", "“做法”一节出现了两次", id="多一节"),
        pytest.param("- 乡镇吹哨。[2]", "乡镇吹哨。[2]", "“做法”一节中，这一行不是列表项：乡镇吹哨", id="不是列表"),
        pytest.param("- 乡镇吹哨。[2]", "- 乡镇吹哨。[3]", r"来源号或标记有误：\[3\]", id="没有这个来源"),
        pytest.param("- 乡镇吹哨。[2]", "- 乡镇吹哨。[0]", r"来源号或标记有误：\[0\]", id="来源从一起"),
        pytest.param("- 乡镇吹哨。[2]", "- 乡镇吹哨。", "没有来源号：乡镇吹哨", id="没有来源"),
        pytest.param("- 乡镇吹哨。[2]", "- 乡镇吹哨。〔自述〕", "没有来源号", id="只有标记"),
        pytest.param("- 乡镇吹哨。[2]", "- 乡镇吹哨。[2]〔猜测〕", "来源号或标记有误：〔猜测〕", id="没有这个标记"),
        pytest.param("name: 街乡吹哨\n", "name: null\n", "缺少 name", id="没有名称"),
    ],
)
def test_wrong_practice_page_is_named(written: str, instead: str, reason: str) -> None:
    assert PAGE.count(written) == 1
    with pytest.raises(SourceError, match=reason) as refused:
        practice_of(PAGE.replace(written, instead))
    assert "x.md" in str(refused.value)


def test_sections_out_of_order_are_refused() -> None:
    first, second = "## 数据\n- 未载明。\n\n", "## 成效\n- 未载明。\n\n"
    assert first + second in PAGE
    with pytest.raises(SourceError, match="应当依次有这七节"):
        practice_of(PAGE.replace(first + second, second + first))


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("句子。[1]", Statement("句子。", (0,))),
        ("句子。[3][1]〔待核〕", Statement("句子。", (2, 0), (Mark.UNVERIFIED,))),
        ("句子。〔自述〕[2]", Statement("句子。", (1,), (Mark.OWN_CLAIM,))),
        ("依据[2]的规定。[1]", Statement("依据[2]的规定。", (0,))),
        ("第〔2019〕12号文件。[1]", Statement("第〔2019〕12号文件。", (0,))),
    ],
)
def test_statement(item: str, expected: Statement) -> None:
    assert read_statement(item, 3, "x.md") == expected


# JSON lines


def bulk(tmp_path: Path, *lines: str | bytes) -> list[Document | Failure]:
    file = tmp_path / "all.jsonl"
    file.write_bytes(b"\n".join(line.encode() if isinstance(line, str) else line for line in lines))
    return list(read_lines(file))


def test_a_line_is_an_article(tmp_path: Path) -> None:
    line = json.dumps(
        {
            "id": 12,
            "text": "第一段。\n第二段。 ",
            "title": "居委会组织法",
            "region": "全国",
            "date": "2018-12-29",
            "source": "全国人大",
            "author": None,
            "category": "法规",
            "url": "https://example.cn",
            "tags": ["社区", 2018],
            "chapter": "第一章",
            "article": "第七条",
            "script": "hans",
        },
        ensure_ascii=False,
    )
    assert bulk(tmp_path, line) == [
        Document(
            Article(
                id="12",
                title="居委会组织法",
                text="第一段。\n第二段。 ",
                raw=line.encode(),
                script=Script.HANS,
                source="全国人大",
                url="https://example.cn",
                date="2018-12-29",
                region="全国",
                category="法规",
                tags=("社区", "2018"),
                headings=("第一章", "第七条"),
                origin=f"{tmp_path / 'all.jsonl'}:1",
            )
        )
    ]


def test_a_title_is_made_of_the_first_line(tmp_path: Path) -> None:
    found = bulk(tmp_path, '{"id": "a", "text": "\\n  ' + "題" * 40 + '\\n二", "chapter": null, "article": ""}')
    assert isinstance(found[0], Document)
    assert (found[0].article.title, found[0].article.headings) == ("題" * 30, ())


def test_a_wrong_line_is_named_and_the_others_go_on(tmp_path: Path) -> None:
    lines: list[tuple[str | bytes, str]] = [
        ('\ufeff{"id": "a", "text": "甲"}', ""),
        ("", ""),
        ('{"id": "b", "text": "乙"', "不是一行完整的 JSON（第 24 列）"),
        ('{"id": "b", "text": "乙"}'.encode("gb18030"), "不是 UTF-8 编码"),
        ('{"id": "b"}', "缺少或写错了这些项：text。"),
        ('{"id": null, "text": ""}', "缺少或写错了这些项：id、text。"),
        ('{"id": "b", "text": "乙", "tags": "丙"}', "缺少或写错了这些项：tags。"),
        ('["b", "乙"]', "缺少或写错了这些项：整行。"),
        ('{"id": "b", "text": " \\n"}', "只有空白"),
        ('{"id": "b", "text": "乙\\u0000"}', "缺少或写错了这些项：text。"),
        ('{"id": "b", "text": "乙", "title": "\\ud83d"}', "缺少或写错了这些项：title。"),
        ('{"id": ' + "9" * 5000 + ', "text": "乙"}', "数字太长"),
        ("[" * 100_000, "嵌套太深"),
        ('{"id": "c", "text": "丙"}', ""),
    ]
    found = bulk(tmp_path, *(line for line, _ in lines))
    expected = [(number, reason) for number, (line, reason) in enumerate(lines, start=1) if line]
    assert len(found) == len(expected)
    for (number, reason), item in zip(expected, found, strict=True):
        if reason:
            assert isinstance(item, Failure)
            assert item.origin == f"{tmp_path / 'all.jsonl'}:{number}"
            assert reason in item.reason
        else:
            assert isinstance(item, Document)


def test_an_empty_bulk_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"all\.jsonl 是空的"):
        bulk(tmp_path, "", " ")


# files


def folder_of(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("正文。", encoding="utf-8")
    return root


def test_files_are_found_in_a_fixed_order_each_once(tmp_path: Path) -> None:
    folder_of(tmp_path, "b.md", "a.TXT", "c/d.markdown", "c/e.jsonl", "c/f.ndjson")
    found = find_files([tmp_path / "c", tmp_path, tmp_path / "b.md"])
    names = [str(file.relative_to(tmp_path)) for file in found]
    assert names == ["c/d.markdown", "c/e.jsonl", "c/f.ndjson", "a.TXT", "b.md"]


def test_hidden_files_lexicons_and_what_holds_no_text_are_left_alone(tmp_path: Path) -> None:
    folder_of(tmp_path, "a.md", ".b.md", ".git/c.md", "lexicon/d.txt", "e/lexicon/f.txt", "g.mp4", "lexicon.txt")
    folder_of(tmp_path, "页_files/h.png", "i.files/j.jpg")
    (tmp_path / "folder.md").mkdir()
    assert [file.name for file in find_files([tmp_path])] == ["a.md", "lexicon.txt"]


def test_a_folder_may_lie_below_a_hidden_one(tmp_path: Path) -> None:
    folder_of(tmp_path, ".cache/a.md")
    assert [file.name for file in find_files([tmp_path / ".cache"])] == ["a.md"]


def test_what_is_named_is_taken_whatever_it_is(tmp_path: Path) -> None:
    folder_of(tmp_path, ".a.mp4")
    assert find_files([tmp_path / ".a.mp4"]) == [tmp_path / ".a.mp4"]
    assert "暂不支持 .mp4 文件" in failure(tmp_path / ".a.mp4").reason


@pytest.mark.parametrize(("make", "reason"), [([], "没有可收录的文件"), (["x.mp4"], "没有可收录的文件")])
def test_nothing_to_read_is_said(tmp_path: Path, make: list[str], reason: str) -> None:
    folder_of(tmp_path, *make)
    with pytest.raises(SourceError, match=reason):
        find_files([tmp_path])


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    folder_of(tmp_path, "a.md")
    with pytest.raises(SourceError, match=r"找不到 .*b\.md"):
        find_files([tmp_path, tmp_path / "b.md"])


def test_terms_come_from_the_lexicons_below(tmp_path: Path) -> None:
    folder_of(tmp_path, "a.md")
    for name, text in (
        ("lexicon/b.txt", "网格员 # 职务\n\n# 注释\n枫桥经验\n"),
        ("c/lexicon/d.txt", "吹哨报到\n网格员\n"),
    ):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert read_terms([tmp_path, tmp_path / "a.md"]) == Terms(("吹哨报到", "网格员", "枫桥经验"))


def test_a_lexicon_that_cannot_be_read_is_told_and_the_others_are_used(tmp_path: Path) -> None:
    folder = tmp_path / "lexicon"
    folder.mkdir()
    (folder / "a.txt").write_text("网格员\n", encoding="utf-8")
    (folder / "b.txt").write_bytes(b"ab\xffcd")
    (folder / "c.txt").write_bytes(b"")
    (folder / "d.txt").write_bytes("楓橋經驗\n四議兩公開工作法\n".encode("big5"))
    found = read_terms([tmp_path])
    assert found.terms == ("网格员", "楓橋經驗", "四議兩公開工作法")
    (failure,) = found.failures
    assert failure.origin == str(folder / "b.txt")
    assert failure.reason.startswith(f"词表没有用上：文件 {folder / 'b.txt'} 有 1 个字节")


def test_a_markdown_file_is_an_article(tmp_path: Path) -> None:
    data = (
        "\ufeff---\r\ntitle: 楓橋經驗\r\nregion: 浙江省\r\ndate: 2024\r\nauthor: 甲\r\nsource: 報\r\nurl: https://a.cn\r\n"
        "category: 矛盾化解\r\ntags: [楓橋]\r\nsources:\r\n- title: 條例\r\n---\r\n\r\n# 標題\r\n就地化解矛盾。\r\n"
    ).encode()
    path = tmp_path / "枫桥 经验(1).md"
    path.write_bytes(data)
    assert document(path) == Document(
        Article(
            id="枫桥-经验-1",
            title="楓橋經驗",
            text="# 標題\n就地化解矛盾。\n",
            raw=data,
            script=Script.HANT,
            source="報",
            url="https://a.cn",
            date="2024",
            region="浙江省",
            author="甲",
            category="矛盾化解",
            tags=("楓橋",),
            sources=(Source("條例"),),
            origin=str(path),
        ),
        own_id=False,
    )


def test_a_practice_page_is_an_article_and_a_practice(tmp_path: Path) -> None:
    path = tmp_path / "p.md"
    path.write_text(PAGE, encoding="utf-8")
    found = document(path)
    assert found.practice == practice_of(PAGE)
    assert (found.article.id, found.article.title, found.own_id) == ("jiexiang", "街乡吹哨", True)
    assert found.article.text == PAGE.split("---\n", 2)[2]


def test_a_practice_without_an_id_is_called_as_its_file(tmp_path: Path) -> None:
    path = tmp_path / "chuishao.md"
    path.write_text(PAGE.replace("id: jiexiang\n", ""), encoding="utf-8")
    found = document(path)
    assert found.practice is not None
    assert (found.practice.id, found.article.id, found.own_id) == ("chuishao", "chuishao", False)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        pytest.param("前言。\n# 标题 #\n正文。", "标题", id="第一个标题"),
        pytest.param("\n\n  短的第一行  \n正文。", "短的第一行", id="第一行"),
        pytest.param("字" * 60 + "\n", "字" * 60, id="六十字的第一行"),
        pytest.param("字" * 61 + "\n短行", "甲", id="太长的第一行"),
        pytest.param("---\nname: 名称\n---\n# 标题", "名称", id="名称"),
    ],
)
def test_titles(tmp_path: Path, text: str, title: str) -> None:
    path = tmp_path / "甲.txt"
    path.write_text(text, encoding="utf-8")
    assert document(path).article.title == title


@pytest.mark.parametrize(
    ("stem", "expected"),
    [
        ("枫桥经验", "枫桥经验"),
        ("2024 年 (终稿)", "2024-年-终稿"),
        ("a_b.c-d", "a_b.c-d"),
        ("《条例》", "条例"),
        ("..", "article"),
        ("！？", "article"),
    ],
)
def test_slugs(stem: str, expected: str) -> None:
    assert slug(stem) == expected


@pytest.mark.parametrize(
    ("name", "make", "reason"),
    [
        pytest.param("a.doc", lambda path: path.write_bytes(b"PK"), "暂不支持 .doc 文件", id="暂不支持"),
        pytest.param("a", lambda path: path.write_bytes(b"a"), "暂不支持 这种 文件", id="没有后缀"),
        pytest.param("a.txt", lambda path: path.write_bytes(b"ab\xffcd"), "请另存为 UTF-8 后再试", id="编码"),
        pytest.param(
            "a.md", lambda path: path.write_text("---\nid: a\n---\n \n"), "只有前置信息，没有正文", id="没有正文"
        ),
        pytest.param("a.jsonl", lambda path: path.write_bytes(b"\n"), "是空的", id="空的批量文件"),
        pytest.param("a.md", lambda path: path.mkdir(), "读不了文件", id="文件夹"),
        pytest.param("a.md", lambda path: None, "读不了文件", id="不见了"),
    ],
)
def test_what_cannot_be_read_is_a_failure(
    tmp_path: Path, name: str, make: Callable[[Path], object], reason: str
) -> None:
    make(tmp_path / name)
    found = failure(tmp_path / name)
    assert found.origin == str(tmp_path / name)
    assert reason in found.reason


def test_a_huge_file_is_refused_unless_it_is_read_as_a_stream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "MAX_FILE_BYTES", 20)
    (tmp_path / "a.txt").write_text("x" * 21, encoding="utf-8")
    (tmp_path / "b.txt").write_text("x" * 20, encoding="utf-8")
    (tmp_path / "c.jsonl").write_text('{"id": "c", "text": "正文。"}', encoding="utf-8")
    assert "请拆分后再试" in failure(tmp_path / "a.txt").reason
    assert document(tmp_path / "b.txt").article.text == "x" * 20
    assert document(tmp_path / "c.jsonl").article.id == "c"


# whatever comes


def check_document(found: Document) -> None:
    """What was read can be stored: SQLite holds neither half a surrogate pair nor, in the middle of a text, NUL."""
    article = found.article
    strings = (article.id, article.title, article.text, article.source, *article.tags, *article.headings)
    assert article.id
    assert article.title
    assert article.text.strip()
    assert not any("\x00" in string for string in strings)
    assert all(string.encode().decode() == string for string in strings)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=[])),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.text(max_size=3), values, max_size=3),
    max_leaves=8,
)
bulk_lines = st.one_of(
    st.binary(max_size=60),
    json_values.map(lambda value: json.dumps(value).encode()),
    st.fixed_dictionaries(
        {"id": json_values, "text": json_values},
        optional=dict.fromkeys(("title", "tags", "chapter", "article", "date"), json_values),
    ).map(lambda value: json.dumps(value).encode()),
)
yaml_blocks = st.one_of(
    st.text(st.sampled_from("idtlesourcgan: -\n[]{}'\"&*!|>%@#?~\\x0u2024-甲乙<=."), max_size=60),
    st.dictionaries(
        st.sampled_from(["id", "title", "date", "tags", "sources", "kind", "name", "related"]), json_values, max_size=4
    ).map(json.dumps),
)


def check_reading(data: bytes) -> None:
    """A document that can be stored, or a refusal; anything else that is raised fails the test."""
    with contextlib.suppress(SourceError):
        check_document(read_text(data, Path("x.md")))


@given(st.one_of(st.binary(max_size=200), st.text(max_size=80).map(str.encode)))
@settings(deadline=None, max_examples=120)
def test_any_bytes_are_a_document_or_a_refusal(data: bytes) -> None:
    check_reading(data)


@given(yaml_blocks)
@settings(deadline=None, max_examples=200)
def test_any_front_matter_is_read_or_refused(block: str) -> None:
    check_reading(f"---\n{block}\n---\n正文。".encode())


@given(st.lists(bulk_lines, max_size=4))
@settings(deadline=None, max_examples=120)
def test_any_bulk_file_gives_a_document_or_a_failure_a_line(lines: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.jsonl"
        path.write_bytes(b"\n".join(lines))
        found = list(read_file(path))
    written = [line for line in b"\n".join(lines).split(b"\n") if line.strip()]
    if any(b"\x00" in line for line in lines):
        assert found  # Rightly taken for UTF-16: \x00\n is then a line's end of another width.
    else:
        assert len(found) == max(1, len(written))
    for item in found:
        if isinstance(item, Document):
            check_document(item)
        else:
            assert item.origin.startswith(str(path))
            assert item.reason
