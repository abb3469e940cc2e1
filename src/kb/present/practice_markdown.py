"""A whole practice page as Markdown, for export: the page, what stands around it, its figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kb.catalogue.values import Cited, Figure, Surroundings
from kb.present.catalogue_text import sentence, source_line
from kb.present.terminal import practice_page
from kb.types import Practice


def practice_markdown(practice: Practice, around: Surroundings, figures: Sequence[Figure] = ()) -> str:
    """The page with everything that is known around it; a section that would be empty is left out."""
    return "\n".join([practice_page(practice), *around_lines(around), *_ledger(figures)]) + "\n"


def around_lines(around: Surroundings) -> Iterator[str]:
    """What stands around a page, as sections that follow its own."""
    if around.related:
        yield from ("", "## 相关实践")
        yield from (f"- {one.name}（{one.id}）：{'、'.join(one.reasons)}" for one in around.related)
    if around.elsewhere:
        yield from ("", "## 别处")
        yield from (f"- {one.place}：{_whose(one.cited)}" for one in around.elsewhere)
    if around.basis:
        yield from ("", "## 法规依据")
        for basis in around.basis:
            yield f"- {source_line(basis.source)}"
            yield from (f"  - {one.text}" for one in basis.statements)
    if around.explained_in:
        yield from ("", "## 法规解读")
        yield from (f"- {title}（{key}）" for key, title in around.explained_in)
    if around.passages:
        yield from ("", "## 讲到它的段落")
        yield from (f"- {one.text.strip()}（{one.article_id}）" for one in around.passages)


def _whose(one: Cited) -> str:
    return f"{sentence(one)}［{one.practice}］"


def _ledger(figures: Sequence[Figure]) -> Iterator[str]:
    if not figures:
        return
    yield from ("", "## 数字台账", "", "| 所数 | 数字 | 日期 | 谁的说法 |", "|---|---|---|---|")
    for one in figures:
        date = f"{one.date}（{one.date_basis.value}）" if one.date else one.date_basis.value
        claim = (
            "、".join(one.claimed_by) + ("（自述）" if one.own_claim else "") + ("（待核）" if one.unverified else "")
        )
        cells = (
            one.counted,
            f"{one.qualifier}{one.value}{one.unit}" if one.unit != "%" else f"{one.qualifier}{one.value}",
            date,
            claim,
        )
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
