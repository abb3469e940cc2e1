"""Whatever strangers wrote: every reader and everything that works on texts gives a result or refuses in a sentence.

What is tried at random is `benchmarks/fuzzing`, of which a little runs here; what it found is here as a small example.
Time and memory are measured in processes of their own (`tests/hostile_sizes.py`), small by default, the sizes that
docs/promises.md tells of with KB_HOSTILE=1.
"""

from __future__ import annotations

import io
import json
import math
import os
import sqlite3
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from benchmarks.fuzzing import checking, library
from benchmarks.fuzzing.running import measure
from benchmarks.fuzzing.targets import TARGETS

from conftest import PROJECT
from kb.catalogue.numerals import NUMBER
from kb.catalogue.numerals import read as read_number
from kb.course.basket_json import from_json
from kb.errors import ArchiveError, NotFoundError, QueryError, SourceError
from kb.knowledge import KnowledgeBase
from kb.knowledge.preparing import prepare
from kb.knowledge.terms import with_new
from kb.sources import bulk, front_matter, ocr, pdf
from kb.sources.bulk import parse_lines
from kb.sources.docx import read_docx
from kb.sources.pdf import read_pdf
from kb.sources.quotations import quotations
from kb.sources.read import read_file, read_terms, read_text, read_upload
from kb.text.repair import repair
from kb.text.repair.runs import MOST_SEARCHED
from kb.text.segment import Segmenter
from kb.types import Document, Failure, Filters
from test_readers import W, word_with

LONG = os.environ.get("KB_HOSTILE") == "1"
EXECUTIONS = 16
SLOW = frozenset({"修复", "网页上的显示", "上传、收录", "备份里的文章库", "提问", "文字 .txt", "匹配形、转换", "分词"})
"""Targets of which fewer inputs are tried here."""


# -- at random


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_whatever_comes(target: Any, tmp_path: Path) -> None:
    """The same inputs each time; `python -m benchmarks.fuzzing` tries others."""
    found = measure(target, 60.0, 8, tmp_path, EXECUTIONS // (8 if target.name in SLOW else 1))
    assert (found.crashes, found.hangs, found.kinds) == (0, 0, {})
    assert found.executions > 0


def test_the_laws_can_be_broken() -> None:
    """The tests themselves: what must not be is noticed."""
    with pytest.raises(checking.BrokenLawError):
        checking.check_refusal("Traceback (most recent call last)")
    with pytest.raises(checking.BrokenLawError):
        checking.check_strings(Filters(region="\ud800"))
    with pytest.raises(checking.BrokenLawError):
        checking.check_markup("<p>甲<script>乙</script></p>", {"p"})
    with pytest.raises(checking.BrokenLawError):
        checking.check_markup("<p onclick=x>甲</p>", {"p"})


# -- what was found: files


def one(data: bytes, name: str) -> Document:
    return read_text(data, Path(name))


def test_a_member_that_lies_about_its_size_is_not_expanded(tmp_path: Path) -> None:
    """Its header tells ten bytes, its stream holds 100 MB: `ZipFile.read` would hold them all before it compares."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("甲.txt", b"a" * 100_000_000)
    data = bytearray(target.getvalue())
    for mark, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = data.rfind(mark)
        data[at + place : at + place + 4] = (10).to_bytes(4, "little")
    (found,) = read_upload(bytes(data), "x.zip")
    assert isinstance(found, Failure)
    assert "已损坏" in found.reason


def test_a_member_without_a_name_is_passed_over() -> None:
    """`ZipInfo.is_dir` looks at the last character of the name."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a", "x")
        archive.writestr("甲.txt", "居民议事。")
    data = target.getvalue()
    for mark, length, place in ((b"PK\x03\x04", 26, 30), (b"PK\x01\x02", 28, 46)):
        at = data.index(mark)
        data = data[: at + length] + b"\0\0" + data[at + length + 2 : at + place] + data[at + place + 1 :]
    shorter = data.rindex(b"PK\x05\x06")
    begin = data.index(b"PK\x01\x02")
    data = data[: shorter + 12] + struct.pack("<2L", shorter - begin, begin) + data[shorter + 20 :]
    data = _moved(data, begin)
    (found,) = read_upload(data, "x.zip")
    assert isinstance(found, Document)


def _moved(data: bytes, begin: int) -> bytes:
    """The second entry of the table of contents, its member one byte further to the front."""
    second = data.index(b"PK\x01\x02", begin + 1)
    place = data.rindex(b"PK\x03\x04", 0, begin)
    return data[: second + 42] + struct.pack("<L", place) + data[second + 46 :]


def test_a_style_with_a_quotation_mark_is_a_name_and_no_path() -> None:
    style = """<w:p><w:pPr><w:pStyle w:val="a'b"/></w:pPr><w:r><w:t>商量停车。</w:t></w:r></w:p>"""
    content = read_docx(word_with("word/document.xml", "<w:body>", "<w:body>" + style), "x.docx")
    assert content.text == "商量停车。\n居民议事。\n"


def test_a_document_without_a_body_is_refused() -> None:
    for old, new in (("<w:body>", "<w:b>"), ("<w:document", "<w:other")):
        data = word_with("word/document.xml", old, new)
        data = _replaced(data, "word/document.xml", old.replace("<", "</"), new.replace("<", "</"))
        with pytest.raises(SourceError, match="已损坏"):
            read_docx(data, "x.docx")


def _replaced(data: bytes, part: str, old: str, new: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w") as changed:
        for name in source.namelist():
            content = source.read(name)
            changed.writestr(name, content.replace(old.encode(), new.encode()) if name == part else content)
    return target.getvalue()


def test_a_document_without_properties_has_no_title_of_its_library() -> None:
    """python-docx calls what has no properties "Word Document"."""
    relation = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
    data = _replaced(word_with("word/document.xml", "", ""), "_rels/.rels", relation, "http://a/b")
    assert read_docx(data, "x.docx").stated == ()


def test_definitions_in_another_encoding_are_seen() -> None:
    """`<!DOCTYPE` as UTF-7 stands nowhere among the bytes."""
    utf7 = (
        '<?xml version="1.0" encoding="UTF-7"?>'
        + f'<!DOCTYPE d [<!ENTITY a "笑">]><w:document {W}><w:body/></w:document>'.encode("utf-7")
        .decode()
        .replace("<", "+ADw-")
        .replace("!", "+ACE-")
    )
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(word_with("word/document.xml", "", ""))) as source,
        zipfile.ZipFile(target, "w") as made,
    ):
        for name in source.namelist():
            made.writestr(name, utf7.encode("ascii") if name == "word/document.xml" else source.read(name))
    with pytest.raises(SourceError, match=r"DOCTYPE|已损坏"):
        read_docx(target.getvalue(), "x.docx")


def test_a_pdf_that_names_half_a_surrogate_pair_can_be_stored() -> None:
    from benchmarks.fuzzing.seeds import pdfs

    data = pdfs()[0].replace(b"<0041> <0041> endbfchar", b"<8BAE> <D800> endbfchar")
    text = read_pdf(data, "x.pdf").text
    assert "\ufffd" in text
    assert text.encode().decode() == text


def test_a_pdf_whose_pages_show_one_long_text_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    from benchmarks.fuzzing.seeds import pdfs

    monkeypatch.setattr(pdf, "MAX_CHARACTERS", 10)
    with pytest.raises(SourceError, match="的文字超过 0 万字。请拆分后再试"):
        read_pdf(pdfs()[1], "x.pdf")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "data", [b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n", b"GIF89a" + bytes(40)]
)
def test_a_picture_is_one_of_four_formats_whatever_it_is_called(data: bytes) -> None:
    """Pillow would read PostScript by starting Ghostscript."""
    with pytest.raises(SourceError, match="格式不受支持"):
        list(ocr._pages(data, "x.png"))


def test_a_line_that_is_too_long_is_told_and_the_others_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "MAX_LINE", 60)
    monkeypatch.setattr(bulk, "SAMPLE", 16)
    rows = (
        '{"id": "a", "text": "第一篇。"}\n'
        + '{"id": "b", "text": "'
        + "长" * 100
        + '"}\n{"id": "c", "text": "第三篇。"}'
    )
    for encoding in ("utf-8", "utf-16-le"):
        monkeypatch.setattr(bulk, "_encoding", lambda _file, _name, encoding=encoding: encoding)
        data = rows.encode(encoding)
        limit = 60 if encoding == "utf-8" else 120
        monkeypatch.setattr(bulk, "MAX_LINE", limit)
        first, second, third = parse_lines(io.BytesIO(data), "x.jsonl")
        assert isinstance(first, Document)
        assert isinstance(third, Document)
        assert (first.article.text, third.article.text) == ("第一篇。", "第三篇。")
        assert isinstance(second, Failure)
        assert second.origin == "x.jsonl:2"
        assert "没有读取。请检查换行" in second.reason


def test_a_file_name_in_another_encoding_can_be_stored(tmp_path: Path) -> None:
    """On Linux a name is bytes: 公告.txt as GBK."""
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xb9\xab\xb8\xe6.txt"))
    path.write_text("第一条 居民每月议事一次，" * 8, encoding="utf-8")
    (found,) = read_file(path)
    assert isinstance(found, Document)
    checking.check_strings(found)
    path.write_bytes(b"\x00")
    (refused,) = read_file(path)
    assert isinstance(refused, Failure)
    checking.check_strings(refused)


def test_a_bomb_of_aliases_and_a_long_block_are_refused_soon() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(97 + n)}: &{chr(97 + n)} [{', '.join([f'*{chr(96 + n)}'] * 10)}]\n" for n in range(1, 25)
    )
    for block in (
        bomb + "tags: *y\n",
        "[" * 5_000,
        "a: " * 3_000,
        "- " * 20_000,
        "title: " + "长" * front_matter.MAX_BLOCK,
    ):
        begun = time.process_time()
        with pytest.raises(SourceError, match="前置信息"):
            one(f"---\n{block}\n---\n正文。".encode(), "x.md")
        assert time.process_time() - begun < 10


def test_a_message_names_the_first_faults_only() -> None:
    block = "tags:\n" + "".join(f"  - [{number}]\n" for number in range(3_000))
    with pytest.raises(SourceError) as told:
        one(f"---\n{block}\n---\n正文。".encode(), "x.md")
    assert "等 3000 项。" in str(told.value)
    assert len(str(told.value)) < 500


def test_half_a_character_in_a_basket_is_replaced() -> None:
    """Found by the fuzzer: a kit made from it could not be saved."""
    practice = {"kind": "practice", "title": "枫桥\ud800", "practice": "fengqiao", "note": "\udfff讲"}
    found = from_json(json.dumps({"format": "kb-basket", "version": 1, "topic": "议\ud800", "items": [practice]}))
    assert (found.topic, found.items[0].title, found.items[0].note) == ("议\ufffd", "枫桥\ufffd", "\ufffd讲")


def test_a_backup_whose_text_is_no_text_is_refused(tmp_path: Path) -> None:
    """SQLite keeps any bytes as text; its records are right, as its author made them."""
    (tmp_path / "store").write_bytes(library.stores()[0])
    with closing(sqlite3.connect(tmp_path / "store")) as store, store:
        store.execute("UPDATE article SET repairs = CAST(x'ff80' AS TEXT)")
    with pytest.raises(ArchiveError, match=r"没有恢复 .*：.*已损坏|没有恢复 .*：里面有读不出来的文字"):
        library.restored((tmp_path / "store").read_bytes())


# -- what was found: terms, questions, places


def test_a_term_as_long_as_a_book_is_none(tmp_path: Path) -> None:
    """jieba holds every beginning of a term: a million characters would take a terabyte."""
    (tmp_path / "lexicon").mkdir()
    (tmp_path / "lexicon" / "a.txt").write_text("网格员\n" + "长" * 1_000_000 + "\n", encoding="utf-8")
    found = read_terms([tmp_path])
    assert found.terms == ("网格员",)
    assert "有 1 行超过 100 字，不是词，没有用上" in found.failures[0].reason
    with pytest.raises(QueryError, match=r"有 1000000 字，不能作为一个词：最多 100 字"):
        with_new((), ["长" * 1_000_000])
    assert Segmenter(["长" * 101, "长" * 100]).terms == ("长" * 100,)


def test_a_row_of_digits_counts_nothing() -> None:
    for text in ("9" * 400, "9" * 5_000, "9" * 350 + "万", "9" * 400 + ":1"):
        found = NUMBER.search(text)
        assert found is not None
        assert read_number(found) is None


def test_a_mark_left_open_before_a_block_quote_is_no_quotation() -> None:
    text = "“\n> 没有物业的小区由社区先托底\n”"
    assert [one.text for one in quotations(text)] == ["没有物业的小区由社区先托底"]


def test_what_a_shell_could_not_decode_is_looked_for_and_not_found(knowledge: KnowledgeBase, articles: Path) -> None:
    knowledge.build([articles])
    for look in (knowledge.article, knowledge.receipt, knowledge.pick):
        with pytest.raises(NotFoundError, match="�"):
            look("\udcb9\udcab")
    assert knowledge.passages("\udcb9") == []
    assert knowledge.search("\udcb9 物业", filters=Filters(region="\udcb9")).hits == ()


# -- time: in proportion to the length


def exponent(work: Callable[[str], object], make: Callable[[int], str], size: int) -> float:
    """How time grows with length: 1 is in proportion, 2 with the square. The better of two, of the processor's time."""
    seconds = []
    for length in (size, 4 * size):
        text, best = make(length), math.inf
        for _ in range(2):
            begun = time.process_time()
            work(text)
            best = min(best, time.process_time() - begun)
        seconds.append(max(best, 1e-4))
    return math.log(seconds[1] / seconds[0]) / math.log(4)


def _titled(text: str) -> object:
    return one(text.encode(), "x.md")


def _refused(text: str) -> None:
    with pytest.raises(SourceError):
        _titled(text)


def _prepared(text: str) -> object:
    return prepare(one(text.encode(), "x.md"), "", "")


HOSTILE_LINES: dict[str, tuple[Callable[[str], object], Callable[[int], str]]] = {
    "标题后的井号": (_titled, lambda n: "# a" + "#" * n + "x"),
    "标题后的空格": (_titled, lambda n: "# a" + " \t" * (n // 2) + "x"),
    "下划线": (repair, lambda n: "甲。" + "_" * n),
    "标签里的空格": (repair, lambda n: "关" + " " * n + "键?词。"),
    "缺字": (repair, lambda n: "甲" + "?" * n + "乙"),
    "空格缺字": (repair, lambda n: "甲" + "? " * (n // 2)),
    "引文后的空格": (quotations, lambda n: "“没有物业的小区由社区先托底”" + " " * n),
    "左开的引号": (quotations, lambda n: "“「『" * (n // 3)),
    "来源号": (_refused, lambda n: f"---\nkind: 实践\nname: 甲\n---\n## 牵头\n- 乙{'[1]' * (n // 3)}丙"),
    "标记": (_refused, lambda n: f"---\nkind: 实践\nname: 甲\n---\n## 牵头\n- {'〔' * n}"),
    "节": (_refused, lambda n: "---\nkind: 实践\nname: 甲\n---\n" + "## 节\n" * (n // 5)),
    "表格": (_prepared, lambda n: "| 甲 | 乙 |\n" * (n // 10)),
    "没有标点": (_prepared, lambda n: "甲" * n),
    "句号": (_prepared, lambda n: "甲。" * (n // 2)),
    "括号": (_prepared, lambda n: "（“" * (n // 2) + "甲"),
    "附带文字": (_prepared, lambda n: "扫一扫关注\n甲乙丙丁。\n" * (n // 12)),
}


@pytest.mark.parametrize("name", HOSTILE_LINES)
def test_time_grows_with_the_length_and_not_faster(name: str) -> None:
    """1.3 for what allocation and caches add; with the square it would be 2."""
    work, make = HOSTILE_LINES[name]
    assert any(exponent(work, make, 8_000) < 1.35 for _ in range(3))


def test_a_damaged_book_is_flagged_and_not_searched() -> None:
    """Reading shifted bytes takes thousandths of a second a character: a megabyte of them would take an hour."""
    line = "難點?;鶎狱h組織。\n"
    few, many = repair(line * 4), repair(line * (MOST_SEARCHED // 7))
    assert few.text == "難點。基層黨組織。\n" * 4
    assert many.text == line * (MOST_SEARCHED // 7)
    assert sum(flag.kind == "lost" for flag in many.flags) == MOST_SEARCHED // 7
    assert many.quality < few.quality


# -- every pattern


def test_a_title_as_long_as_a_file_is_not_repeated_above_every_passage() -> None:
    body = "居民在议事厅里商量停车的事情。" * 3_000
    text = f"---\ntitle: {'题' * 150_000}\n---\n# {'头' * 500_000}\n{body}"
    prepared = prepare(one(text.encode(), "x.md"), "", "")
    assert len(prepared.passages) > 50
    assert max(map(len, prepared.texts)) < 2_000
    assert max(len("".join(passage.headings)) for passage in prepared.passages) <= 200


# -- size: bounded time and memory


SIZES: dict[str, tuple[int, int, str, float, int]] = {
    # Case: size here, size with KB_HOSTILE=1, what comes of the latter, seconds of the processor and megabytes for it.
    "text": (1, 200, "超过 60 MB，不像一篇文章。请拆分后再试。", 5, 500),
    "line": (1, 10, "字 ", 60, 900),
    "headings": (2_000, 1_000_000, "字 ", 240, 4_000),
    "markdown_table": (1_000, 100_000, "字 ", 60, 700),
    "commas": (1_000, 100_000, "字 ", 60, 700),
    "page_table": (1_000, 100_000, "字 ", 90, 900),
    "word_table": (500, 100_000, "字 ", 120, 1_200),
    "pages": (5, 2_000, "字 ", 240, 700),
    "deep": (10_000, 100_000, "嵌套过深", 10, 300),
    "tags": (1_000, 1_900_000, "字 ", 240, 4_000),
    "many_members": (5_001, 100_000, "个文件，超过 5000 个。请分成几个压缩包。", 20, 400),
    "dense": (11, 500, "可能是压缩炸弹", 10, 700),
    "nested": (2, 4, "可能是压缩炸弹|只读一层", 20, 400),
    "overlapping": (200, 5_000, "可能是压缩炸弹|已损坏", 10, 300),
    "lying": (20, 500, "在压缩包里已损坏", 10, 700),
    "one_line_of_json": (1, 100, "这一行超过 20 MB，没有读取。", 20, 500),
    "no_line_at_all": (1, 100, "这一行超过 20 MB，没有读取。", 20, 500),
    "question": (1, 10, "问题太长", 5, 300),
}
OWN_MEMORY = 400
"""Megabytes that the package and its tables take, and the making of the small file."""

HERE = ("line", "word_table", "pages", "deep", "overlapping", "lying", "nested")
"""Those that are tried here: a process takes a second to start, and the others differ by their size alone."""


def sized(case: str, size: int, folder: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(PROJECT / "tests" / "hostile_sizes.py"), case, str(size), str(folder)],
        capture_output=True, text=True, check=False, timeout=3_600,
        env={**os.environ, "PYTHONPATH": str(PROJECT / "src")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize("case", SIZES if LONG else HERE)
def test_large_files_take_bounded_time_and_memory(case: str, tmp_path: Path) -> None:
    small, large, outcome, seconds, megabytes = SIZES[case]
    found = sized(case, large if LONG else small, tmp_path)
    sys.stdout.write(f"{case} {large if LONG else small} {found}\n")
    assert found["seconds"] < (seconds if LONG else 20)
    # Linux hands the peak of the process that starts another on to it: "before" may be that of the tests.
    assert found["peak"] < max(megabytes if LONG else OWN_MEMORY, found["before"] + 100)
    if LONG or case in {"deep", "overlapping", "lying", "nested"}:
        assert any(told in found["outcome"] for told in outcome.split("|"))
    else:
        assert "字 " in found["outcome"]


# -- nothing is fetched


def test_no_reader_opens_a_socket(tmp_path: Path) -> None:
    """Watched by the interpreter itself, in a process of its own: a hook cannot be taken away again."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(PROJECT / "tests" / "hostile_sizes.py"), "sockets"],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(PROJECT / "src")},
    )  # fmt: skip
    assert (done.returncode, done.stdout.strip()) == (0, "0"), done.stderr
