"""Results as text for a terminal; words found are set in bold where the terminal shows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import click

from kb.present import expansions, warnings
from kb.types import (
    ArticleSummary,
    BuildReport,
    Check,
    Hit,
    IndexInfo,
    LegRank,
    Practice,
    PracticeHit,
    SearchResult,
    Span,
    Statement,
)

FIELDS = {
    "lead": "牵头",
    "problem": "针对的问题",
    "mechanism": "做法",
    "steps": "步骤",
    "figures": "数据",
    "results": "成效",
    "limits": "局限",
}
"""Field of a practice -> its heading, in the order of the page."""

NOT_STATED = "未载明"
MOST_PRACTICES = 3


def search_result(result: SearchResult, *, explain: bool = False) -> str:
    """Practices first, then the passages with the words found in bold."""
    if not result.hits:
        return "没有找到相关段落。可以换个说法，或减少筛选条件。"
    blocks = [expansions.line(result.expansions)] if result.expansions else []
    blocks += [_practices(result.practices)] if result.practices else []
    blocks += [_hit(number, hit, explain=explain) for number, hit in enumerate(result.hits, start=1)]
    if explain:
        times = result.timings
        blocks.append(
            f"分词：{' / '.join(result.terms)}\n"
            f"用时（毫秒）：嵌入 {times.embed:.1f}，语义 {times.dense:.1f}，字面 {times.lexical:.1f}，"
            f"融合 {times.fuse:.1f}，读取 {times.load:.1f}，合计 {times.total:.1f}"
        )
    return "\n\n".join(blocks)


def _practices(practices: Sequence[PracticeHit]) -> str:
    """Each with the sentence of its page that makes it fit."""
    lines = ["相关实践："]
    for found in practices[:MOST_PRACTICES]:
        lines.append(f"  {found.name}（{found.score:.2f}）" + (f"：{found.evidence.text}" if found.evidence else ""))
    return "\n".join(lines)


def _hit(number: int, hit: Hit, *, explain: bool) -> str:
    article, passage = hit.article, hit.passage
    where = " · ".join(filter(None, (article.region, article.date, article.source)))
    path = " › ".join((article.title, *passage.headings))
    lines = [click.style(f"{number}. {path}", bold=True), f"   {passage.id}  得分 {hit.score:.3f}"]
    if where:
        lines[1] += f"  {where}"
    if explain:
        lines.append(f"   语义：{_leg(hit.dense)}；字面：{_leg(hit.lexical)}")
    body = marked(passage.text, passage.start, hit.highlights)
    shown = (f"   {line}" for line in body.splitlines() if line.strip())
    return "\n".join([*lines, *shown, *(f"   ⚠ {line}" for line in warnings.lines(passage))])


def _leg(rank: LegRank | None) -> str:
    return "未入选" if rank is None else f"第 {rank.rank} 名（{rank.score:.3f}）"


def marked(text: str, offset: int, spans: Iterable[Span]) -> str:
    """The text with these spans (of the article, `offset` being where the text begins) in bold."""
    parts, at = [], 0
    for span in spans:
        start, end = span.start - offset, span.end - offset
        parts += [text[at:start], click.style(text[start:end], bold=True, fg="yellow")]
        at = end
    return "".join([*parts, text[at:]])


def build_report(report: BuildReport) -> str:
    """What a build did, in one line."""
    parts = [f"新增 {report.added} 篇", f"更新 {report.changed} 篇", f"未变 {report.unchanged} 篇"]
    if report.removed:
        parts.append(f"移除 {report.removed} 篇")
    return f"完成：{'，'.join(parts)}；新算向量 {report.embedded} 个，索引现有 {report.passages} 个段落。"


def info(index: IndexInfo) -> str:
    """What the index holds, a line each."""
    rows = {
        "索引位置": index.path,
        "文章": f"{index.articles} 篇，{index.characters} 字",
        "段落": f"{index.passages} 个",
        "实践": f"{index.practices} 个",
        "模型": f"{index.model}（{index.dimension} 维，{index.engine}）",
        "建立时间": index.built,
        "文章库大小": f"{index.store_bytes / 1024**2:.1f} MB",
    }
    if index.recall < 1:
        rows["按意思检索"] = f"段落多，分组查找，前 10 条与逐一比较相同的有 {index.recall:.1%}（建索引时量的）"
    return "\n".join(f"{name}：{value}" for name, value in rows.items())


def summaries(articles: Sequence[ArticleSummary]) -> str:
    """One article a line."""
    lines = [
        f"{article.id}  {article.title}  （{article.characters} 字，{article.passages} 段"
        + "".join(f"，{value}" for value in (article.region, article.date) if value)
        + "）"
        for article in articles
    ]
    return "\n".join([*lines, f"共 {len(articles)} 篇。"])


def practice_lines(practices: Sequence[Practice]) -> str:
    """One practice a line."""
    lines = [
        f"{practice.id}  {practice.name}  （{practice.category}，{practice.region}，{practice.since or NOT_STATED}）"
        for practice in practices
    ]
    return "\n".join([*lines, f"共 {len(practices)} 个。"])


def practice_page(practice: Practice) -> str:
    """The page as Markdown, its sources numbered at the end."""
    names = "、".join(practice.aliases) or NOT_STATED
    head = [f"# {practice.name}", "", f"又名：{names}", f"类别：{practice.category}", f"地区：{practice.region}"]
    head.append(f"起始：{practice.since or NOT_STATED}")
    for field, title in FIELDS.items():
        statements: tuple[Statement, ...] = getattr(practice, field)
        head += ["", f"## {title}", *(f"- {statement_line(item)}" for item in statements)]
        if not statements:
            head.append(f"- {NOT_STATED}。")
    head += ["", "## 来源"]
    for number, source in enumerate(practice.sources, start=1):
        parts = (source.publisher, source.date, source.url, source.note)
        head.append(f"[{number}] {source.title}" + "".join(f"，{part}" for part in parts if part))
    return "\n".join(head)


def statement_line(statement: Statement) -> str:
    """The sentence with its source numbers and marks, as on the page."""
    numbers = "".join(f"[{number + 1}]" for number in statement.sources)
    return statement.text + numbers + "".join(f"〔{mark.value}〕" for mark in statement.marks)


def checks(found: Sequence[Check]) -> str:
    """One finding a line, and what to do where it is not well."""
    lines = []
    for check in found:
        lines.append(f"{'✓' if check.ok else '✗'} {check.name}：{check.detail}")
        if not check.ok:
            lines.append(f"  → {check.advice}")
    return "\n".join(lines)
