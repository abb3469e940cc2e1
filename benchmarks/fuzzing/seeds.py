"""Valid input of every kind that is read, small and made here: what the mutations begin with."""

# ruff: noqa: E501 - tables of what is put into the input

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

CORPUS = Path(__file__).resolve().parents[2] / "corpus"

PLAIN = """议事厅里解难题
来源：某区日报　作者：张三　2024年9月3日
小区停车难已有三年，居民在议事厅里逐条商量：一是划线，二是分时段，三是借用学校车位。“办法是自己商量出来的。”居民说。
第一章 总则
第一条 议事会每月一次。第二条 結果在三日內公布，公示期不少於 15 天。
一、背景和做法
（一）健全组织。五社联动、三治融合，推行“街道吹哨、部门报到”。
时段 | 车位 | 负责
夜间 | 六十个 | 物业
上一篇：网格员走访记
"""
DAMAGED = """一?工作創(chuàng)新
社區(qū)業(yè)務(wù)要跟上，居民?jù)大會每季度召開。難點?;鶎狱h組織。 ? ? ? 各村要講。关? 键? 词
ç½æ ¼åœ¨çº¿ &ldquo;好&rdquo; ldquo;再來rdquo; <p>XX市__区</p>/p>
"""
DRAFT = """讲义第三节
有人说：“没有物业的小区由社区先托底，业主可以组建自管会。”（老旧小区没有物业怎么办，2023年）
> 楓橋經驗講究就地化解矛盾。小事不出村，大事不出鎮。
> —— 平安報
他又写道：「網格員每天巡查……發現問題就上報」[1]，见 wuye@0-20~aaaaaaaaaaaaaaaa。

[1] 某报，2024年。
"""
PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>议事厅</title>
<meta name="PubDate" content="2024-09-23"><style>p{}</style></head><body><div class="nav"><a href="/">首页</a></div>
<h1>议事厅里解难题</h1><p>来源：某区日报 作者：<b>张三</b></p><ul><li>夜间借用学校车位</li></ul>
<table><tr><th>时段</th><th>车位</th></tr><tr><td><p>夜间</p></td><td>六十个&nbsp;&#x20BB7;</td></tr></table>
<script>document.write("字")</script><svg><text>四</text></svg><p>居民说，办法是自己商量出来的。<br>大家都愿意守。</p></body></html>"""
QUESTIONS = (
    "老旧小区没有物业怎么办", "枫桥经验", "業委會怎麼成立，要多少戶同意？", "fengqiao", "罚多少钱", "第二十五条说了什么", "里长志工",
    "“小事不出村”出自哪里", "几个人 150户 百分之几", "风桥经验",
)  # fmt: skip


@lru_cache(maxsize=1)
def texts() -> tuple[bytes, ...]:
    """Running texts."""
    laws = "第一条 为了规范议事，制定本办法。\n第二条 议事会由下列人员组成：\n（一）居民代表；\n（二）网格员。\n" * 3
    table = "| 事项 | 单位 | 时限 |\n|---|---|---|\n" + "| 停车 | 街道 | 3日 |\n" * 30
    return tuple(text.encode() for text in (PLAIN, DAMAGED, DRAFT, laws, table, PLAIN * 4))


@lru_cache(maxsize=1)
def pages() -> tuple[bytes, ...]:
    """Markdown with front matter, two of them practice pages of the starter corpus."""
    own = sorted(CORPUS.glob("practices/*.md"))[:2] + sorted(CORPUS.glob("articles/*.md"))[:1]
    head = (
        "---\nid: a\ntitle: 题目\ntags: [甲, 乙]\nregion: 某省\nsources:\n  - title: 来源\n    date: '2024-01'\n---\n"
    )
    bare = (
        "---\nkind: 实践\nname: 小院议事\naliases: [院落议事]\nsince: '2019'\nsources:\n  - title: 某文件\n---\n# 小院议事\n"
        + "".join(
            f"## {title}\n- 每月一次。[1]〔自述〕\n"
            for title in ("牵头", "针对的问题", "做法", "步骤", "数据", "成效", "局限")
        )
    )
    return (head.encode() + texts()[0], bare.encode(), *(path.read_bytes()[:8_000] for path in own))


@lru_cache(maxsize=1)
def lines() -> tuple[bytes, ...]:
    """Bulk files in three encodings."""
    rows = [
        {
            "id": "a",
            "text": "第一篇的正文。",
            "title": "题",
            "tags": ["甲"],
            "chapter": "第一章 总则",
            "article": "第一条",
        },
        {"id": "b", "text": "第二篇。\n两行。", "date": "2024-01-01"},
        {"id": 3, "text": "三", "source": None},
    ]
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return (text.encode(), text.encode("utf-16"), text.encode("gb18030"), json.dumps(rows[0]).encode())


@lru_cache(maxsize=1)
def word() -> tuple[bytes, ...]:
    """Word documents: headings, tables in tables, notes, revisions, styles for quotations."""
    import docx
    from docx.oxml import parse_xml

    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    document = docx.Document()
    document.core_properties.title = "议事规则"
    document.add_heading("社区议事规则", 0)
    document.add_heading("总则", 2)
    document.add_paragraph("第一条 议事会每月一次。")
    document.add_paragraph("没有物业的小区由社区先托底，业主可以组建自管会。", style="Quote")
    cell = document.add_table(2, 2).cell(0, 0)
    cell.text = "外格"
    cell.add_table(1, 2).cell(0, 1).text = "内格"
    document.element.body.insert(
        0, parse_xml(f"<w:p {space}><w:ins><w:r><w:t>新增</w:t><w:tab/><w:br/></w:r></w:ins><w:del/><!-- 注 --></w:p>")
    )
    target, small = io.BytesIO(), io.BytesIO()
    document.save(target)
    with zipfile.ZipFile(target) as source, zipfile.ZipFile(small, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in source.namelist():
            unread = "theme" in name or "thumbnail" in name
            content = b"<a/>" if unread else source.read(name)
            kept.writestr(name, _few_styles(content) if name.endswith("styles.xml") else content)
    return (small.getvalue(),)


def _few_styles(content: bytes) -> bytes:
    """Without the hundred styles that are not used here, so that mutations hit what is read."""
    from lxml import etree

    tree = etree.fromstring(content)
    for style in tree.findall("{*}style"):
        named = " ".join(style.values())
        if not any(word in named for word in ("Heading", "Quote", "Title")):
            tree.remove(style)
    for latent in tree.findall("{*}latentStyles"):
        tree.remove(latent)
    data: bytes = etree.tostring(tree)
    return data


@lru_cache(maxsize=1)
def pdfs() -> tuple[bytes, ...]:
    """PDF files written out by hand, so that mutations hit their objects: of one page and of three."""
    return (
        _pdf(["议事规则"]),
        _pdf(["社区议事会由居民代表组成，每月召开一次。", "結果在三日內公布。", "abc"]),
        _packed_pdf(),
    )


def _packed_pdf() -> bytes:
    """The same with compressed streams."""
    from pypdf import PdfReader, PdfWriter

    writer, target = PdfWriter(clone_from=PdfReader(io.BytesIO(_pdf(["议事规则每月公布"])))), io.BytesIO()
    for page in writer.pages:
        page.compress_content_streams()
    writer.write(target)
    return target.getvalue()


def _pdf(shown: Sequence[str]) -> bytes:
    """Pages of text in a font whose codes are those of Unicode, which a ToUnicode table says."""
    table = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n1 begincodespacerange <0000> <FFFF> "
        "endcodespacerange\n2 beginbfrange <0000> <7FFF> <0000> <8000> <FFFF> <8000> endbfrange\n"
        "1 beginbfchar <0041> <0041> endbfchar endcmap end end"
    )
    count = len(shown)
    kids = " ".join(f"{6 + 2 * number} 0 R" for number in range(count))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Kids[{kids}]/Count {count}>>",
        "<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/DescendantFonts[4 0 R]/ToUnicode 5 0 R>>",
        "<</Type/Font/Subtype/CIDFontType2/BaseFont/A/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW 1000>>",
        f"<</Length {len(table)}>>\nstream\n{table}\nendstream",
    ]  # fmt: skip
    for number, text in enumerate(shown):
        content = f"BT /F1 12 Tf 72 700 Td <{text.encode('utf-16-be').hex()}> Tj 0 -20 Td <{'议'.encode('utf-16-be').hex()}> Tj ET"
        objects += [
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Contents {7 + 2 * number} 0 R>>",
            f"<</Length {len(content)}>>\nstream\n{content}\nendstream",
        ]
    out, places = "%PDF-1.7\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{one}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n<</Size {len(objects) + 1}/Root 1 0 R>>\n"
    return (out + f"startxref\n{start}\n%%EOF\n").encode("latin-1")


@lru_cache(maxsize=1)
def archives() -> tuple[bytes, ...]:
    """A zip of files of every kind and a zip in it."""
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("丁.txt", "内层的正文，讲议事。".encode("gbk"))
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("甲.txt", texts()[0])
        archive.writestr("乙/丙.html", PAGE)
        archive.writestr("all.jsonl", lines()[0])
        archive.writestr("内.zip", inner.getvalue())
        archive.writestr("旧.doc", b"\xd0\xcf")
        archive.writestr("页.md", pages()[0])
    return (outer.getvalue(), inner.getvalue())


@lru_cache(maxsize=1)
def pictures() -> tuple[bytes, ...]:
    """Small pictures in every format that is read, a TIFF of two pages, and one that is none of them."""
    from PIL import Image

    found = []
    image, other = Image.new("RGB", (24, 16), "white"), Image.new("L", (8, 8))
    for form in ("PNG", "JPEG", "BMP", "TIFF", "GIF"):
        target = io.BytesIO()
        if form == "TIFF":
            image.save(target, form, save_all=True, append_images=[other], compression="tiff_lzw")
        else:
            image.save(target, form)
        found.append(target.getvalue())
    return (*found, b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n")
