"""JSON lines in the encodings that Chinese files are written in."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.sources import bulk
from kb.sources.bulk import read_lines
from kb.sources.read import read_file
from kb.types import Document, Failure

TEXTS = ["网格员每天在社区里巡查，发现问题就上报。", "老旧小区没有物业，由社区先托底。", "小事不出村，大事不出镇。"]
TRADITIONAL = [
    "網格員每天在社區裡巡查，發現問題就上報。",
    "老舊小區沒有物業，由社區先托底。",
    "小事不出村，大事不出鎮。",
]
LINES = [json.dumps({"id": f"a{at}", "text": text}, ensure_ascii=False) for at, text in enumerate(TEXTS)]

ENCODINGS = {
    "UTF-8": ("utf-8", "utf-8"),
    "有标记的UTF-8": ("utf-8-sig", "utf-8"),
    "GBK": ("gbk", "gb18030"),
    "GB18030": ("gb18030", "gb18030"),
    "Big5": ("cp950", "big5"),
    "有标记的UTF-16": ("utf-16", "utf-16-le"),
    "UTF-16LE": ("utf-16-le", "utf-16-le"),
    "UTF-16BE": ("utf-16-be", "utf-16-be"),
}


@pytest.mark.parametrize(("codec", "told"), ENCODINGS.values(), ids=ENCODINGS)
@pytest.mark.parametrize("line_break", ["\n", "\r\n"], ids=["unix", "windows"])
def test_lines_in_any_encoding(tmp_path: Path, codec: str, told: str, line_break: str) -> None:
    texts = TRADITIONAL if codec == "cp950" else TEXTS
    lines = [json.dumps({"id": f"a{at}", "text": text}, ensure_ascii=False) for at, text in enumerate(texts)]
    data = (line_break.join([lines[0], "", *lines[1:]]) + line_break).encode(codec)
    (tmp_path / "a.jsonl").write_bytes(data)
    found = list(read_lines(tmp_path / "a.jsonl"))
    assert all(isinstance(item, Document) for item in found)
    documents = [item for item in found if isinstance(item, Document)]
    assert [item.article.text for item in documents] == texts
    assert [item.article.origin.rpartition(":")[2] for item in documents] == ["1", "3", "4"]
    assert [item.receipt.encoding for item in documents if item.receipt] == [told] * 3
    assert all(item.article.raw in data for item in documents)


def test_a_line_in_another_encoding_than_its_file_is_named(tmp_path: Path) -> None:
    data = [line.encode("gb18030") for line in LINES]
    data.insert(1, '{"id": "x", "text": "乙\x00"}'.encode("gb18030").replace(b"\x00", b"\xff"))
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(data * 1))
    found = list(read_lines(tmp_path / "a.jsonl"))
    reasons = [item.reason for item in found if isinstance(item, Failure)]
    assert [isinstance(item, Document) for item in found] == [True, False, True, True] or len(reasons) == 4
    assert any("编码" in reason for reason in reasons)


def test_one_bad_line_of_a_utf8_file_loses_that_line_alone(tmp_path: Path) -> None:
    bad = '{"id": "x", "text": "乙'.encode() + b"\xff" + b'"}'
    (tmp_path / "a.jsonl").write_bytes(b"\n".join([*(line.encode() for line in LINES), bad]))
    found = list(read_lines(tmp_path / "a.jsonl"))
    assert [isinstance(item, Document) for item in found] == [True, True, True, False]
    assert isinstance(found[3], Failure)
    assert found[3].reason == "不是 UTF-8 编码。请另存为 UTF-8 后再试。"


def test_the_lines_of_a_file_in_an_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("all.jsonl", "\n".join(LINES).encode("utf-16"))
    documents = [item for item in read_file(tmp_path / "a.zip") if isinstance(item, Document)]
    assert [item.article.text for item in documents] == TEXTS


@pytest.mark.parametrize("codec", ["utf-8", "gb18030", "utf-16-le", "utf-16-be", "utf-16"])
@pytest.mark.parametrize("size", [64, 101, 1000])
def test_the_file_is_read_as_a_stream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, codec: str, size: int) -> None:
    monkeypatch.setattr(bulk, "SAMPLE", size)
    lines = [json.dumps({"id": f"a{at}", "text": TEXTS[at % 3] * (at % 7 + 1)}, ensure_ascii=False) for at in range(50)]
    (tmp_path / "a.jsonl").write_bytes("\n".join(lines).encode(codec))
    found = [item.article.id for item in read_lines(tmp_path / "a.jsonl") if isinstance(item, Document)]
    assert found == [f"a{at}" for at in range(50)]


# ਊ and 上 and 䀊 hold a byte 0A; 0A0A is a letter itself
tricky = st.text(alphabet="甲上ਊ䀊\u0a0a\u0a00\u000bA", min_size=1, max_size=30).filter(str.strip)


@given(st.lists(tricky, min_size=1, max_size=8), st.sampled_from(["utf-16-le", "utf-16-be", "utf-8"]))
@settings(deadline=None, max_examples=80)
def test_law_no_line_break_is_seen_inside_a_character(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], codec: str
) -> None:
    file = tmp_path_factory.mktemp("lines") / "a.jsonl"
    lines = [json.dumps({"id": f"a{at}", "text": text + TEXTS[0]}, ensure_ascii=False) for at, text in enumerate(texts)]
    file.write_bytes(("\ufeff" + "\n".join(lines)).encode(codec))
    found = [item.article.text for item in read_lines(file) if isinstance(item, Document)]
    assert found == [text + TEXTS[0] for text in texts]
