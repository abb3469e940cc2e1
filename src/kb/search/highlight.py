"""Where the words of a question stand in a passage, as spans of the text as written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kb.text.normalize import normalize
from kb.types import Passage, Span

_FUNCTION_WORDS = """
的 了 是 在 和 与 或 及 也 都 就 而 但 对 把 被 让 给 向 从 到 于 以 为 由 等 之 其 这 那 这个 那个 个 我 你 他 她 它
我们 你们 他们 什么 怎么 怎样 怎么办 如何 哪些 哪个 哪里 哪 为什么 多少 几 吗 呢 吧 啊 有 没有 没 不 要 能 会
可以 能不能 应该 应当 是否 请问 一个 一下 办 做 说 去 来 上 下 里 中 所 者 该 些 咱们 还 再 又 很 太 只 才
"""

UNMARKED = frozenset(_FUNCTION_WORDS.split())
"""Function words and question words: they stand everywhere, so marking them says nothing."""


def highlights(passage: Passage, terms: Iterable[str]) -> tuple[Span, ...]:
    """Every place in the passage where a term stands, in order, overlapping ones joined.

    `terms` are in matching form. Because normalising keeps the length, a place in the matching form is the
    same place in the text.
    """
    matching = normalize(passage.text)
    telling = {term for term in terms if term not in UNMARKED}
    # Single characters stand in too many other words, unless the question consists of nothing else.
    longer = {term for term in telling if len(term) > 1}
    found = [
        Span(passage.start + start, passage.start + start + len(term))
        for term in longer or telling
        for start in _places(matching, term)
    ]
    return tuple(join(found))


def _places(text: str, term: str) -> list[int]:
    places, at = [], text.find(term)
    while at >= 0:
        places.append(at)
        at = text.find(term, at + 1)
    return places


def join(spans: Sequence[Span]) -> list[Span]:
    """Spans in order, overlapping and touching ones made one."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined
