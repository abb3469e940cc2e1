"""Knowledge base and semantic search over Chinese grassroots-governance texts (基层治理).

>>> from kb import KnowledgeBase
>>> with KnowledgeBase.open("index") as kb:      # doctest: +SKIP
...     result = kb.search("老旧小区没有物业怎么办")

`import kb` loads nothing heavy; the names below are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kb.errors import KBError
    from kb.knowledge import KnowledgeBase
    from kb.text.repair import repair
    from kb.types import Article, Filters, Hit, Mode, Passage, Practice, SearchResult

__version__ = "0.1.0"

_HOMES = {
    "KnowledgeBase": "kb.knowledge",
    "KBError": "kb.errors",
    "repair": "kb.text.repair",
    "Article": "kb.types",
    "Filters": "kb.types",
    "Hit": "kb.types",
    "Mode": "kb.types",
    "Passage": "kb.types",
    "Practice": "kb.types",
    "SearchResult": "kb.types",
}

__all__ = [
    "Article",
    "Filters",
    "Hit",
    "KBError",
    "KnowledgeBase",
    "Mode",
    "Passage",
    "Practice",
    "SearchResult",
    "repair",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'kb' has no attribute {name!r}")
