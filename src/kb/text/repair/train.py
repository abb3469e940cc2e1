"""Makes counts.npz, the counts that come with the package: `python -m kb.text.repair.train [CORPUS]`.

Counted are jieba's dictionary (MIT) and this project's own corpus/; nothing else may be shipped. The file is
the same for the same corpus, so that it can be checked against the repository.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from importlib import resources
from pathlib import Path

from kb.text.repair.counts import Counts, merge_words
from kb.text.repair.language import TEXT_WEIGHT

JIEBA_SCALE = 0.01
"""jieba counts 60 million words of news of the 1990s; scaled so that running text of this field is heard."""

LEAST_TRIPLE = 0.05
"""Triples of words that jieba counts less than five times are left out: the file would be too large."""

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
    """Give marks and line ends, of which a dictionary holds none, the share they have in running text."""
    han = sum(weight for one, weight in running.ones.items() if _is_han(one)) or 1.0
    ratio = sum(weight for one, weight in words.ones.items() if _is_han(one)) / han
    for one, weight in running.ones.items():
        if not _is_han(one):
            words.ones[one] += ratio * weight  # type: ignore[assignment]


def _is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"


def body(markdown: str) -> str:
    """The running text of a page: without front matter, marks of Markdown and source numbers."""
    return _MARKUP.sub("", _FRONT_MATTER.sub("", markdown))


def main(arguments: list[str]) -> None:
    """Write counts.npz beside this file."""
    folder = Path(arguments[0]) if arguments else Path(__file__).resolve().parents[4] / "corpus"
    pages = sorted(folder.rglob("*.md"))
    train(body(page.read_text(encoding="utf-8")) for page in pages).save(Path(__file__).with_name("counts.npz"))


if __name__ == "__main__":
    main(sys.argv[1:])
