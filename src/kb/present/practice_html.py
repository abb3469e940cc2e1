"""A practice's page: what it is, every statement with its sources and standing, its figures, what stands around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from kb.catalogue.values import Figure, Surroundings
from kb.catalogue.years import year_of
from kb.present import ledger, practice_around
from kb.present.html import outward
from kb.present.practice_around import Told
from kb.present.practice_parts import NOT_TOLD, SECTIONS, Reader, anchor, meanings, statement
from kb.types import Practice, Source

STEPS_BASIS = "步骤的顺序由本库归纳"


@dataclass(frozen=True, slots=True)
class Around:
    """What a page shows besides its own statements; `told` are the sentences of other articles as they are shown."""

    figures: tuple[Figure, ...]
    surroundings: Surroundings
    practices: Mapping[str, Practice]
    told: tuple[Told, ...]
    regions: Sequence[str]
    language: str


def head(reader: Reader, practice: Practice, aliases: Sequence[str], around: Around) -> str:
    """The name with what it is also called, and where, since when and among what it stands."""
    trail = anchor(reader, reader.say("实践"), view="practices")
    if practice.category:
        trail += " › " + anchor(reader, reader.say(practice.category), view="practices", category=practice.category)
    also = f'<p class="kb-also">{reader.say("又名")}：{escape("、".join(aliases))}</p>' if aliases else ""
    return (
        f'<nav class="kb-trail" aria-label="{reader.say("所在位置")}">{trail}</nav>'
        f'<h1 class="kb-title">{escape(reader.name_of(practice))}</h1>{also}{_facts(reader, practice, around)}'
    )


def _facts(reader: Reader, practice: Practice, around: Around) -> str:
    region, since = escape(practice.region), escape(practice.since)
    if around.regions:
        others = "、".join(
            anchor(reader, reader.say(name), view="practices", show="region", region=name) for name in around.regions
        )
        region += f" <small>{reader.say('同地区：')}{others}</small>"
    if year_of(practice.since) is not None:
        since = anchor(reader, practice.since, view="practices", show="year")
    rows = "".join(
        f"<div><dt>{reader.say(name)}</dt><dd>{value or reader.say(NOT_TOLD)}</dd></div>"
        for name, value in (("地区", region), ("起始", since), ("来源", reader.say(f"{len(practice.sources)} 个")))
    )
    return f'<dl class="kb-facts">{rows}</dl>'


def body(reader: Reader, practice: Practice, around: Around) -> str:
    """Statements section by section, figures and sources; beside them the contents and what stands around."""
    parts = {field: _section(reader, practice, field, around.language) for field in SECTIONS}
    titles = {field: title for field, title in SECTIONS.items() if getattr(practice, field)}
    if around.figures:
        groups = ledger.grouped(around.figures, around.figures)
        table = ledger.table(reader, groups)
        note = reader.say("本页句子里的数字，一个一行。时间取自本句，没有写的取自来源。")
        parts["ledger"] = _titled(reader, "ledger", "数字账", f'<p class="kb-note">{note}</p>{table}')
        titles["ledger"] = "数字账"
    for key, (title, content) in practice_around.parts(reader, around.surroundings, around.practices, around.told):
        parts[key] = _titled(reader, key, title, content)
        titles[key] = title
    parts["sources"] = _titled(reader, "sources", "来源", sources(practice.sources) + meanings(reader, (practice,)))
    titles["sources"] = "来源"
    return (
        f'<div class="kb-dossier"><div class="kb-main">{"".join(parts.values())}</div>'
        f"<aside>{_contents(reader, titles)}{practice_around.aside(reader, around.surroundings, around.practices)}"
        "</aside></div>"
    )


def _contents(reader: Reader, titles: Mapping[str, str]) -> str:
    links = "".join(f'<li><a href="#part-{key}">{reader.say(title)}</a></li>' for key, title in titles.items())
    return f'<nav class="kb-contents" aria-label="{reader.say("本页目录")}"><ul>{links}</ul></nav>'


def _titled(reader: Reader, key: str, title: str, content: str) -> str:
    return (
        f'<section aria-labelledby="part-{key}"><h2 class="kb-section" id="part-{key}">{reader.say(title)}</h2>'
        f"{content}</section>"
    )


def _section(reader: Reader, practice: Practice, field: str, language: str) -> str:
    statements = getattr(practice, field)
    items = "".join(
        f'<li id="{field}-{at}">{statement(reader, item, practice.sources)}</li>'
        for at, item in enumerate(statements, start=1)
    )
    if not items:
        return _titled(reader, field, SECTIONS[field], f'<p class="kb-silent">{reader.say(NOT_TOLD)}。</p>')
    kind = "ol" if field == "steps" else "ul"
    basis = ""
    if field == "steps" and practice.steps_basis == "归纳":
        basis = f'<p class="kb-note">{reader.say(STEPS_BASIS)}。</p>'
    content = f'{basis}<{kind} class="kb-statements kb-on-{field}" lang="{language}">{items}</{kind}>'
    return _titled(reader, field, SECTIONS[field], content)


def sources(found: Sequence[Source], prefix: str = "source") -> str:
    """The sources, numbered as they are cited; `prefix`-1, ... is where the numbers lead."""
    rows = []
    for at, source in enumerate(found, start=1):
        parts = (source.publisher, source.date or "日期未载明", source.note)
        told = "".join(f"，{escape(part)}" for part in parts if part)
        rows.append(f'<li id="{prefix}-{at}">{outward(source)}{told}</li>')
    return f'<ol class="kb-sources" lang="zh-Hans">{"".join(rows)}</ol>'
