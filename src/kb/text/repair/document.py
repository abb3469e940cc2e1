"""What a damaged document teaches about itself: its own undamaged clauses (README.md, section 5.2).

A clause that touches a `?`, follows one directly, or holds a rare character may be damaged and is left out:
one unfiltered clause halves the gain.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from kb.text.repair.candidates import Setting
from kb.text.repair.counts import Counts, fold
from kb.text.repair.forms import Fitness, candidate_forms
from kb.text.repair.glosses import remove_glosses
from kb.text.repair.language import Document, DocumentModel, LanguageModel
from kb.text.repair.values import apply_steps

MOST = 200_000
"""Characters that are looked at; a longer document repeats itself."""

_CLAUSE = re.compile(r"[^，。；：、！,;:!?？\ufffd\n]+|[，。；：、！,;:!]+|[?？\ufffd]+|\n")
_AFTER_MARK = re.compile(r"[?？\ufffd][^\n]*")
"""What follows a mark in its line may be shifted, and shifted traditional text shows simplified characters."""

_MARKS = frozenset("?？\ufffd")
_HALF_WIDTH = re.compile(r"(?<=[\u3400-\u9fff])[,;:!?(](?=[\u3400-\u9fff])")
_FULL_WIDTH = re.compile(r"[，；：！？（]")


def setting_of(text: str, model: LanguageModel) -> Setting:
    """What the search judges this document by."""
    sample = text[:MOST]
    sample = apply_steps(sample, remove_glosses(sample))
    counts = Counts()
    held = Counter[str]()
    folded = []
    for stretch in undamaged(sample, model):
        held.update(stretch)
        folded.append(fold(stretch))
        _count(folded[-1], counts)
    document = Document(counts, model.share_of_law(folded))
    aligned = _AFTER_MARK.sub("", sample)
    return Setting(DocumentModel(model, document), candidate_forms(model), Fitness(aligned, held))


def is_half_width(text: str) -> bool:
    """Whether a document writes `,` and `(` between Han characters, as one does that went through NFKC."""
    return len(_HALF_WIDTH.findall(text[:MOST])) > len(_FULL_WIDTH.findall(text[:MOST]))


def undamaged(text: str, model: LanguageModel) -> Iterator[str]:
    """Stretches of neighbouring sound clauses with the marks between them."""
    stretch = ""
    pieces = [match[0] for match in _CLAUSE.finditer(text)]
    after_mark = False
    for at, piece in enumerate(pieces):
        damaged = piece[0] in _MARKS
        touches = after_mark or (at + 1 < len(pieces) and pieces[at + 1][0] in _MARKS)
        if damaged or piece == "\n" or (len(piece) > 1 and touches) or _holds_rare(piece, model):
            if stretch:
                yield stretch
            stretch = ""
        else:
            stretch += piece
        after_mark = damaged or (after_mark and _CLAUSE_MARK.match(piece) is not None)
    if stretch:
        yield stretch


_CLAUSE_MARK = re.compile(r"[，。；：、！,;:!]+")


def _holds_rare(piece: str, model: LanguageModel) -> bool:
    return any(model.is_rare(character) for character in fold(piece))


def _count(folded: str, counts: Counts) -> None:
    counts.ones.update(folded)
    counts.twos.update(folded[at : at + 2] for at in range(len(folded) - 1))
    counts.threes.update(folded[at : at + 3] for at in range(len(folded) - 2))
