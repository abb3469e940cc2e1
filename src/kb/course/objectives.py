"""教学目标 and 核心概念: what is to be learnt, counted from the pages, and what the practices are."""

from __future__ import annotations

from kb.catalogue import comparing
from kb.catalogue.values import Cited
from kb.course.basket import ItemKind
from kb.course.drafting import Draft
from kb.course.quoting import words
from kb.course.values import Block, Group, Part, Point, Section, SectionKind
from kb.text.normalize import normalize
from kb.types import Practice, Quote


def objectives(draft: Draft) -> Section:
    """One for each practice, then for all: figures, comparison, sources, questions."""
    points = [_of_practice(draft, practice) for practice in draft.practices]
    points += filter(None, (_figures(draft), _comparison(draft), _sources(draft)))
    points += [_question(draft, item.title, quotes) for item, quotes in draft.of_kind(ItemKind.ANSWER)]
    return Section(SectionKind.OBJECTIVES, (Group("", (Block("", tuple(points), numbered=True),)),))


def _of_practice(draft: Draft, practice: Practice) -> Point:
    """说清甲针对的问题（2 个），说出它的做法分几步（5 步），指出它的局限（1 条）"""
    name, stated = practice.name, [field for field in ("problem", "steps", "limits") if getattr(practice, field)]
    if "steps" not in stated and practice.mechanism:
        stated.append("mechanism")
    phrases = {
        "problem": "说清{name}针对的问题（{count} 个）",
        "steps": "说出{name}的做法分几步（{count} 步）",
        "limits": "指出{name}的局限（{count} 条）",
        "mechanism": "讲出{name}的主要做法（{count} 项）",
    }
    parts: list[Part] = []
    rests: list[Quote] = []
    for at, field in enumerate(stated):
        cited = draft.pages.statements(practice, field)
        phrase = phrases[field].format(name="它" if at else name, count=len(cited))
        end = "。" if at == len(stated) - 1 else "，"
        parts.append(words(phrase + end, *draft.numbers.of_cited(*cited)))
        rests += [quote for one in cited for quote in draft.pages.quote(one)]
    if not parts:
        return draft.pages.about(practice.id, f"说出{name}是什么做法、在哪里做。")
    return Point(tuple(parts), tuple(rests))


def _figures(draft: Draft) -> Point | None:
    found = [one for practice in draft.practices for one in draft.material.figures.get(practice.id, ())]
    if not found:
        return None
    cited = _unique([one.cited for one in found])
    differing = sum(1 for one in found if one.beside)
    told = f"，其中 {differing} 个另有一说" if differing else ""
    text = f"引用数字时说明是谁的说法、什么时候的（{len(found)} 个数字{told}）。"
    rests = tuple(quote for one in cited for quote in draft.pages.quote(one))
    return Point((words(text, *draft.numbers.of_cited(*cited)),), rests)


def _unique(cited: list[Cited]) -> list[Cited]:
    """Each sentence once, whatever is meant in it."""
    return list({(one.practice, one.field, one.place): one for one in cited}.values())


def _comparison(draft: Draft) -> Point | None:
    if len(draft.practices) < comparing.FEWEST:
        return None
    names = "、".join(practice.name for practice in draft.practices)
    pages = tuple(draft.pages.own(practice.id) for practice in draft.practices)
    rests = tuple(quote for practice in draft.practices for quote in draft.pages.head(practice.id))
    return Point((words(f"比较{names}在牵头、针对的问题和做法上有什么不同。", *pages),), rests)


def _sources(draft: Draft) -> Point | None:
    found = draft.of_kind(ItemKind.PASSAGE)
    if not found:
        return None
    quotes = tuple(quote for _item, own in found for quote in own)
    numbers = dict.fromkeys(draft.numbers.of_article(quote.article_id) for quote in quotes)
    text = f"引用原文时说出题名、发布者和日期（{len(numbers)} 篇，{len(quotes)} 处）。"
    return Point((words(text, *numbers),), quotes)


def _question(draft: Draft, question: str, quotes: tuple[Quote, ...]) -> Point:
    numbers = dict.fromkeys(draft.numbers.of_article(quote.article_id) for quote in quotes)
    return Point((words(f"用原文的句子回答：“{question}”（{len(quotes)} 句）。", *numbers),), quotes)


def concepts(draft: Draft) -> Section:
    """Each practice: what else it is called, where and since when, who leads it, how it begins."""
    groups = []
    for practice in draft.practices:
        blocks = [Block("", (draft.pages.about(practice.id, _facts(practice)),))]
        for field, title, most in (("lead", "牵头", None), ("mechanism", "做法要点", 1)):
            cited = draft.pages.statements(practice, field)[:most]
            if cited:
                blocks.append(Block(title, tuple(map(draft.pages.point, cited))))
        groups.append(Group(practice.name, tuple(blocks)))
    return Section(SectionKind.CONCEPTS, tuple(groups))


def _facts(practice: Practice) -> str:
    """The front matter of a page in one line; a name that is there in both scripts once."""
    names: dict[str, str] = {}
    for name in practice.aliases:
        names.setdefault(normalize(name), name)
    names.pop(normalize(practice.name), None)
    facts = {
        "又名": "、".join(names.values()),
        "类别": practice.category,
        "地区": practice.region,
        "起始": practice.since,
    }
    told = "；".join(f"{title}：{value or '未载明'}" for title, value in facts.items() if value or title != "又名")
    return f"{told}。"
