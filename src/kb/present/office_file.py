"""What Word and PowerPoint files have in common: fixed dates, fixed bytes, fonts with names for every system."""

from __future__ import annotations

import datetime
import io
import zipfile
from dataclasses import dataclass, replace
from typing import Any

from kb.present.display import Form
from kb.present.printable import printable

MOMENT = datetime.datetime(2000, 1, 1)
"""What the files say of when they were made; the libraries write it as UTC and want it without a zone."""
_ZIP_MOMENT = (2000, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Fonts:
    """The East Asian fonts of one region by the names that every system understands, and its language tag.

    `others` are the names that other systems, and the region itself, have for them.
    """

    body: str
    heading: str
    quotation: str
    screen: str
    language: str
    others: dict[str, str]


_MAINLAND = Fonts(
    "SimSun",
    "SimHei",
    "KaiTi",
    "Microsoft YaHei",
    "zh-CN",
    {
        "SimSun": "宋体,Songti SC,Noto Serif CJK SC",
        "SimHei": "黑体,Heiti SC,Noto Sans CJK SC",
        "KaiTi": "楷体,Kaiti SC",
    },
)
_TAIWAN = Fonts(
    "PMingLiU",
    "Microsoft JhengHei",
    "DFKai-SB",
    "Microsoft JhengHei",
    "zh-TW",
    {
        "PMingLiU": "新細明體,Songti TC,Noto Serif CJK TC",
        "Microsoft JhengHei": "微軟正黑體,Heiti TC,Noto Sans CJK TC",
        "DFKai-SB": "標楷體,BiauKai",
    },
)
_HONG_KONG = replace(_TAIWAN, language="zh-HK")
FONTS = {Form.ORIGINAL: _MAINLAND, Form.SIMPLIFIED: _MAINLAND, Form.TAIWAN: _TAIWAN, Form.HONG_KONG: _HONG_KONG}


def describe(properties: Any, title: str, language: str) -> None:
    """The core properties of a file: what it is called, and nothing of who made it where and when."""
    properties.title = printable(title)[:255]
    properties.author = properties.last_modified_by = properties.comments = properties.keywords = ""
    properties.language = language
    properties.revision = 1
    properties.created = properties.modified = MOMENT


def fixed_bytes(document: Any) -> bytes:
    """What `document.save` writes, the moment of writing left out: the same content makes the same file."""
    written, fixed = io.BytesIO(), io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, _ZIP_MOMENT)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            target.writestr(entry, source.read(name))
    return fixed.getvalue()
