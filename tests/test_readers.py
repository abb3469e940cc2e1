"""Pages, Word documents, PDFs and archives; what a text states of itself; receipts; files made to harm."""

from __future__ import annotations

import io
import random
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml

from case_files import load_cases
from kb.errors import SourceError
from kb.sources import limits, ocr, pdf
from kb.sources import zip as archives
from kb.sources.boilerplate import is_boilerplate
from kb.sources.html import read_html
from kb.sources.metadata import find_metadata
from kb.sources.read import read_file, read_upload
from kb.types import Document, Failure, Stated

FONTS = (
    Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
    Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"),
    Path("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf"),
)
FONT = next((font for font in FONTS if font.exists()), None)
SECONDS = 20.0
"""What a file made to harm may take on a busy machine; each takes well under two."""

PAGE = """<!DOCTYPE html><html><head><meta charset="{charset}">
<title>议事厅里解难题_某区政府网</title>
<meta name="PubDate" content="2024-09-23 10:20"><meta name="ContentSource" content="某区民政局">
<style>.title {{ color: red }}</style></head><body>
<div class="nav"><a href="/">首页</a><a href="/zw">政务公开</a></div>
<h1>议事厅里解难题</h1>
<p>来源：某区日报　作者：<b>张三</b></p>
<div id="content"><h2>一、起因</h2>
<p onclick="alert('坏脚本')">小区停车难已有三年，居民在议事厅里
逐条商量，先划线，再分时段。</p><!-- 注释里的字 -->
<ul><li>夜间借用学校车位</li><li>白天开放单位车位</li></ul>
<table><tr><th>时段</th><th>车位</th></tr>
<tr><td><p>夜间</p></td> <td>六十个</td></tr></table>
<script>document.write("脚本里的字")</script>
<p>居民说，办法是自己商量出来的，大家都愿意守。</p></div>
<p>上一篇：网格员走访记</p>
<div class="footer">版权所有：某区政府</div></body></html>"""


def one(path: Path) -> Document:
    (found,) = read_file(path)
    assert isinstance(found, Document), found
    return found


def refused(path: Path) -> str:
    """The one sentence a file is refused with, which names the file and says what to do."""
    (found,) = read_file(path)
    assert isinstance(found, Failure), found
    assert path.name in found.reason
    assert found.reason.endswith("。")
    return found.reason


# pages


@pytest.mark.parametrize("charset", ["utf-8", "gbk", "gb18030"])
def test_a_page(tmp_path: Path, charset: str) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(PAGE.format(charset="gb2312").encode(charset))
    found = one(path)
    assert found.article.text == (
        "# 议事厅里解难题\n## 一、起因\n小区停车难已有三年，居民在议事厅里逐条商量，先划线，再分时段。\n"
        "- 夜间借用学校车位\n- 白天开放单位车位\n时段 | 车位\n夜间 | 六十个\n"
        "居民说，办法是自己商量出来的，大家都愿意守。\n"
    )
    article = found.article
    assert (article.title, article.date, article.source, article.author) == (
        "议事厅里解难题",
        "2024-09-23",
        "某区日报",
        "张三",
    )
    assert article.raw == path.read_bytes()
    receipt = found.receipt
    assert receipt is not None
    assert (receipt.format, receipt.bytes) == ("html", len(article.raw))
    assert receipt.encoding == {"gbk": "gb18030"}.get(charset, charset)
    assert receipt.boilerplate == (
        "首页政务公开",
        "来源：某区日报　作者：张三",
        "上一篇：网格员走访记",
        "版权所有：某区政府",
    )
    assert receipt.han_received - receipt.han_characters == 33
    assert Stated("date", "2024-09-23", "<meta pubdate>") in receipt.metadata


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>甲</p>乙<br>丙", "甲\n乙\n丙\n"),
        ("<td><p>第一段</p><p>第二段</p></td>", "第一段\n第二段\n"),
        ("<p>网格\n员 and\ntwo&nbsp;&lt;b&gt;&#x20BB7;</p>", "网格员 and two\u00a0<b>𠮷\n"),
        ("<div>外<div>内</div>尾</div>", "外\n内\n尾\n"),
        ("<?xml version='1.0' encoding='gb2312'?><p>有声明的页</p>", "有声明的页\n"),
        ("<p>一<script>alert('二')</script>三<svg><text>四</text></svg><style>五</style></p>", "一三\n"),
    ],
)
def test_visible_text(page: str, text: str) -> None:
    assert read_html(page.encode(), "x").text == text


@pytest.mark.parametrize("page", ["<html><script>写字</script></html>", "<p> </p><!-- 注 -->", "<div></div>"])
def test_a_page_without_text_is_refused(page: str) -> None:
    with pytest.raises(SourceError, match=r"没有文字|无法解析"):
        read_html(page.encode(), "x.html")


def test_a_page_of_menus_keeps_what_is_not_a_link() -> None:
    links = "".join(f'<li><a href="/{number}">栏目第{number}号</a></li>' for number in range(50))
    content = read_html(f"<ul class='menu'>{links}</ul><p>唯一的正文，说的是居民议事。</p>".encode(), "x")
    found = find_metadata(content.text, content.aside)
    assert found.body == "唯一的正文，说的是居民议事。\n"
    assert len(found.boilerplate) == 50


# Word


def word(path: Path, make: Callable[..., object]) -> Path:
    document = docx.Document()
    make(document)
    document.save(str(path))
    return path


def test_a_word_document(tmp_path: Path) -> None:
    def make(document: docx.document.Document) -> None:
        document.core_properties.author = "办公室电脑"
        document.add_heading("社区议事规则", 0)
        document.add_paragraph("发布时间：2024年9月3日")
        document.add_heading("总则", 2)
        document.add_paragraph("第一条 议事会每月一次。")
        table = document.add_table(2, 3)
        for cell, text in zip(table.rows[0].cells, ("姓名", "网格", "备注"), strict=True):
            cell.text = text
        table.cell(1, 0).text = "欧阳雪"
        table.cell(1, 1).merge(table.cell(1, 2)).text = "东片"
        document.add_paragraph("第二条 結果公示。")

    found = one(word(tmp_path / "规则.docx", make))
    assert found.article.text == (
        "# 社区议事规则\n## 总则\n第一条 议事会每月一次。\n姓名 | 网格 | 备注\n欧阳雪 | 东片\n第二条 結果公示。\n"
    )
    assert (found.article.title, found.article.date, found.article.author) == ("社区议事规则", "2024-09-03", "")
    assert found.receipt is not None
    assert found.receipt.format == "docx"


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def test_revisions_controls_and_nested_tables(tmp_path: Path) -> None:
    def make(document: docx.document.Document) -> None:
        body = document.element.body
        body.insert(
            0,
            parse_xml(
                f"<w:p {W}><w:r><w:t>保留</w:t></w:r><w:ins><w:r><w:t>新增</w:t></w:r></w:ins>"
                "<w:del><w:r><w:delText>删去</w:delText></w:r></w:del></w:p>"
            ),
        )
        body.insert(
            1, parse_xml(f"<w:sdt {W}><w:sdtContent><w:p><w:r><w:t>控件里</w:t></w:r></w:p></w:sdtContent></w:sdt>")
        )
        cell = document.add_table(1, 1).cell(0, 0)
        cell.text = "外格"
        cell.add_table(1, 2).cell(0, 1).text = "内格"

    found = one(word(tmp_path / "a.docx", make))
    assert found.article.text == "保留新增\n控件里\n外格 | 内格\n"
    assert found.receipt is not None
    assert found.receipt.han_received == found.receipt.han_characters == 11


def test_a_word_document_without_text_is_refused(tmp_path: Path) -> None:
    assert "没有文字" in refused(word(tmp_path / "a.docx", lambda document: None))


# PDF


def paged(*pages: str) -> bytes:
    fpdf = pytest.importorskip("fpdf")
    if FONT is None:
        pytest.skip("这台机器没有可嵌入的中文字体（fonts-noto-cjk）")
    document = fpdf.FPDF()
    document.add_font("cjk", "", str(FONT))
    document.set_font("cjk", size=12)
    for page in pages:
        document.add_page()
        if page:
            document.multi_cell(0, 8, page)
    return bytes(document.output())


@pytest.mark.filterwarnings("ignore")
def test_a_pdf(tmp_path: Path) -> None:
    first = (
        "议事规则\n一、总则\n社区议事会由居民代表组成，每月召开一次，讨论停车、绿化、漏水等与大家有关的事项，"
        "决定的事项在公示栏公布，接受全体居民的监督。\n二、程序\n先登记，再商量。\n- 1 -"
    )
    path = tmp_path / "a.pdf"
    path.write_bytes(paged(first, "結果在三日內公布。\n2024年9月3日"))
    found = one(path)
    assert found.article.text == first.removesuffix("- 1 -") + "結果在三日內公布。\n2024年9月3日\n"
    assert (found.article.title, found.article.date) == ("议事规则", "2024-09-03")
    assert found.receipt is not None
    assert (found.receipt.format, found.receipt.boilerplate) == ("pdf", ("- 1 -",))


@pytest.mark.filterwarnings("ignore")
def test_a_scan_is_named_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "ocr_installed", lambda: False)
    path = tmp_path / "a.pdf"
    path.write_bytes(paged("", ""))
    assert "这是扫描件。请安装 kb[ocr]" in refused(path)


@pytest.mark.filterwarnings("ignore")
def test_too_many_pages_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_PAGES", 1)
    path = tmp_path / "a.pdf"
    path.write_bytes(paged("甲", "乙"))
    assert "有 2 页，超过 1 页" in refused(path)


@pytest.mark.filterwarnings("ignore")
def test_a_scan_is_read_where_ocr_is_installed(tmp_path: Path) -> None:
    if not ocr.ocr_installed() or FONT is None:
        pytest.skip("没有安装 kb[ocr]，或没有中文字体")
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", (1000, 300), "white")
    font = ImageFont.truetype(str(FONT), 48)
    ImageDraw.Draw(image).text((60, 100), "社区议事规则每月公布", fill="black", font=font)
    image.save(tmp_path / "a.pdf", resolution=100)
    found = one(tmp_path / "a.pdf")
    assert found.article.text == "社区议事规则每月公布\n"
    assert found.receipt is not None
    assert found.receipt.format == "scan"


# archives


def packed(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_an_archive_gives_its_members_and_names_what_it_cannot_read(tmp_path: Path) -> None:
    inner = packed(tmp_path / "inner.zip", {"丁.txt": "内层的正文。".encode("gbk")}).read_bytes()
    path = packed(
        tmp_path / "a.zip",
        {
            "甲.txt": "议事规则的正文。".encode(),
            "乙/丙.html": b"<p>" + "网页里的正文。".encode() + b"</p>",
            "all.jsonl": '{"id": "x", "text": "一行"}\n{"id": "y"}\n'.encode(),
            "旧.doc": b"\xd0\xcf",
            "页_files/图.png": b"\x89PNG",
            "__MACOSX/._甲.txt": b"x",
            "内.zip": inner,
            "坏.txt": b"a\xffb",
        },
    )
    found = list(read_file(path))
    told = [
        (item.article.origin if isinstance(item, Document) else item.origin).removeprefix(f"{path}/") for item in found
    ]
    assert told == ["甲.txt", "乙/丙.html", "all.jsonl:1", "all.jsonl:2", "旧.doc", "内.zip/丁.txt", "坏.txt"]
    assert [isinstance(item, Document) for item in found] == [True, True, True, False, False, True, False]


def test_archives_three_deep_are_refused(tmp_path: Path) -> None:
    third = packed(tmp_path / "3.zip", {"a.txt": b"a"}).read_bytes()
    second = packed(tmp_path / "2.zip", {"3.zip": third}).read_bytes()
    (found,) = read_file(packed(tmp_path / "1.zip", {"2.zip": second}))
    assert isinstance(found, Failure)
    assert "只读一层" in found.reason


@pytest.mark.parametrize("name", ["../外.txt", "/etc/外.txt", "C:\\外.txt", "a/../../外.txt"])
def test_names_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    bad, good = read_file(packed(tmp_path / "a.zip", {name: b"abc", "好.txt": "正文。".encode()}))
    assert isinstance(bad, Failure)
    assert "为安全起见不读取" in bad.reason
    assert isinstance(good, Document)


def test_an_encrypted_member_is_named(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"a.txt": b"abc"})
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    path.write_bytes(data)
    (found,) = read_file(path)
    assert isinstance(found, Failure)
    assert "有密码保护" in found.reason


def test_an_archive_of_too_many_members_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {f"{number}.txt": b"a" for number in range(limits.MAX_MEMBERS + 1)})
    assert "超过 5000 个" in refused(path)


def test_a_member_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_MEMBER_BYTES", 3)
    (found,) = read_file(packed(tmp_path / "a.zip", {"a.txt": b"abcd"}))
    assert isinstance(found, Failure)


# metadata


@pytest.mark.parametrize(("text", "expected"), load_cases("metadata"))
def test_metadata(text: str, expected: dict[str, object]) -> None:
    found = find_metadata(text)
    stated: dict[str, str] = {}
    for item in found.stated:
        stated.setdefault(item.name, item.value)
        assert item.span is not None
        assert item.value == text[item.span.start : item.span.end] or item.name == "date"
    assert {"stated": stated, "body": found.body} == expected


def test_front_matter_wins_over_what_the_text_states(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("---\nsource: 前置\n---\n标题\n来源：正文里 作者：张三\n正文。\n", encoding="utf-8")
    article = one(path).article
    assert (article.source, article.author, article.text) == ("前置", "张三", "标题\n正文。\n")


def test_markdown_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("# 标题\n来源：某报\n打印\n", encoding="utf-8")
    found = one(path)
    assert (found.article.source, found.article.text) == ("", "# 标题\n来源：某报\n打印\n")


def test_patterns_take_bounded_time() -> None:
    begun = time.perf_counter()
    for line in ("字体大小分享到" * 22, "首页>" * 39, "[" * 159, "版权所有" * 39, "扫一扫," * 40):
        is_boilerplate(line + "x")
        find_metadata(f"{line}\n" * 50)
    assert time.perf_counter() - begun < 2


# made to harm


def bomb(size: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(4):
            archive.writestr(f"{number}.txt", b"\0" * size)
    return buffer.getvalue()


def word_with(part: str, old: str, new: str) -> bytes:
    """A Word document with something put into one of its parts."""
    plain, changed = io.BytesIO(), io.BytesIO()
    document = docx.Document()
    document.add_paragraph("居民议事。")
    document.save(plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(changed, "w") as target:
        for name in source.namelist():
            data = source.read(name).decode("utf-8", "surrogateescape")
            assert name != part or old in data
            data = data.replace(old, new, 1) if name == part else data
            target.writestr(name, data.encode("utf-8", "surrogateescape"))
    return changed.getvalue()


ENTITIES = '<!DOCTYPE d [<!ENTITY a "笑笑笑笑笑笑笑笑">' + "".join(
    f'<!ENTITY {chr(letter)} "{f"&{chr(letter - 1)};" * 10}">' for letter in range(98, 107)
)
HARMFUL: dict[str, tuple[Callable[[], bytes], str]] = {
    "bomb.zip": (lambda: bomb(8_000_000), "压缩炸弹"),
    "huge.zip": (lambda: bomb(140_000_000), "展开后超过 500 MB"),
    "bomb.docx": (lambda: bomb(8_000_000), "压缩炸弹"),
    "deep.html": (lambda: b"<div>" * 100_000 + "字".encode(), "嵌套过深"),
    "entity.docx": (
        lambda: word_with("word/document.xml", "<w:document", ENTITIES + "]><w:document"),
        "DOCTYPE",
    ),
    "random.txt": (lambda: random.Random(1).randbytes(300_000), "二进制"),
    "random.html": (lambda: random.Random(2).randbytes(300_000), "二进制"),
    "random.docx": (lambda: random.Random(3).randbytes(300_000), "不是 zip 格式"),
    "random.pdf": (lambda: random.Random(4).randbytes(300_000), "不是 PDF"),
    "random.zip": (lambda: random.Random(5).randbytes(300_000), "不是 zip 格式"),
    "cut.zip": (lambda: bomb(100)[:-30], "不是 zip 格式"),
    "empty.docx": (lambda: b"", "不是 zip 格式"),
    "other.docx": (lambda: bomb(10), "不是 .docx"),
    "empty.pdf": (lambda: b"", "不是 PDF"),
    "head.pdf": (lambda: b"%PDF-1.7\n1 0 obj <</Type /Catalog /Pages 1 0 R>> endobj trailer <</Root 1 0 R>>", "PDF"),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", HARMFUL)
def test_a_harmful_file_is_refused_in_one_sentence(tmp_path: Path, name: str) -> None:
    make, reason = HARMFUL[name]
    (tmp_path / name).write_bytes(make())
    begun = time.perf_counter()
    assert reason in refused(tmp_path / name)
    assert time.perf_counter() - begun < SECONDS


def test_an_external_reference_is_not_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reached: list[object] = []
    monkeypatch.setattr("socket.socket.connect", lambda *arguments: reached.append(arguments))
    relation = (
        '<Relationship Id="rId99" TargetMode="External" Target="http://127.0.0.1:9/x.dotm" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"/></Relationships>'
    )
    path = tmp_path / "a.docx"
    path.write_bytes(word_with("word/_rels/document.xml.rels", "</Relationships>", relation))
    assert one(path).article.text == "居民议事。\n"
    (tmp_path / "b.html").write_text(
        '<link href="http://127.0.0.1:9/a.css"><img src="http://127.0.0.1:9/a.png"><p>居民议事。</p>', encoding="utf-8"
    )
    assert one(tmp_path / "b.html").article.text == "居民议事。\n"
    assert reached == []


def test_tables_in_tables_without_end_are_refused(tmp_path: Path) -> None:
    inside = "<w:p/>"
    for _ in range(60):
        inside = f"<w:tbl><w:tr><w:tc>{inside}</w:tc></w:tr></w:tbl>"
    path = tmp_path / "a.docx"
    path.write_bytes(word_with("word/document.xml", "<w:body>", "<w:body>" + inside))
    assert "嵌套超过" in refused(path)


def test_many_cells_take_bounded_time(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<table><tr>" + "<td>甲</td>\n" * 50_000 + "</tr></table>", encoding="utf-8")
    begun = time.perf_counter()
    assert one(path).article.text.count("甲") == 50_000
    assert time.perf_counter() - begun < SECONDS


# time


@pytest.mark.filterwarnings("ignore")
def test_reading_ends_between_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that goes on by a second whenever it is looked at: there is time for two pages."""
    seconds = iter(range(100))
    monkeypatch.setattr(limits, "monotonic", lambda: float(next(seconds)))
    with limits.reading_for(2.5), pytest.raises(SourceError, match=r"a\.pdf 没有读完：这次上传读得太久"):
        pdf.read_pdf(paged("甲" * 20, "乙" * 20, "丙" * 20), "a.pdf")
    seconds = iter(range(100))
    with limits.reading_for(2.5):
        assert pdf.read_pdf(paged("甲" * 20, "乙" * 20), "a.pdf").text


def test_reading_ends_between_the_files_of_an_archive(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter(range(100))
    monkeypatch.setattr(limits, "monotonic", lambda: float(next(seconds)))
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name in "abcd":
            archive.writestr(f"{name}.txt", f"第{name}件：路灯不亮。")
    with limits.reading_for(2.5):
        found = list(read_upload(data.getvalue(), "一包.zip"))
    assert [type(one).__name__ for one in found] == ["Document", "Document", "Failure"]


def test_without_a_bound_reading_takes_as_long_as_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "monotonic", lambda: 1e12)
    limits.check_time("a.pdf")
