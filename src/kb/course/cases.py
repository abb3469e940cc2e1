"""政策依据 and 案例: the quotations collected, and the practice pages from the problem to the limits."""

from __future__ import annotations

from collections.abc import Sequence

from kb.catalogue.comparing import TITLES
from kb.course.basket import Item, ItemKind
from kb.course.drafting import Draft
from kb.course.pages import NOT_STATED
from kb.course.quoting import sentence_points
from kb.course.values import Block, Group, Section, SectionKind
from kb.types import Practice, Quote, Source

LAWS, EXCERPTS, ANSWERS = "法规和文件", "原文摘录", "问题与原文"
STORY = ("problem", "mechanism", "steps", "figures", "results", "limits")


def basis(draft: Draft) -> Section:
    """The laws that the practices rest on, with the sentences that cite them; then what was collected, as written."""
    groups = (
        Group(LAWS, _laws(draft)),
        Group(EXCERPTS, tuple(_excerpt(draft, *one) for one in draft.of_kind(ItemKind.PASSAGE))),
        Group(ANSWERS, tuple(_excerpt(draft, *one) for one in draft.of_kind(ItemKind.ANSWER))),
    )
    return Section(SectionKind.BASIS, tuple(group for group in groups if group.blocks))


def _laws(draft: Draft) -> tuple[Block, ...]:
    """Each law once, with what all pages say of it."""
    blocks: dict[Source, list[Block]] = {}
    for practice in draft.practices:
        around = draft.material.around.get(practice.id)
        for one in around.basis if around else ():
            points = tuple(map(draft.pages.point, one.statements))
            if points:
                blocks.setdefault(one.source, []).append(Block(_called(one.source), points))
    return tuple(
        Block(found[0].title, tuple(dict.fromkeys(point for block in found for point in block.points)))
        for found in blocks.values()
    )


def _called(source: Source) -> str:
    """《信访工作条例》（第十五条）"""
    return f"《{source.title.strip('《》')}》" + (f"（{source.note}）" if source.note else "")


def _excerpt(draft: Draft, item: Item, quotes: Sequence[Quote]) -> Block:
    articles = draft.material.articles
    points = tuple(
        point for quote in quotes for point in sentence_points(articles[quote.article_id], quote, draft.numbers)
    )
    title = item.title if item.kind is ItemKind.ANSWER else f"《{articles[quotes[0].article_id].title}》"
    return Block(title, points, note=item.note)


def cases(draft: Draft) -> Section:
    """Each practice: problem, what is done, steps, figures, results, limits; what the page does not state is told."""
    return Section(SectionKind.CASES, tuple(_case(draft, practice) for practice in draft.practices))


def _case(draft: Draft, practice: Practice) -> Group:
    blocks = []
    for field in STORY:
        points = tuple(map(draft.pages.point, draft.pages.statements(practice, field)))
        numbered = field == "steps" and bool(points)
        if not points:
            points = (draft.pages.about(practice.id, NOT_STATED),)
        blocks.append(Block(TITLES[field], points, numbered))
    note = draft.notes.get(practice.id, "")
    return Group(practice.name, (*blocks, *([Block("", note=note)] if note else [])))
