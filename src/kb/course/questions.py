"""讨论题: from problems, limits, claims and differences of the pages, each with where to look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kb.catalogue.values import Cited, Figure
from kb.course.drafting import Draft
from kb.course.quoting import words
from kb.course.tables import conflicting, shares, value
from kb.course.values import Block, Group, Part, Point, Section, SectionKind
from kb.types import Mark, Practice, Quote


def questions(draft: Draft) -> Section:
    """For each practice, then for each table of practices side by side."""
    groups = [Group(one.name, (Block("", tuple(_of_practice(draft, one)), numbered=True),)) for one in draft.practices]
    for compared in shares(draft.practices):
        points = tuple(_of_comparison(draft, compared))
        title = f"比较：{'、'.join(practice.name for practice in compared)}"
        groups.append(Group(title, (Block("", points, numbered=True),)))
    return Section(SectionKind.QUESTIONS, tuple(groups))


def _look(name: str, *where: str) -> str:
    return f"（看：案例 › {name} › {'、'.join(where)}）"


def _of_practice(draft: Draft, practice: Practice) -> Iterator[Point]:
    name, pages = practice.name, draft.pages
    for one in pages.statements(practice, "problem")[:1]:
        yield _asked(draft, [one], "本地有没有这样的问题？是什么样子？" + _look(name, "针对的问题"))
    limits, steps = pages.statements(practice, "limits"), pages.statements(practice, "steps")
    for one in limits:
        yield _asked(draft, [one], "放到本地，这一条局限在不在？能不能补上？" + _look(name, "局限", "步骤"))
    if steps and not limits:
        text = f"页面没有载明{name}的局限。照它的 {len(steps)} 步在本地做，哪一步最难？缺什么条件？"
        yield _counted(draft, text + _look(name, "步骤"), steps)
    claimed = [
        one
        for field in ("figures", "results")
        for one in pages.statements(practice, field)
        if Mark.OWN_CLAIM in one.marks
    ]
    if claimed:
        text = f"{name}的数据和成效里有 {len(claimed)} 句是当地自述。要核实它们，还需要哪些材料？"
        yield _counted(draft, text + _look(name, "数据", "成效"), claimed)
    for group in conflicting(draft.material.figures.get(practice.id, ())):
        yield _conflict(draft, group)


def _asked(draft: Draft, cited: Sequence[Cited], question: str) -> Point:
    """The sentences of the page, then the question."""
    parts = [draft.pages.part(one) for one in cited]
    rests = tuple(quote for one in cited for quote in draft.pages.quote(one))
    return Point((*parts, words(f"讨论：{question}")), rests)


def _counted(draft: Draft, text: str, cited: Sequence[Cited]) -> Point:
    """A question of ours about these sentences."""
    rests = tuple(quote for one in cited for quote in draft.pages.quote(one))
    return Point((words(text, *draft.numbers.of_cited(*cited)),), rests)


def _conflict(draft: Draft, group: Sequence[Figure]) -> Point:
    """All figures as the page has them, and who says each; none is chosen."""
    question = "讲课时怎样引用、怎样说明？（看：数字）"
    if len({(one.cited.field, one.cited.place) for one in group}) == 1:
        return _asked(draft, [group[0].cited], f"这些数字不一样。{question}")
    parts: list[Part] = [words(f"{group[0].counted or '同一件事'}有几种说法：")]
    rests: list[Quote] = []
    for at, one in enumerate(group):
        point = value(draft, one)
        parts += [*point.parts, words(f"（{'、'.join(one.claimed_by) or '发布者未载明'}）")]
        parts.append(words("；" if at < len(group) - 1 else f"。{question}"))
        rests += point.rests
    return Point(tuple(parts), tuple(rests))


def _of_comparison(draft: Draft, practices: Sequence[Practice]) -> Iterator[Point]:
    """What the table shows to be different: who leads, how many steps, where, what is not stated."""
    yield from _places(draft, practices)
    leading = [(one, draft.pages.statements(one, "lead")[:1]) for one in practices if one.lead]
    if len(leading) > 1:
        yield _each(draft, leading, "换成本地，由谁牵头合适？为什么？（看：比较表 › 牵头）")
    steps = {one.name: draft.pages.statements(one, "steps") for one in practices if one.steps}
    if len({len(found) for found in steps.values()}) > 1:
        counted = "，".join(f"{name}分 {len(found)} 步" for name, found in steps.items())
        text = f"{counted}。多出来的是什么，少的由什么代替？（看：比较表 › 步骤）"
        yield _counted(draft, text, [one for found in steps.values() for one in found])
    silent = [one for one in practices if not one.limits]
    stated = [one for one in practices if one.limits]
    if silent and stated:
        names = "、".join(one.name for one in stated), "、".join(one.name for one in silent)
        text = f"{names[0]}载明了局限，{names[1]}没有载明。没有载明是不是就没有？（看：比较表 › 局限）"
        rests = tuple(quote for one in silent for quote in draft.pages.head(one.id))
        cited = [one for practice in stated for one in draft.pages.statements(practice, "limits")]
        point = _counted(draft, text, cited)
        pages = tuple(draft.pages.own(one.id) for one in silent)
        yield Point((words(point.text, *point.references, *pages),), (*point.rests, *rests))


def _places(draft: Draft, practices: Sequence[Practice]) -> Iterator[Point]:
    placed = [one for one in practices if one.region]
    if len({one.region for one in placed}) > 1:
        text = "／".join(f"{one.name}：{one.region}" for one in placed)
        question = "。讨论：这些地方的条件有什么不同？哪些会影响做法能不能搬过来？（看：比较表 › 地区）"
        rests = tuple(quote for one in placed for quote in draft.pages.head(one.id))
        yield Point((words(text + question, *(draft.pages.own(one.id) for one in placed)),), rests)


def _each(draft: Draft, said: Sequence[tuple[Practice, Sequence[Cited]]], question: str) -> Point:
    """What each page says, under its name, then the question."""
    parts: list[Part] = []
    for practice, cited in said:
        parts += [words(f"{practice.name}："), *map(draft.pages.part, cited)]
    rests = tuple(quote for _practice, cited in said for one in cited for quote in draft.pages.quote(one))
    return Point((*parts, words(f"讨论：{question}")), rests)
