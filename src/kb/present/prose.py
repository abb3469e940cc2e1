"""Prose that a language model wrote, as plain data and as text: what passed is shown, what did not is counted.

Struck sentences are left out of what people read, with their number and the reasons told: a sentence that was made up,
or put there by somebody else, does its harm also where it is crossed out. The JSON document keeps them for whoever
looks into it.
"""

from __future__ import annotations

from typing import Any

from kb.types import Answer, Prose

MOST_REASONS = 3


def plain(answer: Answer) -> dict[str, Any]:
    """The keys that `kb ask --prose --json` adds; none where prose was not asked for."""
    found: dict[str, Any] = {}
    if answer.prose is not None or answer.notice:
        found["prose"] = None if answer.prose is None else _plain(answer.prose)
    return found | ({"notice": answer.notice} if answer.notice else {})


def _plain(prose: Prose) -> dict[str, Any]:
    return {
        "model": prose.model,
        "sentences": [{"text": one.text, "cites": list(one.cites)} for one in prose.kept],
        "struck": [{"text": one.text, "cites": list(one.cites), "reason": one.reason} for one in prose.struck],
    }


def lines(answer: Answer) -> list[str]:
    """The prose with its citations, above the sentences that it was made from; or the notice why there is none."""
    told = [answer.notice] if answer.notice else []
    if answer.prose is not None and answer.prose.kept:
        told += [heading(answer.prose), *(f"{one.text}{marks(one.cites)}" for one in answer.prose.kept)]
    if answer.prose is not None and answer.prose.struck:
        told.append(struck(answer.prose))
    return [*told, "", "原文："] if told else []


def heading(prose: Prose) -> str:
    """What it is, said before it."""
    return f"综述（由模型 {prose.model} 据下面的原文写成，逐句核对过；以原文为准）："


def marks(cites: tuple[int, ...]) -> str:
    """〔1〕〔3〕."""
    return "".join(f"〔{number}〕" for number in cites)


def struck(prose: Prose) -> str:
    """How many sentences were struck, and why, a few reasons of them."""
    reasons = list(dict.fromkeys(one.reason for one in prose.struck))
    more = "；等" if len(reasons) > MOST_REASONS else ""
    return f"（另有 {len(prose.struck)} 句没有通过核对，没有显示：{'；'.join(reasons[:MOST_REASONS])}{more}）"
