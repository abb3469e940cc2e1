"""Lists within running text (一是…二是…三是…): which sentences belong together because they count one thing off.

The items of such a list answer a question only together (有哪几项职责), so a passage takes the list whole where it
fits, with the sentence that leads into it; a longer list is cut between its items and not within one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kb.types import Span

_HAN_DIGITS = "零一二三四五六七八九"
_COUNT = r"[一二三四五六七八九十]{1,3}"

# The families of marks, with an example of each. A mark stands where a clause begins.
_FAMILIES = {
    "shi": rf"({_COUNT})(?=是)",  # 一是摸清底数；二是……
    "yao": rf"({_COUNT})(?=要)",  # 一要……二要……
    "kao": rf"({_COUNT})(?=[靠抓看])",  # 一靠……二靠……
    "ze": rf"({_COUNT})(?=[则則])",  # 一则……二则……
    "di": rf"第({_COUNT})(?=[，,、：:是])",  # 第一，……第二，……
    "qi": rf"其({_COUNT})(?=[，,、：:是])",  # 其一，……其二，……
    "bracket": rf"[（(]({_COUNT})[）)]",  # （一）……（二）……
    "digit_bracket": r"[（(](\d{1,2})[）)]",  # （1）……（2）……
    "circle": r"([①-⑳])",  # ①……②……
    "digit": r"(\d{1,2})[.．、](?!\d)",  # 1. ……2. ……
    "comma": rf"({_COUNT})、",  # 一、……二、……
    "order": r"(首先|其次|再次|然后|然後|最后|最後)",  # 首先……其次……最后……
    "side": r"(一方面|另一方面)",  # 一方面……另一方面……
}
_BEGINS = r"(?:^|(?<=[\s：:；;，,。！？!?…”」》）)\]〕*]))"
_MARK = re.compile(_BEGINS + "(?:" + "|".join(f"(?P<{name}>{form})" for name, form in _FAMILIES.items()) + ")")
_FIXED = {
    "首先": 1, "其次": 2, "再次": 3, "然后": 3, "然後": 3, "最后": 9, "最後": 9, "一方面": 1, "另一方面": 2,
}  # fmt: skip
_SKIPPING = frozenset({"order"})
"""Families whose numbers may leave some out: 首先……其次……最后……"""

_LEADS_IN = re.compile(r"[：:]\s*\Z")


@dataclass(frozen=True, slots=True)
class Mark:
    """The mark before an item: which family, and which number it counts."""

    family: str
    number: int


def marks(sentence: str) -> list[Mark]:
    """The marks of items in a sentence, in order."""
    found = []
    for match in _MARK.finditer(sentence.strip()):
        family = match.lastgroup or ""
        found.append(Mark(family, _number(match[_MARK.groupindex[family] + 1])))
    return found


def keep_together(text: str, spans: Sequence[Span], whole: int, item: int) -> list[Span]:
    """The sentences, joined where they make one list of up to `whole` characters, or one item of up to `item`."""
    marked = [marks(text[span.start : span.end]) for span in spans]
    units = _Joining(text, spans, marked, whole, item).units(range(len(spans)))
    return [Span(spans[unit[0]].start, spans[unit[-1]].end) for unit in units]


@dataclass(frozen=True, slots=True)
class _Joining:
    """The sentences of a section, what they count, and how much may be joined."""

    text: str
    spans: Sequence[Span]
    marked: Sequence[list[Mark]]
    whole: int
    item: int

    def units(self, within: range) -> Iterator[range]:
        """Ranges of sentences that are not to be taken apart; together they are `within`."""
        at = within.start
        while at < within.stop:
            items = self._list(at, within)
            parts = list(self._parts(at, items, within)) if items else [range(at, at + 1)]
            yield from parts
            at = parts[-1].stop

    def _list(self, at: int, within: range) -> list[int]:
        """The sentences in which the items of a list begin, if it begins here or is led in here."""
        reach = max(self.whole, self.item)
        items = _items(self.spans, self.marked, within[at - within.start :], reach)
        if not items and self._leads_in(at):
            items = _items(self.spans, self.marked, within[at + 1 - within.start :], reach)
        return items

    def _parts(self, at: int, items: list[int], within: range) -> Iterator[range]:
        """The list with what leads into it; what leads in and the list apart; or each item by itself."""
        end = self._end(items, within.stop)
        for first in sorted({at, items[0]}):
            if self._length(range(first, end)) <= self.whole:
                yield from (one for one in (range(at, first), range(first, end)) if one)
                return
        for one in (range(begin, stop) for begin, stop in pairwise([at, *items[1:], end])):
            yield from [one] if self._length(one) <= self.item else self.units(one)

    def _leads_in(self, at: int) -> bool:
        """A sentence that announces what follows it, by a colon or by standing in the same paragraph."""
        return self._same_paragraph(at) or _LEADS_IN.search(self.text, *self._bounds(range(at, at + 1))) is not None

    def _end(self, items: list[int], stop: int) -> int:
        """Behind the last item: as many sentences as the longest of the others has, within its paragraph."""
        last = items[-1]
        most = max(after - before for before, after in pairwise(items))
        while last + 1 < min(items[-1] + most, stop) and self._same_paragraph(last):
            last += 1
        return last + 1

    def _same_paragraph(self, at: int) -> bool:
        """Whether the next sentence stands in the paragraph of this one."""
        following = self.spans[at + 1 : at + 2]
        return bool(following) and "\n" not in self.text[self.spans[at].start : following[0].start]

    def _length(self, within: range) -> int:
        start, end = self._bounds(within)
        return end - start

    def _bounds(self, within: range) -> tuple[int, int]:
        return self.spans[within[0]].start, self.spans[within[-1]].end


def _items(spans: Sequence[Span], marked: Sequence[list[Mark]], within: range, reach: int) -> list[int]:
    """The sentences in which the items of a list begin whose first item is in the first of these; empty for no list.

    Items further apart than `reach` characters make none.
    """
    if within:
        for first in (mark for mark in marked[within.start] if mark.number == 1):
            items = _follow(spans, marked, within, first.family, reach)
            if len(items) > 1:
                return items
    return []


def _follow(spans: Sequence[Span], marked: Sequence[list[Mark]], within: range, family: str, reach: int) -> list[int]:
    items: list[int] = []
    last = 0
    for at in within:
        if items and spans[at].start - spans[items[-1]].start > reach:
            break
        for mark in (mark for mark in marked[at] if mark.family == family):
            if mark.number == last + 1 or (family in _SKIPPING and mark.number > last > 0):
                last = mark.number
                items += [at] if at not in items[-1:] else []
            elif items and mark.number <= 1:
                return items
    return items


def _number(written: str) -> int:
    if written in _FIXED:
        return _FIXED[written]
    if "①" <= written <= "⑳":
        return ord(written) - ord("①") + 1
    if written.isdecimal():
        return int(written)
    tens, ten, ones = written.rpartition("十")
    return (_HAN_DIGITS.find(tens) if tens else 1) * 10 * bool(ten) + (_HAN_DIGITS.find(ones) if ones else 0)
