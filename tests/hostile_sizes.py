"""One large or malicious file in this process, with bounded memory: `python tests/hostile_sizes.py CASE SIZE`.

Prints as JSON what came of it, the seconds of the processor, and the peak of memory in megabytes.
"""

from __future__ import annotations

import io
import json
import resource
import struct
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests")]

from benchmarks.fuzzing import seeds  # noqa: E402 - the path is set above

from kb.errors import KBError  # noqa: E402
from kb.knowledge.preparing import prepare  # noqa: E402
from kb.knowledge.searching import read_query  # noqa: E402
from kb.sources.read import read_file, read_text, read_upload  # noqa: E402
from kb.types import Document, Filters, Mode  # noqa: E402

MEMORY = 6 * 1024**3
SENTENCE = "网格员每天巡查社区，发现问题就上报，居民在议事厅里商量。"
ROW = ("停车", "街道办事处", "三日")

Made = tuple[str, bytes]


def text(size: int) -> Made:
    """Megabytes of running text."""
    line = (SENTENCE + "\n").encode()
    return "x.txt", line * (size * 1024**2 // len(line))


def line(size: int) -> Made:
    """Megabytes without a line break."""
    return "x.md", SENTENCE.encode() * (size * 1024**2 // len(SENTENCE.encode()))


def headings(size: int) -> Made:
    return "x.md", "# 标题\n正文一句话。\n".encode() * size


def markdown_table(size: int) -> Made:
    row = f"| {' | '.join(ROW)} |\n"
    return "x.md", ("| 事项 | 单位 | 时限 |\n|---|---|---|\n" + row * size).encode()


def commas(size: int) -> Made:
    return "x.txt", ("事项,单位,时限\n" + (",".join(ROW) + "\n") * size).encode()


def page_table(size: int) -> Made:
    row = "<tr>" + "".join(f"<td>{cell}</td>" for cell in ROW) + "</tr>\n"
    return "x.html", f"<table>{row * size}</table>".encode()


def word_table(size: int) -> Made:
    """A picture of random bytes goes with it, as a hostile author would put one there: the file looks less dense."""
    import random

    cells = "".join(f"<w:tc><w:p><w:r><w:t>{cell}</w:t></w:r></w:p></w:tc>" for cell in ROW)
    target = io.BytesIO()
    word = zipfile.ZipFile(io.BytesIO(seeds.word()[0]))
    with word as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name in source.namelist():
            content = source.read(name)
            if name == "word/document.xml":
                table = f"<w:tbl>{f'<w:tr>{cells}</w:tr>' * size}</w:tbl>".encode()
                content = content.replace(b"<w:body>", b"<w:body>" + table)
            made.writestr(name, content)
        made.writestr("word/media/a.bin", random.Random(1).randbytes(size * 20), zipfile.ZIP_STORED)
    return "x.docx", target.getvalue()


def pages(size: int) -> Made:
    return "x.pdf", seeds._pdf([SENTENCE * 20] * size)


def deep(size: int) -> Made:
    return "x.html", b"<div>" * size + "居民议事。".encode()


def tags(size: int) -> Made:
    return "x.html", "<p>居民".encode() * size


def many_members(size: int) -> Made:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for number in range(size):
            archive.writestr(f"{number}.txt", b"")
    return "x.zip", target.getvalue()


def dense(size: int) -> Made:
    """Megabytes of nothing, which shrink a thousandfold."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", bytes(size * 1024**2))
    return "x.zip", target.getvalue()


def nested(size: int) -> Made:
    """Zips in zips, each of ten: what is inside the first two is counted, further ones are not opened."""
    _name, data = dense(2)
    for _ in range(size):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(10):
                archive.writestr(f"{number}.zip", data)
        data = target.getvalue()
    return "x.zip", data


def overlapping(size: int) -> Made:
    """Many entries of the table of contents that all lead to one member (Fifield 2019, "A better zip bomb")."""
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"a" * 100_000)
    data = plain.getvalue()
    begin = data.index(b"PK\x01\x02")
    entry = data[begin : data.index(b"PK\x05\x06")]
    names = [f"{number:05}"[-5:].encode() for number in range(size)]
    entries = b"".join(entry.replace(b"a.txt", name[:1] + b".txt") for name in names)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, size, size, len(entries), begin, 0)
    return "x.zip", data[:begin] + entries + end


def lying(size: int) -> Made:
    """A member whose header tells ten bytes and that holds megabytes."""
    _name, packed = dense(size)
    data = bytearray(packed)
    for mark, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = data.rfind(mark)
        data[at + place : at + place + 4] = struct.pack("<I", 10)
    return "x.zip", bytes(data)


def one_line_of_json(size: int) -> Made:
    return "x.jsonl", b'{"id": "a", "text": "' + b"a" * (size * 1024**2) + b'"}'


def no_line_at_all(size: int) -> Made:
    return "x.jsonl", b"{" * (size * 1024**2)


CASES: dict[str, Callable[[int], Made]] = {
    made.__name__: made
    for made in (
        text, line, headings, markdown_table, commas, page_table, word_table, pages, deep, tags, many_members, dense,
        nested, overlapping, lying, one_line_of_json, no_line_at_all,
    )
}  # fmt: skip


def read(name: str, data: bytes) -> str:
    """What came of a file: how many characters and passages, or the sentence of its refusal."""
    try:
        if name.endswith(".zip"):
            return "；".join(_told(item) for item in read_upload(data, name))[:300]
        if name.endswith(".jsonl"):
            file = Path(sys.argv[3]) / name
            file.write_bytes(data)
            return "；".join(_told(item) for item in read_file(file))[:300]
        return _told(read_text(data, Path(name)))
    except KBError as error:
        return str(error)[:300]


def _told(item: object) -> str:
    if not isinstance(item, Document):
        return str(getattr(item, "reason", item))
    prepared = prepare(item, "", "")
    return f"{len(item.article.text)} 字 {len(prepared.passages)} 段"


def question(size: int) -> str:
    """A question of megabytes."""
    try:
        read_query("多少" * (size * 1024**2 // 6), Mode.HYBRID, Filters(), 5)
    except KBError as error:
        return str(error)
    return "taken"


def sockets() -> int:
    """How often a socket is opened, a name looked up or a program started while everything that could is read."""
    seen: list[str] = []

    def watch(event: str, _arguments: object) -> None:
        if event.startswith(("socket.connect", "socket.getaddrinfo", "subprocess", "os.system", "urllib")):
            seen.append(event)

    for made in (seeds.word()[0], seeds.pdfs()[0], seeds.pictures()[0]):
        read("x.docx" if made[:2] == b"PK" else "x.pdf", made)  # Everything is loaded before it is watched.
    sys.addaudithook(watch)
    from test_readers import word_with

    away = "http://127.0.0.1:9/a"
    relation = (
        f'<Relationship Id="rId9{{}}" TargetMode="External" Target="{away}" Type="http://schemas.openxmlformats.org/'
        'officeDocument/2006/relationships/{}"/>'
    )
    kinds = ("attachedTemplate", "image", "oleObject", "footnotes", "styles", "hyperlink", "subDocument")
    relations = "".join(relation.format(number, kind) for number, kind in enumerate(kinds))
    entity = f'<!DOCTYPE d [<!ENTITY % a SYSTEM "{away}"> %a; <!ENTITY b SYSTEM "file:///etc/passwd">]>'
    read("a.docx", word_with("word/_rels/document.xml.rels", "</Relationships>", relations + "</Relationships>"))
    read("b.docx", word_with("word/styles.xml", "<w:styles", entity + "<w:styles"))
    read("c.html", f'{entity}<link href="{away}"><img src="{away}"><object data="{away}"></object>'
         f'<svg><image href="{away}"/><text>&b;</text></svg><p>&b;居民议事。</p>'.encode())  # fmt: skip
    read("d.pdf", seeds.pdfs()[0].replace(b"/Type/Catalog", f"/Type/Catalog/OpenAction<</S/URI/URI({away})>>".encode()))
    read("e.md", f"---\ntitle: !!python/object/apply:os.system ['x']\nurl: {away}\n---\n正文。".encode())
    return len(seen)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    case = sys.argv[1]
    if case == "sockets":
        sys.stdout.write(f"{sockets()}\n")
        return
    size = int(sys.argv[2])
    made = None if case == "question" else CASES[case](size)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    begun = time.process_time()
    outcome = read(*made) if made else question(size)
    seconds = time.process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(
        json.dumps({"outcome": outcome, "seconds": round(seconds, 1), "before": before, "peak": peak}) + "\n"
    )


if __name__ == "__main__":
    main()
