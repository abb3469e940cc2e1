"""Undoes the damage that texts took on their way through scraping, and says what it did.

    transcoding -> whole entities -> ? ? ?, labels, headings -> glosses and shifted bytes -> half entities, tags

The repairs run in this order until nothing changes, so that repairing twice is repairing once; what cannot be
repaired is flagged. What the damage is and how it comes about: the docstrings of the steps.

>>> repair("一?工作創(chuàng)新").text
'一、工作創新'
"""

from __future__ import annotations

from kb.text.repair.entities import remove_tags, restore_entities, restore_half_entities
from kb.text.repair.flags import doubts, find_flags
from kb.text.repair.glosses import remove_glosses
from kb.text.repair.language import LanguageModel
from kb.text.repair.marks import restore_headings, restore_labels, restore_spaces
from kb.text.repair.quality import quality
from kb.text.repair.shifts import ShiftReader
from kb.text.repair.transcoding import transcode_lines
from kb.text.repair.values import Flag, FlagKind, Repair, Repaired, RepairKind, Step, apply_steps, compose

__all__ = ["Flag", "FlagKind", "RepairKind", "Repaired", "Step", "apply_steps", "repair"]

VERSION = 4
"""Raised whenever a repair changes; texts repaired by another version are repaired anew from what was received."""

MOST_ROUNDS = 12
"""Every repair shortens the text or takes a `?` away, so few rounds are ever needed; this only bounds them."""


def repairs(shifts: Repair) -> tuple[Repair, ...]:
    """The repairs in order; shifts and glosses are one pass, for a torn gloss tells the byte it swallowed."""
    return (
        transcode_lines,
        restore_entities,
        restore_spaces,
        restore_labels,
        restore_headings,
        shifts,
        remove_glosses,
        restore_half_entities,
        remove_tags,
    )


def repair(text: str, model: LanguageModel | None = None) -> Repaired:
    """The text with its damage undone, every step taken, and flags where damage is left.

    `model` judges readings of shifted bytes; the one that comes with the package is loaded when first needed.
    """
    shifts = ShiftReader(model)
    current, steps = text, list[Step]()
    for _ in range(MOST_ROUNDS):
        before = current
        for one in repairs(shifts.steps):
            if taken := one(current):
                steps = compose(text, steps, taken)
                current = apply_steps(current, taken)
        if current == before:
            break
    flags = sorted(
        [*find_flags(current), *shifts.unread(current), *doubts(steps)], key=lambda flag: (flag.start, flag.end)
    )
    return Repaired(current, tuple(steps), tuple(flags), quality(current, flags))
