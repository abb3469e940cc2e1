"""Python, the packages, the disk."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from kb.config import Settings
from kb.types import Check

FREE_BYTES = 2 * 1024**3
"""The default model takes 0.8 GB on disk; an index of 100,000 passages about as much."""


def python() -> Check:
    """Whether this Python is one that the package is tested with."""
    version = ".".join(map(str, sys.version_info[:3]))
    return Check("Python", sys.version_info >= (3, 11), version, "请安装 Python 3.11 或更高版本。")


def packages() -> Iterator[Check]:
    """Whether the libraries that are loaded late are there."""
    for name, purpose in (("faiss", "语义索引"), ("tantivy", "字面索引"), ("jieba", "分词"), ("opencc", "繁简转换")):
        yield Check(f"软件包 {name}", find_spec(name) is not None, purpose, "请运行 make install。")


def disk(settings: Settings) -> Check:
    """Whether there is room beside the index."""
    folder = next(path for path in (Path(settings.index).absolute(), *Path(settings.index).absolute().parents)
                  if path.exists())  # fmt: skip
    free = shutil.disk_usage(folder).free
    return Check("磁盘", free >= FREE_BYTES, f"剩余 {free / 1024**3:.1f} GB", "请腾出空间，或用 --index 换一个文件夹。")
