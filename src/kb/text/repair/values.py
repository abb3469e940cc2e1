"""What a repair says of itself: edits, steps, flags and the repaired text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from kb.types import Flag, FlagKind, RepairKind, Span, Step

__all__ = ["Flag", "FlagKind", "Repair", "RepairKind", "Repaired", "Step", "apply_steps", "compose"]

UNKNOWN = "□"
"""Stands where a character was lost and two readings are as likely; the step lists them."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """The repaired text, what was done, what is left to tell, and how sound the text is (0 to 1)."""

    text: str
    steps: tuple[Step, ...]
    flags: tuple[Flag, ...]
    quality: float


Repair = Callable[[str], list[Step]]
"""One repair: the steps to take on a text, ascending, not overlapping, counted in the text it is given."""


def apply_steps(text: str, steps: Iterable[Step]) -> str:
    """`text` with every step taken; steps ascend and do not overlap."""
    pieces, at = [], 0
    for step in steps:
        pieces += [text[at : step.start], step.after]
        at = step.end
    return "".join([*pieces, text[at:]])


def undo_steps(text: str, steps: Iterable[Step]) -> str:
    """The text as received, from the repaired one: `undo_steps(apply_steps(text, steps), steps) == text`."""
    pieces, at = [], 0
    for step, place in places(steps):
        pieces += [text[at : place.start], step.before]
        at = place.end
    return "".join([*pieces, text[at:]])


def places(steps: Iterable[Step]) -> Iterator[tuple[Step, Span]]:
    """Each step with where it lies in the repaired text."""
    shift = 0
    for step in steps:
        start = step.start + shift
        yield step, Span(start, start + len(step.after))
        shift += len(step.after) - (step.end - step.start)


def compose(received: str, first: Sequence[Step], second: Sequence[Step]) -> list[Step]:
    """`first` (on the text as received), then `second` (on its result), as steps on the text as received.

    Steps of both that touch each other become one step; the others keep their own.
    """
    clusters: list[_Cluster] = []
    for item in sorted([*_placed_first(first), *_placed_second(second)], key=lambda item: (item.start, item.end)):
        if clusters and item.start < clusters[-1].end:
            clusters[-1] = clusters[-1].with_item(item)
        else:
            clusters.append(_Cluster(item.start, item.end, (item,)))
    result, shift = [], 0
    for cluster in clusters:
        grown = sum(item.growth for item in cluster.items)
        step = cluster.items[0].step if len(cluster.items) == 1 else None
        start, end = cluster.start - shift, cluster.end - shift - grown
        result.append(
            replace(step, start=start, end=end, before=received[start:end])
            if step
            else _merged(received, cluster, shift)
        )
        shift += grown
    return result


@dataclass(frozen=True, slots=True)
class _Placed:
    """A step at its place in the text between the two rounds; `growth` is by how much the first round grew there."""

    start: int
    end: int
    step: Step
    early: bool
    growth: int = 0


@dataclass(frozen=True, slots=True)
class _Cluster:
    start: int
    end: int
    items: tuple[_Placed, ...]

    def with_item(self, item: _Placed) -> _Cluster:
        return _Cluster(self.start, max(self.end, item.end), (*self.items, item))


def _placed_first(steps: Sequence[Step]) -> list[_Placed]:
    placed, shift = [], 0
    for step in steps:
        start = step.start + shift
        growth = len(step.after) - (step.end - step.start)
        placed.append(_Placed(start, start + len(step.after), step, True, growth))
        shift += growth
    return placed


def _placed_second(steps: Sequence[Step]) -> list[_Placed]:
    return [_Placed(step.start, step.end, step, False) for step in steps]


def _merged(received: str, cluster: _Cluster, shift: int) -> Step:
    """One step for steps of both rounds that touch: the first round's text is written out, then the second's."""
    early = [item for item in cluster.items if item.early]
    late = [item for item in cluster.items if not item.early]
    start, end = cluster.start - shift, cluster.end - shift - sum(item.growth for item in early)
    local = [replace(item.step, start=item.step.start - start, end=item.step.end - start) for item in early]
    between = _marked(received[start:end], local)
    late_local = [replace(i.step, start=i.start - cluster.start, end=i.end - cluster.start) for i in late]
    written = _rewritten(between, late_local)
    return Step(
        kind=late[-1].step.kind,
        start=start,
        end=end,
        before=received[start:end],
        after="".join(character for character, _ in written),
        certain=all(item.step.certain for item in cluster.items),
        doubtful=tuple(at for at, (_, doubtful) in enumerate(written) if doubtful),
        candidates=next((item.step.candidates for item in cluster.items if item.step.candidates), ()),
    )


_Marked = list[tuple[str, bool]]


def _marked(text: str, steps: Sequence[Step]) -> _Marked:
    return _rewritten([(character, False) for character in text], steps)


def _rewritten(text: _Marked, steps: Sequence[Step]) -> _Marked:
    """`text` with steps taken, each character with whether it is doubtful."""
    result: _Marked = []
    at = 0
    for step in steps:
        result += text[at : step.start]
        result += [(character, offset in step.doubtful) for offset, character in enumerate(step.after)]
        at = step.end
    return result + text[at:]
