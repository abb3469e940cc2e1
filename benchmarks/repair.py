"""Measures text repair on damage with known truth: `python -m benchmarks.repair`.

Sound text of each set is damaged by `benchmarks.damage`, repaired, and compared run by run with the truth.
Nothing measured here is used for training. README.md of the study, section 6, explains the columns.
"""

from __future__ import annotations

import json
import random
import sys
import time
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from benchmarks.damage import MORE_PUNCTUATION, PUNCTUATION, Farm, damage, drop_lead, make_farm
from benchmarks.shared_data import shared_folder
from kb.text.repair import Repaired, RepairKind, Step, repair
from kb.text.repair.values import UNKNOWN

DOCUMENT = 6_000
"""Characters of a document, as long as the seeds are."""


@dataclass(slots=True)
class Tally:
    """What came of the damaged places of one set."""

    name: str
    runs: int = 0
    exact: int = 0
    accepted: int = 0
    right: int = 0
    sure: int = 0
    sure_right: int = 0
    characters: int = 0
    characters_right: int = 0
    sure_characters: int = 0
    sure_characters_right: int = 0
    glosses: int = 0
    glosses_left: int = 0
    silent: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Document:
    """A sound text and a farm for it, or a place in each line where one lead byte is lost."""

    text: str
    farm: Farm | None
    seed: int

    def damaged(self) -> list[tuple[str, str]]:
        """(true line, damaged line), both after NFKC."""
        chooser = random.Random(self.seed)
        pairs = []
        for line in self.text.split("\n"):
            true = unicodedata.normalize("NFKC", line.encode("gbk", errors="ignore").decode("gbk"))
            if self.farm:
                pairs.append((true, damage(line, self.farm)))
            elif len(line) > 20 and chooser.random() < 0.3 and is_han(line, at := chooser.randrange(5, len(line) - 5)):
                pairs.append((true, drop_lead(line, at)))
            else:
                pairs.append((true, true))
        return pairs


def is_han(line: str, at: int) -> bool:
    """Whether the character there is Han and GBK holds the line."""
    return "\u4e00" <= line[at] <= "\u9fa5" and not set(line) - set(line.encode("gbk", errors="ignore").decode("gbk"))


def measure(name: str, documents: Sequence[Document], limit: int) -> Tally:
    """Repair documents until `limit` runs were seen."""
    tally = Tally(name)
    for document in documents:
        pairs = document.damaged()
        received = "\n".join(damaged for _, damaged in pairs)
        repaired = repair(received)
        _compare("\n".join(true for true, _ in pairs), received, repaired, tally)
        if tally.runs >= limit:
            break
    return tally


def _compare(true: str, received: str, repaired: Repaired, tally: Tally) -> None:
    """Lines stay lines, so that each is compared with its own truth."""
    place = 0
    shifts = [step for step in repaired.steps if step.kind is RepairKind.SHIFT]
    results = repaired.text.split("\n")
    for true_line, line, result in zip(true.split("\n"), received.split("\n"), results, strict=True):
        steps = [step for step in repaired.steps if place <= step.start and step.end <= place + len(line)]
        tally.glosses += sum(step.kind is RepairKind.GLOSS for step in steps)
        if "?" in line or "?" in true_line:
            _compare_line(true_line, line, result, [s for s in steps if s in shifts], place, tally)
        elif result != true_line:
            tally.glosses_left += 1
        place += len(line) + 1


def _compare_line(true: str, line: str, result: str, steps: Sequence[Step], place: int, tally: Tally) -> None:
    """Each accepted run against the characters of the truth at its place."""
    matcher = SequenceMatcher(None, result, true, autojunk=False)
    wrong = {at for tag, begin, end, _, _ in matcher.get_opcodes() if tag != "equal" for at in range(begin, end)}
    missing = {begin for tag, begin, end, _, _ in matcher.get_opcodes() if tag == "insert"}
    damaged_runs = max(len(steps), line.count("?") - true.count("?") - _closing(line))
    tally.runs += damaged_runs
    tally.accepted += len(steps)
    for start, step in _placed(line, result, steps, place):
        inside = range(start, start + len(step.after))
        good = not wrong.intersection(inside) and not missing.intersection(inside[1:])
        tally.right += good
        tally.exact += good
        tally.sure += step.certain
        tally.sure_right += step.certain and good
        tally.characters += len(inside)
        known = [at for offset, at in enumerate(inside) if step.after[offset] != UNKNOWN]
        tally.characters_right += sum(at not in wrong for at in known)
        firm = [at for offset, at in enumerate(inside) if offset not in step.doubtful]
        tally.sure_characters += len(firm)
        tally.sure_characters_right += sum(at not in wrong for at in firm)
        bad = [at for at in firm if at in wrong]
        if bad:
            tally.silent.append(
                f"{step.before} -> {step.after} {step.doubtful}; {true[max(0, start - 8) : start + 20]}"
            )


def _closing(line: str) -> int:
    """`?` that end a run: they belong to the one that began it; a gloss or mark follows them."""
    return max(0, (line.count("?")) // 2) if line.count("?") > 1 else 0


def _placed(line: str, result: str, steps: Sequence[Step], place: int) -> Iterator[tuple[int, Step]]:
    """Each shift step with its start in the repaired line."""
    for step in steps:
        head = repair_head(line[: step.start - place], result)
        at = result.find(step.after, max(0, head - 30))
        yield (at if at >= 0 else head), step


def repair_head(head: str, result: str) -> int:
    """About where in the result the text after a damaged head begins."""
    tail = head[-4:]
    found = result.find(tail)
    return found + len(tail) if tail and found >= 0 else 0


def documents_of(
    lines: Sequence[str], count: int, seed: int, *, marks: Sequence[str] | None, script: str
) -> list[Document]:
    """Documents of about six thousand characters; `marks` None takes the other mechanism."""
    from opencc import OpenCC

    convert = OpenCC("s2t" if script == "hant" else "t2s").convert
    texts, text = list[str](), ""
    for line in lines:
        text += convert(line) + "\n"
        if len(text) >= DOCUMENT:
            texts, text = [*texts, text.rstrip("\n")], ""
        if len(texts) == count:
            break
    texts = texts or [text.rstrip("\n")]
    # A set with few texts is damaged again by other farms, as the study did with its two policy articles.
    seeded = [(texts[n % len(texts)], seed + n) for n in range(count)]
    return [Document(one, make_farm(one, at, marks=marks) if marks else None, at) for one, at in seeded]


def lines_of(name: str) -> list[str]:
    """Sound lines of a set."""
    folder = shared_folder()
    if name == "law":
        rows = (json.loads(row) for row in (folder / "gov" / "corpus.jsonl").read_text(encoding="utf-8").splitlines())
        return [line for row in rows for line in row["text"].split("\n") if len(line) > 10]
    if name == "policy":
        texts = [next((folder / "seeds").glob(f"{n}_*.txt")).read_text(encoding="utf-8") for n in ("001", "002")]
        return [
            repair(line).text
            for text in texts
            for line in full_width(text).split("\n")
            if len(line) > 20 and "?" not in line
        ]
    content = json.loads((folder / "qa" / f"{name}_dev.json").read_text(encoding="utf-8"))
    contexts = {p["context"]: None for article in content["data"] for p in article["paragraphs"]}
    return [line for context in contexts for line in context.split("\n") if "?" not in line and "？" not in line]


def full_width(text: str) -> str:
    """Marks as the farm saw them before NFKC."""
    return text.translate(str.maketrans(",;:!?()", "，；：！？（）"))


def row(tally: Tally) -> str:
    """One line of the table."""

    def share(part: int, whole: int) -> str:
        return f"{part / whole:.1%}" if whole else "-"

    t = tally
    return (
        f"| {t.name} | {t.runs} | {share(t.exact, t.runs)} | {t.accepted} | {share(t.right, t.accepted)} | {t.sure} "
        f"| {share(t.sure_right, t.sure)} | {share(t.characters_right, t.characters)} "
        f"| {share(t.sure_characters_right, t.sure_characters)} | {t.glosses} |"
    )


HEAD = """| set | runs | exact | accepted | precision | sure | precision | chars right | sure chars right | glosses |
|---|---|---|---|---|---|---|---|---|---|"""


def main(arguments: Sequence[str]) -> int:
    """The table; `python -m benchmarks.repair [RUNS] [SET...]`."""
    limit = int(arguments[0]) if arguments else 300
    names = arguments[1:] or ["policy", "law", "drcd"]
    print(HEAD)
    for name in names:
        lines = lines_of(name)
        random.Random(7).shuffle(lines) if name == "drcd" else None
        for label, marks in (("as real", PUNCTUATION), ("more keys", MORE_PUNCTUATION), ("lead byte lost", None)):
            started = time.perf_counter()
            documents = documents_of(lines, 40, 11, marks=marks, script="hant")
            tally = measure(f"{label}, {name}", documents, limit)
            print(row(tally), f"{time.perf_counter() - started:.0f} s", flush=True)
            for text in tally.silent[:6]:
                print("    ", text, file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
