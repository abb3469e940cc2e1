"""Finds the terms of a field in its running texts, for a person to read through and put into a lexicon.

Kinds of evidence: quoted as a name (`kb.text.quoted`); brought in as something new (推行某某); a number phrase or named
method by its shape (`kb.text.compounds`); an ending of the field (某某积分) behind a clear left edge; a title, or a
stretch of its own between marks; and cohesion: words that stand together far more often than by chance (mutual
information: Sun, Shen and Tsou 1998, "Chinese Word Segmentation without Using Lexicon and Hand-crafted Training Data")
with varied neighbours on both sides (branching entropy: Jin and Tanaka-Ishii 2006, "Unsupervised Segmentation of
Chinese Text by Use of Branching Entropy"). Texts are compared in matching form; a term in both scripts is one.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import pairwise

from kb.text.compounds import FUNCTION, OPENERS, Word, compounds
from kb.text.normalize import normalize
from kb.text.quoted import SPEECH, quoted_names

__all__ = ["Candidate", "Evidence", "discover"]

Cut = Callable[[str], Sequence[str]]
"""The words of a text in matching form."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LONGEST, MOST_WORDS = 10, 5
HEADS = _words("""
经验 工作法 调解法 制度 机制 模式 理念 议事会 议事厅 理事会 参事会 委员会 基金会 党支部 支部
党委 工程 中心 行动 计划 清单 积分 网格 吹哨 报到 治理 自治 党建 公开 联动 融合 平台 驿站
公约 物业 调解 服务圈 生活圈 志愿者 规划师 合伙人 工作者 辅警 制 会 员 室 厅 站 院 队 圈
岗
""")
"""How names of the field end, as words: behind a one-character ending the evidence has to be stronger."""

LEAST = {"ending": 2, "cohesive": 3, "alone": 2}
MIN_INFORMATION, MIN_ENTROPY = 5.0, 1.0

NAMING = _words("""
推行 推广 建立 设立 增设 首创 发起 试点 实行 创立 成立 创新 叫 叫做 称 称为 提出 推进 推出
开展 设 实施 试行 试办 办起 组建
""")
"""Verbs that bring in a name."""

_HAN = re.compile(r"[\u3400-\u9fff]+")
_MARKS = re.compile("[“”‘’「」『』《》〈〉]")
_BETWEEN_QUOTED = re.compile("[”」』》〉](?=[“「『《〈])")
_TITLE = re.compile(r"#[ \t]+([^：:\n]+)")
_BRACKETED = re.compile(r"[（(][^（）()]*[）)]")
_COMMA = re.compile("[、，]")
_OF_A_TEXT = re.compile("[怎几何]|(?:问答|指南|入门|做法|比较|解读|讲义|概览|一览|通知|意见|公告|报告)$")
_ASIDE = re.compile(r"（([\u3400-\u9fff]{1,6})）|〔[^〕]{1,6}〕|\[[0-9]+\]")
_AFTER = _words("""
的 是 在 由 等 和 与 时 后 以 来 为 让 要 并 对 之后 以后 以来
""")
_EDGE = _AFTER | frozenset(FUNCTION) | frozenset("后前里上下中内外时间个年月日次项名人没可能会要想说看做来去")

_BESIDE = (("", ""), ("是", ""), ("对", "作出"))
"""What a term is cut between, to tell a word from a guess."""


class Evidence(str, Enum):
    """Why something may be a term."""

    QUOTED = "quoted"
    NAMED = "named"
    SHAPE = "shape"
    ENDING = "ending"
    ALONE = "alone"
    COHESIVE = "cohesive"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that may be a term: in matching form, how often it stands there, why, and how it is cut today."""

    term: str
    count: int
    evidence: tuple[Evidence, ...]
    cut: tuple[str, ...]


@dataclass(slots=True)
class _Seen:
    """Where one sequence of words stands: how often, beside what, and how often between marks."""

    count: int = 0
    alone: int = 0
    left: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)


def discover(texts: Iterable[str], cut: Cut) -> list[Candidate]:
    """Candidates for terms that `cut` does not keep whole, the best evidence first."""
    evidence: dict[str, set[Evidence]] = defaultdict(set)
    seen: dict[tuple[str, ...], _Seen] = defaultdict(_Seen)
    whole: list[str] = []
    for text in texts:
        for name in quoted_names(text, HEADS):
            evidence[normalize(name)].add(Evidence.QUOTED)
        for name in _title(text, cut):
            evidence[name].add(Evidence.ALONE)
        for run in _runs(text):
            whole.append(run)
            words = list(cut(run))
            for name in _named(words):
                evidence[name].add(Evidence.NAMED)
            for name in _shaped(words, run):
                evidence[name].add(Evidence.SHAPE)
            _count(words, seen)
    for term, reasons in _statistical(seen):
        evidence[term] |= reasons
    joined = "\n".join(whole)
    found = (_candidate(term, joined, reasons, cut) for term, reasons in evidence.items())
    kept = [one for one in found if one.count and len(one.cut) > 1]
    return sorted(kept, key=lambda one: (-len(one.evidence), -one.count, one.term))


def _candidate(term: str, joined: str, reasons: set[Evidence], cut: Cut) -> Candidate:
    ordered = tuple(sorted(reasons, key=lambda one: list(Evidence).index(one)))
    return Candidate(term, joined.count(term), ordered, _cut_of(term, cut))


def _cut_of(term: str, cut: Cut) -> tuple[str, ...]:
    """How a term is cut: alone, or else between others, where a word that was only guessed comes apart (是/村/监会)."""
    for before, behind in _BESIDE:
        ends, at = {0, len(term)}, -len(before)
        for word in cut(before + term + behind):
            at += len(word)
            ends.add(at)
        places = sorted(end for end in ends if 0 <= end <= len(term))
        if len(places) > 2:
            break
    return tuple(term[start:end] for start, end in pairwise(places))


def _title(text: str, cut: Cut) -> Iterator[str]:
    """What a text is about, where its title names nothing else: 街乡吹哨、部门报到 are two, 没有物业怎么办 is none."""
    title = _TITLE.match(text)
    if title is None:
        return
    names = [normalize(part) for part in _COMMA.split(_MARKS.sub("", _BRACKETED.sub("", title[1])))]
    cuts = [list(cut(name)) for name in names]
    if all(_HAN.fullmatch(name) and _names(name, words) for name, words in zip(names, cuts, strict=True)):
        yield from names


def _names(name: str, words: Sequence[str]) -> bool:
    """Whether a title can be a name and not that of a text."""
    long_enough = 3 <= len(name) <= LONGEST and len(words) <= MOST_WORDS
    return long_enough and not set(name) & SPEECH and not _OF_A_TEXT.search(name) and _edges(words)


def _runs(text: str) -> Iterator[str]:
    """Stretches of Han characters in matching form, quotation marks and asides left out; one name ends where the next
    begins (“街道吹哨”“吹哨报到”)."""
    bare = _MARKS.sub("", _BETWEEN_QUOTED.sub("，", _ASIDE.sub("", text)))
    yield from (run[0] for run in _HAN.finditer(normalize(bare)))


def _named(words: Sequence[str]) -> Iterator[str]:
    """What a verb that brings in a name brings in, up to the next particle or mark."""
    for at in (at for at, word in enumerate(words) if word in NAMING):
        behind = words[at + 1 :]
        end = next((place for place, word in enumerate(behind) if word in _AFTER), len(behind))
        name = "".join(behind[:end])
        long_enough = sum(len(word) > 1 for word in behind[:end]) > 1
        if end <= MOST_WORDS - 1 and 4 <= len(name) <= LONGEST and long_enough and _edges(behind[:end]):
            yield name


def _shaped(words: Sequence[str], run: str) -> Iterator[str]:
    """Compounds by their shape."""
    placed: list[Word] = []
    for word in words:
        at = placed[-1][2] if placed else 0
        placed.append((word, at, at + len(word)))
    for start, end in compounds(placed, run):
        yield run[start:end]


def _count(words: Sequence[str], seen: dict[tuple[str, ...], _Seen]) -> None:
    for size in range(1, min(MOST_WORDS, len(words)) + 1):
        for at in range(len(words) - size + 1):
            one = seen[tuple(words[at : at + size])]
            one.count += 1
            one.left[words[at - 1] if at else ""] += 1
            one.right[words[at + size] if at + size < len(words) else ""] += 1
            one.alone += size == len(words)


def _statistical(seen: dict[tuple[str, ...], _Seen]) -> Iterator[tuple[str, set[Evidence]]]:
    total = sum(one.count for words, one in seen.items() if len(words) == 1)
    for words, one in seen.items():
        term = "".join(words)
        if not 3 <= len(term) <= LONGEST or not _edges(words):
            continue
        edges = min(_entropy(one.left), _entropy(one.right))
        information = _information(words, one.count, seen, total)
        reasons = set()
        ends_well = len(words) > 1 and words[-1] in HEADS and edges > 0
        least = 2 if len(words[-1]) > 1 and len(words[0]) > 1 else 4
        if ends_well and one.count >= LEAST["ending"] and information > least:
            reasons.add(Evidence.ENDING)
        if one.count >= LEAST["cohesive"] and information >= MIN_INFORMATION and edges >= MIN_ENTROPY:
            reasons.add(Evidence.COHESIVE)
        ends_so = len(words) == 2 and len(words[-1]) > 1 and words[-1] in HEADS and information >= MIN_INFORMATION
        if one.alone >= (1 if ends_so else LEAST["alone"]) and (reasons or ends_so):
            reasons.add(Evidence.ALONE)
        if reasons:
            yield term, reasons


def _edges(words: Sequence[str]) -> bool:
    """Whether a term can begin and end with these words and holds no particle."""
    first, last = words[0], words[-1]
    if {first, last} & OPENERS or first in _EDGE or (last in _EDGE and last not in HEADS):
        return False
    return not any(len(word) == 1 and word in FUNCTION for word in words)


def _information(words: tuple[str, ...], count: int, seen: dict[tuple[str, ...], _Seen], total: int) -> float:
    """Mutual information at the weakest joint, in bits; a single word has none."""
    joints = ((seen[words[:at]].count, seen[words[at:]].count) for at in range(1, len(words)))
    return min((math.log2(count * total / (left * right)) for left, right in joints), default=math.inf)


def _entropy(neighbours: Counter[str]) -> float:
    """Of what stands beside, in bits; every mark is another neighbour."""
    total = neighbours.total()
    marks = neighbours[""]
    known = sum(count / total * math.log2(total / count) for word, count in neighbours.items() if word)
    return known + marks / total * math.log2(total)
