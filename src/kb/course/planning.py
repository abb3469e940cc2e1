"""From a basket to a course plan: held against the store, then section by section; the same input, the same plan."""

from __future__ import annotations

from kb.course.basket import Basket
from kb.course.cases import basis, cases
from kb.course.drafting import Draft, draft
from kb.course.material import Material
from kb.course.objectives import concepts, objectives
from kb.course.questions import questions
from kb.course.reading import reading
from kb.course.tables import comparison, figures
from kb.course.values import CoursePlan, Reference, Section
from kb.errors import NotFoundError, QueryError
from kb.types import Article, Source

SECTIONS = (objectives, concepts, basis, cases, comparison, figures, questions, reading)

EMPTY = "篮子是空的。请先放入段落、回答或实践，再生成课程。"
MOST_TOLD = 5


def plan(basket: Basket, material: Material) -> CoursePlan:
    """The plan of a course.

    Raises:
        QueryError: the basket is empty.
        NotFoundError: nothing of it is there any more.
    """
    if not basket.items:
        raise QueryError(EMPTY)
    own = draft(basket, material)
    if not own.practices and not own.excerpts:
        raise NotFoundError(_all_gone(own))
    sections = tuple(section for write in SECTIONS if _holds(section := write(own)))
    return CoursePlan(
        topic=basket.topic or _topic(own),
        names=tuple(practice.name for practice in own.practices),
        sections=sections,
        references=tuple(_reference(material, number, cited) for number, cited in own.numbers.listed()),
        missing=own.missing,
        excerpts=tuple(
            (material.articles[quote.article_id].title, quote) for _item, quotes in own.excerpts for quote in quotes
        ),
        terms=tuple(sorted({name for practice in material.practices.values() for name in practice.names})),
    )


def _holds(section: Section) -> bool:
    return any(section.points())


def _all_gone(own: Draft) -> str:
    told = "；".join(f"{one.item.title or one.item.key}（{one.reason}）" for one in own.missing[:MOST_TOLD])
    more = f"；另有 {len(own.missing) - MOST_TOLD} 项" if len(own.missing) > MOST_TOLD else ""
    return f"篮子里的内容都已不在库中：{told}{more}。请重新挑选。"


def _topic(own: Draft) -> str:
    """Where none was given: the practices, else what was collected first."""
    if own.practices:
        return "、".join(practice.name for practice in own.practices)
    return own.excerpts[0][0].title or own.excerpts[0][1][0].article_id


def _reference(material: Material, number: int, cited: Source | Article) -> Reference:
    if isinstance(cited, Source):
        return Reference(number, cited)
    source = Source(cited.title, cited.source, cited.date, cited.url)
    return Reference(number, source, cited.author, cited.id, page=cited.id in material.practices)
