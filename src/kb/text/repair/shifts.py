"""What is done with runs of shifted bytes: read with certainty, read with doubt, or left as they came."""

from __future__ import annotations

from dataclasses import replace

from kb.text.repair.confidence import CERTAIN_GAP, READABLE_GAP, Run
from kb.text.repair.garble import find_garbled
from kb.text.repair.language import LanguageModel, default_model
from kb.text.repair.runs import find_runs
from kb.text.repair.values import UNKNOWN, Flag, FlagKind, RepairKind, Step

MOST_UNKNOWN, LEAST_AROUND = 1, 4
"""One □ in a run of at least four characters: with more, what is left says too little to be quoted."""


class ShiftReader:
    """Reads the runs of a text; the last text is remembered, for its steps and its flags are asked for apart."""

    def __init__(self, model: LanguageModel | None) -> None:
        self._model = model
        self._text: str | None = None
        self._runs: list[Run] = []

    def steps(self, text: str) -> list[Step]:
        """The steps for the runs that can be read."""
        return [
            Step(
                RepairKind.SHIFT, run.start, run.end, text[run.start : run.end], run.after,
                certain=run.gap >= CERTAIN_GAP, doubtful=run.doubtful, candidates=run.candidates,
            )
            for run in map(_with_unknown, self._read(text))
            if run.gap >= READABLE_GAP
        ]  # fmt: skip

    def unread(self, text: str) -> list[Flag]:
        """Flags for the runs that were left, and for what no run was found in and no one would write."""
        left = [_flag(run) for run in map(_with_unknown, self._read(text)) if run.gap < READABLE_GAP]
        garbled = find_garbled(text, lambda: self._model or default_model())
        return [*left, *(one for one in garbled if not any(one.start < f.end and f.start < one.end for f in left))]

    def _read(self, text: str) -> list[Run]:
        if text != self._text:
            self._text, self._runs = text, find_runs(text, self._model)
        return self._runs


def _with_unknown(run: Run) -> Run:
    """A run that is open between readings of one length gets □ where they differ, if that is in few places.

    It is readable then; all of it is doubtful and the candidates are kept.
    """
    if run.gap >= READABLE_GAP or run.swallowed or len(run.candidates) < 2 or len(run.after) < LEAST_AROUND:
        return run
    if any(len(other) != len(run.after) for other in run.candidates):
        return run
    differing = [at for at, readings in enumerate(zip(*run.candidates, strict=True)) if len(set(readings)) > 1]
    if len(differing) > MOST_UNKNOWN or set(differing) != set(run.doubtful):
        return run
    after = "".join(UNKNOWN if at in differing else one for at, one in enumerate(run.after))
    # Measured: beside a □ other characters are wrong too often to pass for sure (看望或者 came out as □万者).
    return replace(run, after=after, gap=READABLE_GAP, doubtful=tuple(range(len(after))))


def _flag(run: Run) -> Flag:
    note = "乱码，且缺字，相邻数字可能不全" if run.swallowed else "乱码"
    return Flag(FlagKind.GARBLED, run.start, run.end, note, run.candidates or (run.after,))
