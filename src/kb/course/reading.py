"""延伸阅读: articles of the store that tell of the practices and were not collected, and practices next to them."""

from __future__ import annotations

from kb.catalogue.values import Related
from kb.course.drafting import Draft
from kb.course.quoting import sentence_points, words
from kb.course.values import Block, Group, Point, Section, SectionKind
from kb.types import Practice, Quote

MOST_ARTICLES, MOST_RELATED = 8, 6
ARTICLES, RELATED, LAWS = "库中讲到这些实践的文章", "相关实践", "法规解读"


def reading(draft: Draft) -> Section:
    """Sentences of other articles, explanations of laws, related practices with reasons; each kind only so many."""
    blocks = (Block(LAWS, _explained(draft)), Block(ARTICLES, _telling(draft)), Block(RELATED, _related(draft)))
    return Section(SectionKind.READING, (Group("", tuple(block for block in blocks if block.points)),))


def _telling(draft: Draft) -> tuple[Point, ...]:
    """For each practice in turn the likeliest articles, as many as there is room for."""
    collected = {quote.article_id for _item, quotes in draft.excerpts for quote in quotes}
    queues = [
        [quote for quote in draft.material.around[one.id].passages if quote.article_id in draft.material.articles]
        for one in draft.practices
        if one.id in draft.material.around
    ]
    chosen: dict[str, Quote] = {}
    for turn in range(max(map(len, queues), default=0)):
        for queue in queues:
            if turn < len(queue) and queue[turn].article_id not in collected:
                chosen.setdefault(queue[turn].article_id, queue[turn])
    return tuple(_introduced(draft, quote) for quote in list(chosen.values())[:MOST_ARTICLES])


def _introduced(draft: Draft, quote: Quote) -> Point:
    """《题名》：the first line of what it says."""
    article = draft.material.articles[quote.article_id]
    points = sentence_points(article, quote, draft.numbers, most=1)
    if not points:
        return Point((words(f"《{article.title}》", draft.numbers.of_article(article.id)),), (quote,))
    first = points[0]
    return Point((words(f"《{article.title}》："), *first.parts), first.rests, first.place)


def _explained(draft: Draft) -> tuple[Point, ...]:
    found = dict.fromkeys(
        key for one in draft.practices if one.id in draft.material.around
        for key, _title in draft.material.around[one.id].explained_in if key in draft.material.articles
    )  # fmt: skip
    points = []
    for key in found:
        article = draft.material.articles[key]
        end = article.text.find("\n") if "\n" in article.text else len(article.text)
        head = Quote(key, 0, end, article.text[:end])
        points.append(Point((words(f"《{article.title}》", draft.numbers.of_article(key)),), (head,) if end else ()))
    return tuple(points)


def _related(draft: Draft) -> tuple[Point, ...]:
    """Practices that are not in the basket, with what makes them related."""
    own = {one.id for one in draft.practices}
    queues = [
        [(one, other) for other in draft.material.around[one.id].related if other.id not in own]
        for one in draft.practices
        if one.id in draft.material.around
    ]
    found: dict[str, tuple[Practice, Related]] = {}
    for turn in range(max(map(len, queues), default=0)):
        for queue in queues:
            if turn < len(queue):
                found.setdefault(queue[turn][1].id, queue[turn])
    return tuple(
        draft.pages.about(one.id, f"{other.name}（和{one.name}：{'、'.join(other.reasons)}）")
        for one, other in list(found.values())[:MOST_RELATED]
    )
