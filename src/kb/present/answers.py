"""An answer as plain data and as text for a terminal."""

from __future__ import annotations

from typing import Any

from kb.present import warnings
from kb.present.plain import practice_hit
from kb.types import Answer, AnswerSentence

REFUSAL = "没有找到依据：收录的文章里没有能回答这个问题的句子。"


def plain(answer: Answer) -> dict[str, Any]:
    """The document of `kb ask --json`; spans count characters of the article."""
    return {
        "question": answer.question,
        "refused": answer.refused,
        "confidence": answer.confidence,
        "sentences": [_sentence(one) for one in answer.sentences],
        "practices": [practice_hit(found) for found in answer.practices],
        "nearest": [
            {"article_id": one.article_id, "title": one.title, "heading": one.heading} for one in answer.nearest
        ],
    }


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


def text(answer: Answer) -> str:
    """Quotations with numbered citations below, then the practices that fit."""
    lines = [REFUSAL] if answer.refused else []
    lines += [f"{one.quote.text} 〔{number}〕" for number, one in enumerate(answer.sentences, start=1)]
    if answer.sentences:
        lines += ["", "出处："]
        lines += [f"〔{number}〕{_citation(one)}" for number, one in enumerate(answer.sentences, start=1)]
    for one in answer.sentences:
        lines += [
            f"⚠ “{one.quote.text[:20]}……”：{warnings.hint(flag)}" for flag in one.flags if flag.kind in warnings.SERIOUS
        ]
    if answer.refused and answer.nearest:
        lines += [
            "相近的内容：",
            *(f"  {one.title}" + (f" › {one.heading}" if one.heading else "") for one in answer.nearest),
        ]
    if answer.practices:
        lines += [
            "",
            "合适的实践：" + "；".join(f"{found.name}（{found.score:.2f}）" for found in answer.practices[:3]),
        ]
    return "\n".join(lines)


def _citation(one: AnswerSentence) -> str:
    path = " › ".join((one.title, *one.headings))
    also = "".join(f"；另见 {at.article_id} 第 {at.start}–{at.end} 字" for at in one.also)
    return f"{path}（{one.quote.article_id} 第 {one.quote.start}–{one.quote.end} 字）{also}"
