"""The index of gov that `kb eval` keeps, for the measurements that ask it."""

from __future__ import annotations

from pathlib import Path

from benchmarks.shared_data import gov
from kb.config import Settings
from kb.evaluation import place_of
from kb.knowledge import KnowledgeBase


def gov_index(settings: Settings) -> Path:
    """Its folder, made or brought up to date first."""
    index = place_of(gov().corpus, settings)
    with KnowledgeBase.open(index, settings=settings) as knowledge:
        knowledge.build([gov().corpus])
    return index
