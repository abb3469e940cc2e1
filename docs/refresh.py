"""Writes the real output of the README's example queries into both READMEs: `python docs/refresh.py`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
READMES = (PROJECT / "README.md", PROJECT / "README.en.md")
QUERIES = (
    "kb search 老旧小区没有物业怎么办 -k 1",
    "kb search 楓橋經驗 -k 1",
    "kb search 部门互相推，街道怎么把人叫到场 -k 1",
    "kb search 网格太多太乱怎么合并 -k 1",
    "kb search 村里的大事怎么让村民说了算 -k 1 --category 乡村治理",
)


def outputs(index: Path) -> list[str]:
    """Build the starter corpus into `index` and run every query on it; the text of each output."""
    _kb(index, ["build", str(PROJECT / "corpus")])
    return [_kb(index, query.split()[1:]) for query in QUERIES]


def _kb(index: Path, arguments: list[str]) -> str:
    command = [str(Path(sys.executable).with_name("kb")), "--index", str(index), *arguments]
    environment = {**os.environ, "KB_SCRIPT": "hans"}
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout.strip()  # noqa: S603


def examples(found: list[str]) -> str:
    """The block between the marks of a README."""
    blocks = (f"```console\n$ {query}\n{output}\n```" for query, output in zip(QUERIES, found, strict=True))
    return "\n\n".join(blocks)


def replaced(text: str, name: str, content: str) -> str:
    """`text` with what stands between <!-- name --> and <!-- /name --> replaced."""
    block = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    return block.sub(lambda found: f"{found[1]}{content}\n{found[2]}", text)


def main() -> None:
    """Refresh the examples."""
    with tempfile.TemporaryDirectory() as folder:
        found = outputs(Path(folder) / "index")
    for readme in READMES:
        readme.write_text(replaced(readme.read_text(encoding="utf-8"), "examples", examples(found)), encoding="utf-8")


if __name__ == "__main__":
    main()
