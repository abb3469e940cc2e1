"""A course plan in the form a reader asks for, with what the reader must be told; every exporter writes this.

Quotations keep their length in every form, so a flagged place is found in the shown text by its distance from the
quotation's start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from kb.course.values import Block, Cell, CoursePlan, Group, Missing, Part, Point, Reference, Row, Section, Table
from kb.present.display import Form, display
from kb.present.gbt7714 import gbt7714
from kb.present.script import ReaderScript, in_script
from kb.present.warnings import AROUND, NAMES, SERIOUS, hint
from kb.types import Flag, Mark, Script

STANDINGS = {
    Mark.OWN_CLAIM: "〔自述〕是当地自己的说法",
    Mark.SUMMARY: "〔归纳〕是本库的概括",
    Mark.UNVERIFIED: "〔待核〕是还没有核到的",
}
NUMERALS = "一二三四五六七八九十"
REFERENCES, MISSING, CITATIONS = "参考文献", "已移除", "引文核对"
CHECKING = "把本文件或下面的编号交给 kb verify，可以核对摘录的原文有没有改动。"
PAGE_NOTE = "本库实践页 {key}"


@dataclass(frozen=True, slots=True)
class Kit:
    """`plan` with its texts as shown; `say` puts a fixed phrase of ours into the reader's script."""

    plan: CoursePlan
    form: Form
    say: Callable[[str], str]

    @property
    def heads(self) -> tuple[tuple[str, Section], ...]:
        """The sections with their numbered titles: 一、教学目标."""
        return tuple(
            (self.say(f"{NUMERALS[at]}、{section.kind.value}"), section)
            for at, section in enumerate(self.plan.sections)
        )

    def reference(self, one: Reference) -> str:
        """An entry of the list of references, titles as they were written."""
        source = one.source
        if one.page:
            source = replace(source, publisher=self.say("基层治理知识库"), note=PAGE_NOTE.format(key=one.article_id))
            return gbt7714(replace(source, note=self.say(source.note)), say=self.say)
        return gbt7714(source, one.author, self.say)

    def marks(self, part: Part) -> str:
        """〔自述〕 and the others behind a part."""
        return "".join(f"〔{self.say(mark.value)}〕" for mark in part.marks)

    def place(self, point: Point) -> str:
        """Where a quotation stands, and whether its characters were converted; nothing for statements of pages."""
        if not point.place:
            return ""
        converted = self.say("，字形已转换") if any(part.converted for part in point.parts) else ""
        return self.say(point.place) + converted

    def warnings(self, point: Point) -> list[str]:
        """What must be checked before the quotations of a point are used."""
        found = [self._warning(part, flag) for part in point.parts for flag in part.flags if flag.kind in SERIOUS]
        repaired = sum(len(part.repaired) for part in point.parts)
        return [*found, self.say(f"此处有 {repaired} 个地方经过修复，可在文章页对照收到的文字")] if repaired else found

    def _warning(self, part: Part, flag: Flag) -> str:
        start, end = flagged(part, flag)
        place = f"{part.text[max(0, start - AROUND) : start]}【{part.text[start:end]}】{part.text[end : end + AROUND]}"
        return f"{self.say(NAMES[flag.kind])}{self.say('，引用前请核对：')}“{place}”（{self.say(hint(flag))}）"

    def missing(self, one: Missing) -> str:
        """What was collected and is there no more; its text is told as what it was, not as a quotation."""
        where = (
            f"，{one.quote.article_id} {self.say('第')} {one.quote.start}–{one.quote.end} {self.say('字')}"
            if one.quote
            else ""
        )
        kept = f"{self.say('。放入时的文字（现已不能核对）：')}{one.quote.text}" if one.quote and one.quote.text else ""
        note = f"{self.say('。备注：')}{one.item.note}" if one.item.note else ""
        return f"{one.item.title or one.item.practice}（{self.say(one.reason)}{where}）{kept}{note}"

    def citations(self) -> list[str]:
        """The excerpts by permanent citations, to be checked later; nothing where nothing was excerpted."""
        told = dict.fromkeys(f"《{title}》 {quote.citation}" for title, quote in self.plan.excerpts)
        return [self.say(CHECKING), *told] if told else []

    def notices(self) -> list[str]:
        """What a reader is told first."""
        parts = [part for point in self.plan.points() for part in point.parts]
        converted = sum(part.converted for part in parts)
        kept = "只转换字形" if converted else "一字不改"
        told = [
            f"引文都是收录文章和实践页的原句，{kept}；其余文字是固定的连接语，名称、数目和日期取自实践页。",
            "句后的方括号是参考文献的编号；案例的编号是实践页该句所依据的来源。",
        ]
        marks = [text for mark, text in STANDINGS.items() if any(mark in part.marks for part in parts)]
        told += ["，".join(marks) + "。"] if marks else []
        if converted:
            told.append(f"引文的字形已转换（{converted} 处）；引用时请以原文为准。")
        damaged = sum(bool(self.warnings(point)) for point in self.plan.points())
        if damaged:
            told.append(f"有 {damaged} 处引文含有推断、缺失或修复过的字，已在旁边写明，引用前请核对。")
        if self.plan.missing:
            told.append(f"篮子里有 {len(self.plan.missing)} 处已从库中移除或改动，列在文末“{MISSING}”。")
        return [self.say(text) for text in told]


def flagged(part: Part, flag: Flag) -> tuple[int, int]:
    """Where a flag of the article lies in the text of a part."""
    start = part.quote.start if part.quote else 0
    return max(0, flag.start - start), min(len(part.text), flag.end - start)


def pieces(part: Part) -> Iterator[tuple[str, bool]]:
    """The text cut at its damaged places, each piece with whether it is one."""
    places = sorted(flagged(part, flag) for flag in part.flags if flag.kind in SERIOUS)
    at = 0
    for start, end in places:
        if start > at:
            yield part.text[at:start], False
        if end > max(at, start):
            yield part.text[max(at, start) : end], True
        at = max(at, end)
    if at < len(part.text):
        yield part.text[at:], False


def kit(plan: CoursePlan, form: Form = Form.ORIGINAL, reader: ReaderScript = "hans") -> Kit:
    """The plan in `form`; where texts stay as written, our own words are in the reader's script."""

    def fixed(text: str) -> str:
        return in_script(text, reader) if form is Form.ORIGINAL else _put(text, form, Script.HANS, plan.terms)

    return Kit(_Showing(form, plan.terms, fixed).plan(plan), form, fixed)


@lru_cache(maxsize=20_000)
def _put(text: str, form: Form, script: Script | None, terms: tuple[str, ...]) -> str:
    """Kept: after a note or another order nearly all texts of a plan are those of the plan before."""
    return display(text, form, script, terms)


@dataclass(frozen=True, slots=True)
class _Showing:
    """Puts every text of a plan into a form: what was written by others stays as it is where that is the form."""

    form: Form
    terms: tuple[str, ...]
    fixed: Callable[[str], str]

    def own(self, text: str) -> str:
        """Words of ours, which may hold titles in either script."""
        return self.fixed(text) if self.form is Form.ORIGINAL else self.others(text)

    def others(self, text: str, script: Script | None = None) -> str:
        """Words of the user or of an article."""
        return _put(text, self.form, script, self.terms)

    def plan(self, one: CoursePlan) -> CoursePlan:
        names, sections = tuple(map(self.own, one.names)), tuple(map(self.section, one.sections))
        return replace(one, topic=self.others(one.topic), names=names, sections=sections)

    def section(self, one: Section) -> Section:
        groups = (Group(self.own(group.title), tuple(map(self.block, group.blocks))) for group in one.groups)
        return Section(one.kind, tuple(groups), tuple(map(self.table, one.tables)))

    def block(self, one: Block) -> Block:
        return replace(one, title=self.own(one.title), points=self.points(one.points), note=self.others(one.note))

    def table(self, one: Table) -> Table:
        rows = (Row(self.own(row.title), tuple(map(self.cell, row.cells))) for row in one.rows)
        return Table(self.own(one.title), tuple(map(self.cell, one.head)), tuple(rows))

    def cell(self, one: Cell) -> Cell:
        return Cell(self.own(one.value), self.points(one.points))

    def points(self, found: tuple[Point, ...]) -> tuple[Point, ...]:
        return tuple(replace(point, parts=tuple(map(self.part, point.parts))) for point in found)

    def part(self, one: Part) -> Part:
        return replace(one, text=self.own(one.text) if one.quote is None else self.others(one.text, one.script))
