"""What a retriever tells of a passage besides its text."""

from __future__ import annotations

from typing import Any

from kb.present import plain
from kb.types import Hit

FOR_PROGRAMS = ("passage_id", "article_id", "start", "end", "score", "highlights", "practices", "flags")
"""What says nothing to a language model that reads the passage."""


def metadata(hit: Hit) -> dict[str, Any]:
    """A hit as `kb search --json` prints it, its text left out, with its headings and its citation."""
    told = {name: value for name, value in plain.hit_of(hit).items() if name != "text"}
    return told | {"headings": list(hit.passage.headings), "citation": str(hit.citation)}
