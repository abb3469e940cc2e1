"""What is fed: for each thing its valid input, how that is changed, and what must hold of whatever comes of it."""

# ruff: noqa: E501 - tables of what is put into the input

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.fuzzing import library, readers, seeds, texts
from benchmarks.fuzzing.mutating import mutated, mutated_archive, mutated_text

Change = Callable[[random.Random, bytes, Sequence[bytes], Sequence[bytes]], bytes]


@dataclass(frozen=True, slots=True)
class Target:
    """One thing that reads what strangers wrote; `run` raises `Broken` where a law does not hold.

    A `KBError` of `run` is a refusal. `tokens` are put into the input now and then.
    """

    name: str
    run: Callable[[bytes], None]
    seeds: Callable[[], Sequence[bytes]]
    change: Change = mutated_text
    tokens: tuple[bytes, ...] = ()

    @property
    def takes_text(self) -> bool:
        """Whether `run` is never given anything but UTF-8: what it reads was decoded long before."""
        return self.run.__module__ == texts.__name__ or self.run in (library.asked, library.verified)

    def input(self, chance: random.Random) -> bytes:
        """The next thing to try."""
        valid = self.seeds()
        changed = self.change(chance, chance.choice(valid), valid, self.tokens)
        return self.change(chance, changed, valid, self.tokens) if chance.random() < 0.3 else changed


_MARKUP = (*(f"<{tag}>".encode() for tag in ("table", "tr", "td", "/td", "/table", "svg", "template", "p", "/p", "a href=x", "li", "nav", "br")), b"<![CDATA[", b"<!--", b"&lt;b&gt;", b"<?xml version='1.0' encoding='utf-16'?>", b"<meta name=author content=a>")  # fmt: skip
_WORD = (
    b"<w:p>", b"</w:p>", b"<w:tbl>", b"<w:tr>", b"<w:tc>", b"<w:t>a</w:t>", b"<w:txbxContent>", b"<w:del>", b"w:val=\"a'b\"",
    b"<mc:Fallback>", b"TargetMode=\"External\"", b"<w:pStyle w:val=\"x'y\"/>", b"../../../etc/passwd", b"<!-- -->", b"<?a b?>",
)  # fmt: skip
_PDF = (
    b"/Length 99999999", b"/Filter/FlateDecode", b"/Filter/LZWDecode", b"/Filter[/ASCIIHexDecode/RunLengthDecode]", b"/Kids[2 0 R]",
    b"/Parent 6 0 R", b"/Count 100000", b"<</Type/XRef>>", b"/ToUnicode 3 0 R", b"/Encrypt 3 0 R", b"/Predictor 15", b"/Contents[7 0 R 7 0 R]",
    b"Tj", b"[(a)-9999(b)]TJ", b"1e99 0 0 1e99 0 0 Tm", b"beginbfrange", b"<0000> <FFFF> <D800>", b"/Do", b"BI /W 9 ID", b"(\\777)", b"<<" * 30,
)  # fmt: skip
_YAML = (
    b"&a [", b"*a", b"? ", b"!!binary ", b"|\n", b">\n", b"<<: *a", b"\"\\ud800\"", b"\"\\0\"", b"- - - - -", b"{a: {b: ", b"%YAML 9.9", b"---", b"...",
    "kind: 实践\n".encode(), b"related: [a]\n", b"sources:\n  - title: ", "## 牵头\n".encode(), "〔〔〔".encode(), b"[1][2][3]",
)  # fmt: skip
_JSON = (
    b"null",
    b"true",
    b"[]",
    b"{}",
    b"NaN",
    b"1e400",
    b'"\\ud83d"',
    b'"\\u0000"',
    b"[[[[[[[[",
    b"9" * 400,
    b'"id":',
    b'"kind":"answer"',
)

TARGETS = (
    Target("文字 .txt", readers.plain, seeds.texts),
    Target("字节 .txt", readers.plain, seeds.texts, mutated),
    Target("Markdown 前置信息", readers.markdown, seeds.pages, tokens=_YAML),
    Target("实践页", readers.markdown, lambda: seeds.pages()[1:4], tokens=_YAML),
    Target("网页 .html", readers.html, lambda: (seeds.PAGE.encode(), *seeds.texts()[:1]), tokens=_MARKUP),
    Target("网页字节", readers.html, lambda: (seeds.PAGE.encode(),), mutated, _MARKUP),
    Target("Word .docx", readers.word, seeds.word, mutated_archive, _WORD),
    Target("PDF", readers.pdf, seeds.pdfs, mutated, _PDF),
    Target("压缩包 .zip", readers.archive, seeds.archives, mutated_archive),
    Target("逐行 .jsonl", readers.lines, seeds.lines, tokens=_JSON),
    Target("逐行字节", readers.lines, seeds.lines, mutated, _JSON),
    Target("图片", readers.picture, seeds.pictures, mutated),
    Target("词表、别名表", readers.lexicon, lambda: (b"a\n" + seeds.texts()[0], "志愿者\t志工、義工\t義工\n".encode())),
    Target("修复", texts.repaired, lambda: seeds.texts()[:3]),
    Target("匹配形、转换", texts.normalized, seeds.texts),
    Target("切句、切段", texts.cut, seeds.texts),
    Target("分词", texts.segmented, seeds.texts),
    Target("指纹、引用编号", texts.named, seeds.texts),
    Target("数字、意图", texts.figures, lambda: tuple(one.encode() for one in seeds.QUESTIONS)),
    Target("网页上的显示", texts.shown, seeds.texts),
    Target("稿件的引文", texts.draft, lambda: (seeds.DRAFT.encode(),)),
    Target(
        "综述的回复",
        texts.reply,
        lambda: ('[{"text": "第一句。", "cites": [1]}]'.encode(), "第一句。[1]\n第二句。[2]".encode()),
        tokens=_JSON,
    ),
    Target("课程篮子", texts.basket, lambda: (texts.BASKET,), tokens=_JSON),
    Target("设置", texts.configured, lambda: (b"KB_THREADS=2\nKB_LLM_TIMEOUT=3\nKB_SCRIPT=hant\nKB_INDEX=a",)),
    Target("筛选", texts.filtered, lambda: ("浙江省\n矛盾化解\n某报\n2023\n2024-09\nhans".encode(),)),
    Target("提问", library.asked, lambda: tuple(one.encode() for one in seeds.QUESTIONS)),
    Target("核对引文", library.verified, lambda: (*texts.quoted(), seeds.DRAFT.encode())),
    Target("上传、收录", library.kept, lambda: (*seeds.texts()[:3], *seeds.pages()[:2])),
    Target("备份容器", library.contained, library.containers, mutated),
    Target("备份里的文章库", library.restored, library.stores, mutated),
)
"""Everything that is fed, by the name in the table."""
