"""Measures text repair on damage with known truth: `python -m benchmarks.repair [RUNS] [SET...]`.

Sound text of each set is damaged by `benchmarks.damage`, repaired, and every damaged place compared with its
truth. README.md of the study, section 6, explains the columns.
"""

from __future__ import annotations

import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher

from benchmarks import repair_clean
from benchmarks.damage import MORE_PUNCTUATION, PUNCTUATION, Damaged, Span, some_marks
from benchmarks.repair_sets import Document, Kind, documents_of, lines_of
from kb.text.repair import Flag, FlagKind, Repaired, RepairKind, Step, repair
from kb.text.repair.values import UNKNOWN

KINDS = (
    Kind("as real", lambda _: PUNCTUATION),
    Kind("more keys", some_marks),
    Kind("nine keys", lambda _: MORE_PUNCTUATION),
    Kind("lead byte lost", None),
    Kind("lead byte lost, simplified", None, script="hans"),
    Kind("lead byte lost, long", None, long=True),
    Kind("lead byte lost, long, simplified", None, script="hans", long=True),
)
MOST_DOCUMENTS = 400
SLOWER = 4
"""Long runs take that many times as long to read; so many fewer are measured."""

WARNINGS = {FlagKind.LOST, FlagKind.DOUBT, FlagKind.GARBLED}


@dataclass(slots=True)
class Tally:
    """What came of the damaged places of one set; `silent` are those that are wrong and bear no mark."""

    name: str
    counts: Counter[str] = field(default_factory=Counter)
    silent: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, **counts: int) -> None:
        """Count occurrences."""
        self.counts.update(counts)

    def share(self, part: str, whole: str) -> str:
        """A share of counts."""
        return f"{self.counts[part] / self.counts[whole]:.1%}" if self.counts[whole] else "-"


def measure(name: str, documents: Iterable[Document], limit: int) -> Tally:
    """Repair documents until `limit` runs were seen."""
    tally = Tally(name)
    for document in documents:
        lines = document.damaged()
        started = time.perf_counter()
        repaired = repair("\n".join(line.text for line in lines))
        tally.seconds += time.perf_counter() - started
        _compare(lines, repaired, tally)
        if tally.counts["runs"] >= limit:
            break
    return tally


def _compare(lines: Sequence[Damaged], repaired: Repaired, tally: Tally) -> None:
    place = 0
    for line in lines:
        end = place + len(line.text)
        steps = [step for step in repaired.steps if step.start < end and step.end > place]
        _compare_line(line, _local(steps, place), repaired, place, tally)
        place = end + 1


def _local(steps: Sequence[Step], place: int) -> list[Step]:
    return [
        Step(s.kind, s.start - place, s.end - place, s.before, s.after, s.certain, s.doubtful, s.candidates)
        for s in steps
    ]


def _compare_line(line: Damaged, steps: Sequence[Step], repaired: Repaired, place: int, tally: Tally) -> None:
    runs = list(line.runs())
    glosses = line.glosses()
    removed = {(step.start, step.end) for step in steps if step.kind is RepairKind.GLOSS}
    tally.add(
        characters_sound=len(line.true),
        glosses=len(glosses),
        glosses_removed=len(glosses & removed),
        glosses_wrong=sum(not any(r.start < e and s < r.end for r in runs) for s, e in removed - glosses),
        steps_elsewhere=sum(
            step.kind is RepairKind.SHIFT and not any(r.start < step.end and step.start < r.end for r in runs)
            for step in steps
        ),
    )
    for run in runs:
        _compare_run(line, run, steps, repaired, place, tally)


def _compare_run(line: Damaged, run: Span, steps: Sequence[Step], repaired: Repaired, place: int, tally: Tally) -> None:
    mine = [step for step in steps if step.start < run.end and step.end > run.start]
    shifts = [step for step in mine if step.kind is RepairKind.SHIFT]
    start = min([run.start, *(step.start for step in mine)])
    end = max([run.end, *(step.end for step in mine)])
    true = line.true[line.true_at(start) : line.true_until(end)]
    written = _written(line.text, mine, start, end)
    text = unicodedata.normalize("NFKC", "".join(one for one, _ in written))
    exact, accepted = text == true, bool(shifts)
    sure = accepted and all(step.certain for step in shifts)
    tally.add(runs=1, exact=exact, accepted=accepted, right=accepted and exact, sure=sure, sure_right=sure and exact)
    flags = _flags_of(repaired, run, place)
    texts = [text for flag in flags for text in flag.readings] if not accepted else _alternatives(line.text, mine, run)
    best, named = _readings(texts, true)
    tally.add(best=exact or best, named=exact or named)
    marked = any(how == "doubtful" for _, how in written) or bool(flags)
    if accepted:
        _compare_characters(written, true, tally)
    if not exact and not marked:
        tally.silent.append(f"{line.text[start:end]} -> {text}, truth {true}")


def _written(text: str, steps: Sequence[Step], start: int, end: int) -> list[tuple[str, str]]:
    """Each character of the repaired stretch with how it came about: as it stood, inferred and sound, or doubtful."""
    written, at = list[tuple[str, str]](), start
    for step in steps:
        written += [(one, "as it was") for one in text[at : step.start]]
        doubtful = set(step.doubtful) if step.doubtful or step.certain else set(range(len(step.after)))
        written += [(one, "doubtful" if offset in doubtful else "sound") for offset, one in enumerate(step.after)]
        at = step.end
    return [*written, *((one, "as it was") for one in text[at:end])]


def _alternatives(text: str, steps: Sequence[Step], run: Span) -> list[str]:
    """The repaired stretch with each other reading of its one shift."""
    shifts = [step for step in steps if step.kind is RepairKind.SHIFT]
    if len(shifts) != 1:
        return []
    start, end = min(step.start for step in steps), max(step.end for step in steps)
    start, end = min(start, run.start), max(end, run.end)
    others = [[replace(s, after=one) if s is shifts[0] else s for s in steps] for one in shifts[0].candidates]
    return ["".join(one for one, _ in _written(text, other, start, end)) for other in others]


def _flags_of(repaired: Repaired, run: Span, place: int) -> list[Flag]:
    """The flags that warn of what became of a run."""
    shift = sum(len(s.after) - len(s.before) for s in repaired.steps if s.end <= place + run.start)
    first, last = place + run.start + shift, place + run.end + shift
    return [flag for flag in repaired.flags if flag.kind in WARNINGS and flag.start < last and first < flag.end]


def _readings(texts: Sequence[str], true: str) -> tuple[bool, bool]:
    """Whether the first reading of a place is the truth, and whether any is."""
    narrow = [unicodedata.normalize("NFKC", text) for text in texts]
    return narrow[:1] == [true], true in narrow


def _compare_characters(written: Sequence[tuple[str, str]], true: str, tally: Tally) -> None:
    """Character for character, each inferred one against the truth."""
    parts = [(small, how) for one, how in written for small in unicodedata.normalize("NFKC", one)]
    matcher = SequenceMatcher(None, [one for one, _ in parts], list(true), autojunk=False)
    good = {block.a + offset for block in matcher.get_matching_blocks() for offset in range(block.size)}
    inferred = [(at, how) for at, (one, how) in enumerate(parts) if how != "as it was" and one != UNKNOWN]
    tally.add(
        characters=len(inferred),
        characters_right=sum(at in good for at, _ in inferred),
        sure_characters=sum(how == "sound" for _, how in inferred),
        sure_characters_right=sum(how == "sound" and at in good for at, how in inferred),
    )


def row(tally: Tally) -> str:
    """One line of the table."""
    counts, share = tally.counts, tally.share
    return (
        f"| {tally.name} | {counts['runs']} | {share('exact', 'runs')} "
        f"| {share('best', 'runs')} | {share('named', 'runs')} | {counts['accepted']} "
        f"| {share('right', 'accepted')} | {counts['sure']} | {share('sure_right', 'sure')} "
        f"| {share('characters_right', 'characters')} | {share('sure_characters', 'characters')} "
        f"| {counts['sure_characters_right'] / max(1, counts['sure_characters']):.2%} | {len(tally.silent)} "
        f"| {counts['glosses']} | {counts['glosses'] - counts['glosses_removed']} | {counts['glosses_wrong']} "
        f"| {counts['characters_sound'] / max(tally.seconds, 0.001):,.0f} |"
    )


COLUMNS = (
    "set", "runs", "exact", "best reading", "truth named", "accepted", "precision", "sure", "precision", "chars right",
    "sure chars", "of them right", "wrong, no mark", "glosses", "left", "wrong", "characters/s",
)  # fmt: skip
HEAD = f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}"


def main(arguments: Sequence[str]) -> int:
    """The table."""
    limit = int(arguments[0]) if arguments else 300
    names = arguments[1:] or ["policy", "law", "drcd"]
    print(HEAD)
    for name in names:
        lines = lines_of(name)
        for kind in KINDS:
            places = limit // SLOWER if kind.long or kind.script == "hans" else limit
            tally = measure(f"{kind.name}, {name}", documents_of(lines, kind, MOST_DOCUMENTS, 11), places)
            print(row(tally), flush=True)
            for text in tally.silent[:6]:
                print("    ", text, file=sys.stderr)
    if not arguments[1:]:
        repair_clean.main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
