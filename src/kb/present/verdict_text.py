"""Verdicts on quotations and citations for a terminal: our words in the reader's script, the texts as written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from kb.present import warnings
from kb.present.script import ReaderScript, in_script
from kb.search.verdicts import (
    CitationCheck,
    CitationState,
    Difference,
    Edit,
    EditKind,
    Place,
    Verdict,
    Verification,
    VerifiedDraft,
    VerifiedQuotation,
)
from kb.types import Quote

VERDICTS = {
    Verdict.EXACT: "✓ 一致",
    Verdict.PUNCTUATION: "✓ 文字一致，标点不同",
    Verdict.ALTERED: "✗ 有改动",
    Verdict.NOT_FOUND: "✗ 未找到",
}
DIFFERENCES = {
    Difference.SCRIPT: "简繁或异体字形不同",
    Difference.FORM: "全半角、大小写或引号样式不同",
    Difference.PUNCTUATION: "标点或注码不同",
    Difference.SPACES: "空格或换行不同",
}
EDITS = {
    EditKind.REPLACED: "改动：原文“{written}”，引文作“{quoted}”",
    EditKind.LEFT_OUT: "漏掉：原文有“{written}”",
    EditKind.ADDED: "添加：原文没有“{quoted}”",
}
STATES = {
    CitationState.UNCHANGED: "✓ 未变",
    CitationState.MOVED: "✓ 未变，位置移动",
    CitationState.CHANGED: "✗ 已改动",
    CitationState.REMOVED: "✗ 已移除",
}
MOST_SHOWN = 60
"""Characters of a quotation in the list of a draft."""

MOST_PLACES = 3
"""Places shown of one quotation; the JSON has more."""


@dataclass(frozen=True, slots=True)
class VerdictText:
    """Writes verdicts in a script of the reader's choice."""

    script: ReaderScript = "hans"

    def verification(self, found: Verification) -> str:
        """The verdict, what was altered, where it stands, and how to cite it."""
        if found.cited and not found.quotation:
            return "\n".join(self._check(found.cited))
        lines = [self._verdict(found), *self._details(found, MOST_PLACES)]
        return "\n".join([*lines, *(self._check(found.cited) if found.cited else ())])

    def draft(self, found: VerifiedDraft) -> str:
        """How many of each verdict, then every quotation with its line."""
        verdicts = Counter(one.verification.verdict for one in found.quotations)
        parts = [self._say(f"{VERDICTS[verdict][2:]} {verdicts[verdict]}") for verdict in Verdict if verdicts[verdict]]
        count = self._say(f"共 {len(found.quotations)} 处引文")
        lines = [f"{found.name}：{'；'.join([count, *parts])}"]
        if not found.quotations and not found.citations:
            lines.append(self._say("没有找到引文：只核对引号里或引用段落里至少八个汉字的文字。"))
        for one in found.quotations:
            lines += ["", *self._quotation(one)]
        for check in found.citations:
            lines += ["", *self._check(check)]
        if found.left_out:
            lines += ["", self._say(f"另有 {found.left_out} 处引文没有核对。请把稿件分成几份再核对。")]
        return "\n".join(lines)

    def _say(self, words: str) -> str:
        return in_script(words, self.script)

    def _verdict(self, found: Verification) -> str:
        differs = found.places[0].differs if found.places else ()
        notes = "、".join(DIFFERENCES[one] for one in differs)
        only = "只有" if found.verdict is Verdict.EXACT else ""
        return self._say(VERDICTS[found.verdict] + (f"（{only}{notes}）" if notes else ""))

    def _quotation(self, one: VerifiedQuotation) -> Iterator[str]:
        found = one.verification
        shown = found.quotation[:MOST_SHOWN] + ("……" if len(found.quotation) > MOST_SHOWN else "")
        yield self._say(f"第 {one.line} 行  ") + f"{self._verdict(found)}：“{shown}”" + one.reference
        yield from self._details(found, 1)
        if found.cited:
            yield from (f"  {line}" for line in self._check(found.cited))

    def _details(self, found: Verification, most: int) -> Iterator[str]:
        if found.verdict is Verdict.NOT_FOUND:
            yield self._say("  收录的文章里没有这句话，也没有相近的句子。")
        for place in found.places[:most]:
            yield from self._place(place)
        if found.count > most:
            least = "至少" if found.more else ""
            yield self._say(f"  {least}共 {found.count} 处，另有 {found.count - most} 处未列出。")

    def _place(self, place: Place) -> Iterator[str]:
        yield from (self._edit(edit) for edit in place.edits)
        if place.reordered:
            yield self._say("  次序：引文各段的先后与原文不同")
        yield self._say("  原文：") + f"{place.before}【{self._written(place)}】{place.after}".replace("\n", " ")
        about = "，".join(filter(None, (f"《{place.title}》", *place.headings, place.source, place.date)))
        spans = "、".join(f"{quote.start}–{quote.end}" for quote in place.quotes)
        yield self._say("  出处：") + about + f"（{place.article_id}" + self._say(f" 第 {spans} 字）")
        yield self._say("  引用编号：") + "  ".join(str(quote.citation) for quote in place.quotes)
        for flag in place.flags:
            if flag.kind in warnings.SERIOUS:
                yield self._say(f"  ⚠ {warnings.NAMES[flag.kind]}，引用前请核对：") + warnings.hint(flag)

    def _written(self, place: Place) -> str:
        """The article's words, and how many of them an ellipsis leaves out."""
        parts = [place.quotes[0].text]
        for before, quote in pairwise(place.quotes):
            left_out = quote.start - before.end
            parts.append(self._say(f"……（略 {left_out} 字）……") if left_out > 0 else "……")
            parts.append(quote.text)
        return "".join(parts)

    def _edit(self, edit: Edit) -> str:
        template = self._say(EDITS[edit.kind])
        return "  " + template.format(quoted=edit.quoted, written=edit.written).replace("\n", " ")

    def _check(self, found: CitationCheck) -> Iterator[str]:
        yield f"{self._say(STATES[found.state])}：{found.citation}"
        if found.article_gone:
            yield self._say("  这篇文章已不在索引中。")
        elif found.now is None:
            yield self._say("  文章还在，但这段文字已不在其中（删去了，或改动很大）：") + f"《{found.title}》"
        else:
            now = "现在的文字" if found.state is CitationState.CHANGED else "原文"
            yield self._say(f"  {now}：") + found.now.text.replace("\n", " ")
            yield self._say("  出处：") + f"《{found.title}》" + self._where(found.now)
            if found.state is not CitationState.UNCHANGED:
                yield self._say("  新的引用编号：") + str(found.now.citation)
        for quote in found.elsewhere:
            yield self._say("  同样的文字见于：") + self._where(quote)

    def _where(self, quote: Quote) -> str:
        return f"（{quote.article_id}" + self._say(f" 第 {quote.start}–{quote.end} 字）")
