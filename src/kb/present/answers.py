"""An answer as plain data and as text for a terminal."""

from __future__ import annotations

from typing import Any

from kb.present import prose, warnings
from kb.present.plain import practice_hit
from kb.types import Answer, AnswerSentence, Topic

REFUSAL = "没有找到依据：收录的文章里没有能回答这个问题的句子。"


def plain(answer: Answer, *, citations: bool = False) -> dict[str, Any]:
    """The document of `kb ask --json`; spans count characters of the article.

    `citations` adds to each sentence what `kb verify` tells later by whether it still stands so.
    """
    return {
        "question": answer.question,
        "refused": answer.refused,
        "confidence": answer.confidence,
        "sentences": [
            _sentence(one) | ({"citation": str(one.quote.citation)} if citations else {}) for one in answer.sentences
        ],
        "practices": [practice_hit(found) for found in answer.practices],
        "nearest": [_topic(one) for one in answer.nearest],
        **({"filtered": [_topic(one) for one in answer.filtered]} if answer.filtered else {}),
        **({"outside": list(answer.outside)} if answer.outside else {}),
        **prose.plain(answer),
    }


def _topic(one: Topic) -> dict[str, str]:
    return {"article_id": one.article_id, "title": one.title, "heading": one.heading}


def _sentence(one: AnswerSentence) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "text": one.quote.text,
        "article_id": one.quote.article_id,
        "title": one.title,
        "start": one.quote.start,
        "end": one.quote.end,
    }
    if one.also:
        plain["also"] = [{"article_id": at.article_id, "start": at.start, "end": at.end} for at in one.also]
    if one.flags:
        plain["flags"] = warnings.plain(one.flags)
    return plain


def text(answer: Answer, *, citations: bool = False) -> str:
    """Quotations with numbered citations below, then the practices that fit; `citations` as for `plain`."""
    lines = [REFUSAL] if answer.refused else prose.lines(answer)
    lines += [f"{one.quote.text} 〔{number}〕" for number, one in enumerate(answer.sentences, start=1)]
    if answer.sentences:
        lines += ["", "出处："]
        for number, one in enumerate(answer.sentences, start=1):
            lines.append(f"〔{number}〕{_citation(one)}")
            lines += [f"    引用编号：{one.quote.citation}"] if citations else []
    for one in answer.sentences:
        lines += [
            f"⚠ “{one.quote.text[:20]}……”：{warnings.hint(flag)}" for flag in one.flags if flag.kind in warnings.SERIOUS
        ]
    lines += _instead(answer) if answer.refused else []
    if answer.practices:
        lines += [
            "",
            "合适的实践：" + "；".join(f"{found.name}（{found.score:.2f}）" for found in answer.practices[:3]),
        ]
    return "\n".join(lines)


def _instead(answer: Answer) -> list[str]:
    """What a refused question is told: where else to look, and how to have it filled."""
    lines = []
    if answer.filtered:
        lines += ["去掉筛选条件，下面这些文章里有依据：", *map(_topic_line, answer.filtered)]
    if answer.outside:
        lines.append(outside(answer))
    if answer.nearest:
        lines += ["相近的内容：", *map(_topic_line, answer.nearest)]
    return [*lines, f"想请编者补上这方面的内容，可运行：kb gaps add “{answer.question}”"]


def outside(answer: Answer) -> str:
    """Where such a question is usually answered, as a hint and no more."""
    laws = "".join(f"《{law}》" for law in answer.outside)
    return f"这类问题多半由国家法律{laws}规定，本库没有收录，请到国家法律法规数据库查对。"


def _topic_line(one: Topic) -> str:
    return f"  {one.title}" + (f" › {one.heading}" if one.heading else "")


def _citation(one: AnswerSentence) -> str:
    path = " › ".join((one.title, *one.headings))
    also = "".join(f"；另见 {at.article_id} 第 {at.start}–{at.end} 字" for at in one.also)
    return f"{path}（{one.quote.article_id} 第 {one.quote.start}–{one.quote.end} 字）{also}"
