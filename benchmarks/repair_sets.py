"""The texts that repair is measured on, cut into documents as long as the seeds; nothing of them is trained on."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.damage import Damaged, Farm, damage, drop_lead, make_farm, sound
from benchmarks.shared_data import shared_folder
from kb.text.repair import repair

DOCUMENT = 6_000
"""Characters of a document, as long as the seeds are."""

LOST_SHARE, SHORTEST, MARGIN = 0.3, 20, 5
"""Of the lines of this length, the share that loses a lead byte, so far from their ends."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of damage: a farm with the marks among its keys that are chosen for its number, or a lost lead byte."""

    name: str
    marks: Callable[[int], Sequence[str]] | None
    script: str = "hant"
    long: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A sound text, what a farm does to it, or where single lead bytes are lost."""

    lines: tuple[str, ...]
    farm: Farm | None
    seed: int
    long: bool

    def damaged(self) -> list[Damaged]:
        """Each line, damaged."""
        chooser = random.Random(self.seed)
        return [damage(line, self.farm) if self.farm else self._lost(line, chooser) for line in self.lines]

    def _lost(self, line: str, chooser: random.Random) -> Damaged:
        if len(line) <= SHORTEST or chooser.random() >= LOST_SHARE:
            return sound(line)
        at = chooser.randrange(MARGIN, len(line) - MARGIN)
        return drop_lead(line, at, long=self.long) if is_plain(line, at) else sound(line)


def is_plain(line: str, at: int) -> bool:
    """Whether the character there is Han and GBK holds the line."""
    return "\u4e00" <= line[at] <= "\u9fa5" and not set(line) - set(line.encode("gbk", errors="ignore").decode("gbk"))


def documents_of(lines: Sequence[str], kind: Kind, count: int, seed: int) -> Iterator[Document]:
    """Documents of about six thousand characters.

    A set with few texts is damaged again by other farms, as the study did with its two policy articles.
    """
    from opencc import OpenCC

    convert = OpenCC("s2t" if kind.script == "hant" else "t2s").convert
    texts, part, length = list[tuple[str, ...]](), list[str](), 0
    for line in lines:
        part.append(convert(line))
        length += len(line)
        if length >= DOCUMENT:
            texts, part, length = [*texts, tuple(part)], [], 0
        if len(texts) == count:
            break
    texts = texts or [tuple(part)]
    for number in range(count):
        text, at = texts[number % len(texts)], seed + number
        farm = make_farm("".join(text), at, marks=kind.marks(at)) if kind.marks else None
        yield Document(text, farm, at, kind.long)


def lines_of(name: str) -> list[str]:
    """Sound lines of a set: policy, law (the texts with an even number) and law-dev (the others), drcd, cmrc."""
    if name.startswith("law"):
        return _law_lines(name == "law-dev")
    if name == "policy":
        return _policy_lines()
    content = json.loads((shared_folder() / "qa" / f"{name}_dev.json").read_text(encoding="utf-8"))
    contexts = {paragraph["context"]: None for article in content["data"] for paragraph in article["paragraphs"]}
    lines = [line for context in contexts for line in context.split("\n") if not set("?？\ufffd") & set(line)]
    random.Random(7).shuffle(lines)
    return lines


def _law_lines(odd: bool) -> list[str]:
    passages = (shared_folder() / "gov" / "corpus.jsonl").read_text(encoding="utf-8").splitlines()
    chosen = [row for row in map(json.loads, passages) if int(row["doc_id"][1:]) % 2 == odd]
    return [line for row in chosen for line in row["text"].split("\n") if len(line) > 10]


def _policy_lines() -> list[str]:
    folder = shared_folder() / "seeds"
    texts = [next(folder.glob(f"{number}_*.txt")).read_text(encoding="utf-8") for number in ("001", "002")]
    lines = [line for text in texts for line in full_width(text).split("\n")]
    return [repair(line).text for line in lines if len(line) > SHORTEST and "?" not in line]


def full_width(text: str) -> str:
    """Marks as the farm saw them before NFKC."""
    return text.translate(str.maketrans(",;:!?()", "，；：！？（）"))
