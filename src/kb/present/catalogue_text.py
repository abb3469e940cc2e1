"""Figures, comparisons and fits as text for a terminal; every sentence keeps its sources and marks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kb.catalogue.values import Cited, Comparison, DateBasis, Figure, Fit, Need, Place, Precondition, Setting, Verdict
from kb.types import Source

NOT_STATED = "未载明"
MOST_PLACES = 12
"""Practices listed when all were asked for; --json has all."""

SETTING_NAMES = {Setting.URBAN: "城市", Setting.RURAL: "农村"}
SIGNS = {
    Verdict.MET: "✓",
    Verdict.UNMET: "✗",
    Verdict.NOT_STATED: "·",
    Verdict.NOT_FILLED: "?",
    Verdict.NOT_COMPARABLE: "?",
}


def source_line(source: Source) -> str:
    """Title, publisher and date in one line."""
    return "，".join(filter(None, (source.title, source.publisher, source.date)))


def sentence(one: Cited) -> str:
    """The sentence with its marks and, in brackets, its sources by title."""
    marks = "".join(f"〔{mark.value}〕" for mark in one.marks)
    return f"{one.text}{marks}（{'；'.join(map(source_line, one.sources))}）"


def figures(found: Sequence[Figure], names: dict[str, str]) -> str:
    """By practice; each figure with what it counts, when, and whose claim it is. `names` are those of the practices."""
    blocks: list[str] = []
    places = {one.id: at for at, one in enumerate(found, start=1)}
    last = ""
    for one in found:
        if one.practice != last:
            blocks.append(
                f"\n{names.get(one.practice, one.practice)}".lstrip("\n") if not blocks else f"\n{names[one.practice]}"
            )
            last = one.practice
        blocks.append(_figure(one, places))
    return "\n".join([*blocks, "", f"共 {len(found)} 个数字。"]) if found else "没有数字。"


def _figure(one: Figure, places: dict[str, int]) -> str:
    span = one.cited.span
    written = one.cited.text[span.start : span.end] if span else one.value + one.unit
    date = f"{one.date}（{one.date_basis.value}）" if one.date_basis is not DateBasis.NONE else "日期未载明"
    claim = f"{'、'.join(one.claimed_by) or '发布者未载明'}{'自述' if one.own_claim else ''}"
    parts = [f"{one.counted or '所数的未载明'}：{written}", date, claim, *(["待核"] if one.unverified else [])]
    beside = [str(places[key]) for key in one.beside if key in places]
    line = f"  {places[one.id]}. {'；'.join(parts)}"
    if beside:
        line += f"；另一说见第 {'、'.join(beside)} 条"
    return f"{line}\n     {one.cited.text}"


def comparison(found: Comparison) -> str:
    """Field by field: under each heading every practice with its sentences, the sources numbered at the end."""
    numbers = _Numbers()
    blocks = ["比较：" + "、".join(practice.name for practice in found.practices)]
    names = {practice.id: practice.name for practice in found.practices}
    for row in found.rows:
        blocks.append(f"\n【{row.title}】")
        for cell in row.cells:
            if cell.statements:
                blocks.append(f"  {names[cell.practice]}")
                blocks += [f"    - {numbers.cite(one)}" for one in cell.statements]
            else:
                blocks.append(f"  {names[cell.practice]}：{cell.value or NOT_STATED}")
    return "\n".join([*blocks, "\n【来源】", *numbers.lines("  ")])


def comparison_table(found: Comparison) -> str:
    """One Markdown table, the sources below it."""
    numbers = _Numbers()
    lines = ["| |" + "".join(f" {_cell(practice.name)} |" for practice in found.practices)]
    lines.append("|---" * (len(found.practices) + 1) + "|")
    for row in found.rows:
        cells = (
            "<br>".join(_cell(numbers.cite(one)) for one in cell.statements) or _cell(cell.value) or NOT_STATED
            for cell in row.cells
        )
        lines.append(f"| {row.title} |" + "".join(f" {cell} |" for cell in cells))
    return "\n".join([*lines, "", *numbers.lines("")])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


class _Numbers:
    """Numbers sources as they are first cited, over several pages."""

    def __init__(self) -> None:
        self._known: dict[Source, int] = {}

    def cite(self, one: Cited) -> str:
        """The sentence with source numbers and marks, as on a page."""
        numbers = [self._known.setdefault(source, len(self._known) + 1) for source in one.sources]
        return one.text + "".join(f"[{number}]" for number in numbers) + "".join(f"〔{m.value}〕" for m in one.marks)

    def lines(self, indent: str) -> Iterator[str]:
        """The sources in the order of their numbers."""
        for source, number in self._known.items():
            yield f"{indent}[{number}] {source_line(source)}" + (f"，{source.url}" if source.url else "")


def fits(place: Place, found: Sequence[Fit], *, everything: bool) -> str:
    """The place as it was given, then each practice with its needs; of all practices only the best are listed."""
    shown = found if everything else found[:MOST_PLACES]
    blocks = [f"你的地方：{'，'.join(_own(place))}", ""]
    for fit in shown:
        blocks.append(fit.practice.name)
        stated = [one for one in fit.preconditions if everything or one.verdict is not Verdict.NOT_STATED]
        blocks += [line for one in stated for line in _precondition(one)]
        if not stated:
            blocks.append("  · 页面没有写明需要什么条件")
        blocks.append("")
    if len(shown) < len(found):
        blocks.append(f"只列出前 {len(shown)} 个，共 {len(found)} 个；写上名称可看某一个，加 --json 看全部。")
    blocks.append("✓ 具备　✗ 不具备　? 你没有填写或无法比较　· 未载明。依据的是本页的句子，页面没有写的不推测。")
    return "\n".join(blocks)


def _own(place: Place) -> Iterator[str]:
    if place.setting is not None:
        yield SETTING_NAMES[place.setting]
    if place.people is not None:
        yield f"{place.people} 人"
    if place.grid_workers is not None:
        yield f"网格员 {place.grid_workers} 名"
    for has, name in (
        (place.money, "经费"),
        (place.platform, "平台"),
        (place.staff, "专职人员"),
        (place.volunteers, "志愿者"),
    ):
        if has is not None:
            yield f"{'有' if has else '没有'}{name}"


def _precondition(one: Precondition) -> Iterable[str]:
    verdict = one.verdict.value
    if one.need is Need.SETTING:
        verdict = {Verdict.MET: "相符", Verdict.UNMET: "页面只讲到另一类地方"}.get(one.verdict, verdict)
    yield f"  {SIGNS[one.verdict]} {one.need.value}：{verdict}"
    yield from (f"      {sentence(cited)}" for cited in one.evidence[:MOST_EVIDENCE])
    if len(one.evidence) > MOST_EVIDENCE:
        yield f"      （另有 {len(one.evidence) - MOST_EVIDENCE} 句）"


MOST_EVIDENCE = 3
"""Sentences shown for one need; --json has all."""
