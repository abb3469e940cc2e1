"""Writes the line of other names (`kb.text.other_names`) into every practice page, from the page's front matter.

Run as `python -m benchmarks.other_names` after names were changed; tests/test_corpus.py holds the pages against it.
"""

from __future__ import annotations

from pathlib import Path

from kb.sources.front_matter import read_front_matter
from kb.text.other_names import is_line, line

PRACTICES = Path(__file__).resolve().parents[1] / "corpus" / "practices"


def with_line(page: str, name: str) -> str:
    """A practice page whose line of other names is what its front matter says; `name` is what faults are told of."""
    head, body = read_front_matter(page, name)
    title, *rest = [part for part in body.strip().split("\n\n") if not is_line(part)]
    told = line(head.name, head.aliases)
    paragraphs = [title, *([told] if told else []), *rest]
    return page[: len(page) - len(body)] + "\n\n".join(paragraphs) + "\n"


def main() -> None:
    """Write the pages that change, and name them."""
    for path in sorted(PRACTICES.glob("*.md")):
        before = path.read_text(encoding="utf-8")
        after = with_line(before, path.name)
        if after != before:
            path.write_text(after, encoding="utf-8")
            print(path.name)


if __name__ == "__main__":
    main()
