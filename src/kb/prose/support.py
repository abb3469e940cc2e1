"""Whether a sentence that a model wrote is supported by the sentences it cites. Nothing here trusts the model.

cited numbers -> nothing foreign -> quotations, names, numbers -> must, may, not -> enough of its words
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kb.catalogue.places import gazetteer, places
from kb.prose.comparing import unfounded
from kb.prose.instructions import foreign
from kb.prose.polarity import clauses, reversed_in
from kb.prose.reply import LONGEST, Written
from kb.search.letters import read_letters
from kb.text.explain import ExplainedWord, Origin
from kb.text.normalize import normalize
from kb.text.segment import Segmenter
from kb.types import Practice, ProseSentence

COVERED = 0.8
"""Share of the characters of its content words that must stand in the cited sentences; chosen on the labelled pairs of
`tests/cases/support.jsonl` that are not held out."""

CLAUSE_COVERED, LEAST_CLAUSE = 0.5, 3
"""The same of every clause whose content words have at least so many characters."""

_QUOTED = re.compile(
    r"《([^《》]+)》|“([^“”]+)”|「([^「」]+)」|『([^『』]+)』|\"([^\"]+)\"|【([^【】]+)】|〈([^〈〉]+)〉"
)
_ORGANISATION = re.compile(
    r"(?:委员会|居委会|村委会|业委会|物管会|办公室|人民法院|法院|检察院|公安局|派出所|人大|政协|党委|党组|支部|党支部|纪委|监委"
    r"|监察委|协会|学会|联合会|基金会|大学|学院|公司|集团|银行|医院|工会|妇联|共青团|团委|国务院|党中央|政法委|组织部|民政部|日报"
    r"|[一-龥]{1,4}[局厅部署处办]|自管会|议事会|街道办|街道办事处|仲裁委)$"
    r"|[一-龥]{2}(?<!小)(?<!社)(?<!地)(?<!城)(?<!园)(?<!行政)(?<!自然)(?<!农)(?<!乡)[省市区县镇乡村]$"
)
_PERSON = re.compile(
    "[王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖"
    "贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤][一-龥]{1,2}"
)
_ALSO_WORDS = frozenset("高任方万于向金程江石马白")
"""Surnames with which many other words begin: 高质量."""

_NUMERIC = re.compile(r"[\d.,%零〇一二两三四五六七八九十百千万亿分之成半第]+[年月日天个名件次项条]?")
_LATIN = re.compile(r"[a-z][a-z0-9+-]+")
_ABBREVIATED = (("村民委员会", "村委会"), ("居民委员会", "居委会"), ("业主委员会", "业委会"), ("党总支", "党支部"))
_FUNCTION_WORDS = """
的 了 和 与 及 或 并 在 由 对 向 从 到 把 被 将 为 以 于 是 有 也 都 还 就 而
其 该 这 那 各 每 按 经 等 所 之 后 前 中 上 下 内 里 要 可 应 不 没 未 无 同时
以及 并且 或者 其中 通过 进行 根据 按照 依照 对于 关于 因此 所以 由于 为了 可以 应当
应该 必须 需要 不得 没有 包括 属于 作为 如果 则 但 但是 而且 另外 此外 例如 其他 之后
以后 以前 之前 一个 这个 该项 分别 均 已 已经 曾 再 又 则 即 若 第一 首先 其次 然后
最后 最多 至少 此 者 时 来 去 做 能 会 让 使 得 着 过 地 个 名 件 次 年 月 日 天
项 条 任何 任何人 人 才 只 称 起来 出来 下来 下去 除外 负责 成为 实行 开展 情况 方面
相关 有关 具体 主要 规定 要求 明确 是否 担任 及时 列为 来源 原文 资料
"""
"""Words that join or point: they carry nothing that a source could support."""

_FUNCTION = frozenset(_FUNCTION_WORDS.split())


@dataclass(frozen=True, slots=True)
class Checker:
    """What sentences are checked with: the words of this index, its places, the names of its practices."""

    segmenter: Segmenter
    places: frozenset[str]
    names: tuple[str, ...]

    @classmethod
    def of(cls, segmenter: Segmenter, practices: Iterable[Practice]) -> Checker:
        """For an index with these practices."""
        known = tuple(practices)
        names = {normalize(name) for practice in known for name in practice.names if len(name) > 2}
        return cls(segmenter, gazetteer(known), tuple(sorted(names)))

    def check(self, written: Written, sources: Mapping[int, str]) -> ProseSentence:
        """A sentence with the verdict on it; `sources` are the sentences that were given, by number."""
        reason = _cites(written, sources) or self.doubt(written.text, [sources[number] for number in written.cites])
        return ProseSentence(written.text, written.cites, reason == "", reason)

    def doubt(self, sentence: str, cited: Sequence[str]) -> str:
        """Why these sentences do not support that one; empty where they do."""
        if len(sentence) > LONGEST:
            return "句子太长"
        matching, known = normalize(sentence), [_spelled(normalize(text)) for text in cited]
        words = self.content(matching)
        return (
            foreign(sentence, "\n".join(cited))
            or _quotations(sentence, cited)
            or self._names(sentence, matching, known)
            or unfounded(sentence, cited)
            or reversed_in(matching, known, words)
            or self._words(matching, known)
        )

    def content(self, matching: str) -> list[str]:
        """The words of a text in matching form that say something, numbers left to their own check."""
        words = (token.term for token in self.segmenter.words(matching))
        return [word for word in words if word not in _FUNCTION and not _numeric(word)]

    def _names(self, sentence: str, matching: str, known: Sequence[str]) -> str:
        whole = "\n".join(known)
        whole_words = self.segmenter.breaks(matching)
        for place in places(sentence, self.places):
            at = matching.find(normalize(place))
            if normalize(place) not in whole and {at, at + len(place)} <= whole_words:
                return f"地名“{place[:20]}”不在所引的原文里"
        for name in self.names:
            if name in matching and name not in whole:
                return f"“{name[:20]}”不在所引的原文里"
        for word in self._entities(sentence, matching):
            if word not in whole:
                return f"“{word[:20]}”不在所引的原文里"
        return ""

    def _entities(self, sentence: str, matching: str) -> list[str]:
        """Words that are names: of organisations, in Latin letters, and those that may be a person."""
        explained = self.segmenter.explain(sentence)
        unknown = [word.term for word in explained if _person(word)]
        bodies = [word.term for word in explained if _ORGANISATION.search(word.term)]
        return [*unknown, *bodies, *_LATIN.findall(matching)]

    def _words(self, matching: str, known: Sequence[str]) -> str:
        """Enough of the whole sentence, and of each clause: a supported half does not carry an invented one."""
        words = [self.content(clause.text) for clause in clauses(matching)]
        share = coverage([word for clause in words for word in clause], known)
        if share < COVERED:
            return f"只有 {share:.0%} 的词语在所引的原文里"
        shares = [coverage(clause, known) for clause in words if sum(map(len, clause)) >= LEAST_CLAUSE]
        if min(shares, default=1.0) < CLAUSE_COVERED:
            return "有一个分句的词语大多不在所引的原文里"
        last = words[-1][-1] if words and words[-1] else ""
        return f"“{last}”不在所引的原文里" if last and not coverage([last], known) else ""


def _person(word: ExplainedWord) -> bool:
    """Whether it may be a person's name: begins with a surname, and is long enough or in no dictionary."""
    known = word.origin is not Origin.UNKNOWN and (len(word.term) < 3 or word.term[0] in _ALSO_WORDS)
    return not known and _PERSON.fullmatch(word.term) is not None


def coverage(words: Sequence[str], known: Sequence[str]) -> float:
    """The share, in characters, of words that the sources hold; of a longer one that they do not, that of its pairs.

    0 where there are no words.
    """
    whole = "\n".join(known)
    total = sum(map(len, words))
    return sum(len(word) * _held(word, whole) for word in words) / total if total else 0.0


def _held(word: str, whole: str) -> float:
    if word in whole:
        return 1.0
    pairs = [word[at : at + 2] for at in range(len(word) - 1)]
    return sum(pair in whole for pair in pairs) / len(pairs) if len(pairs) > 1 else 0.0


def _cites(written: Written, sources: Mapping[int, str]) -> str:
    if not written.cites:
        return "没有注明出处"
    return "" if all(number in sources for number in written.cites) else "注明的出处不在所给的原文里"


def _quotations(sentence: str, cited: Sequence[str]) -> str:
    whole = "\n".join(read_letters(text).letters for text in cited)
    for found in _QUOTED.finditer(sentence):
        quoted = next(group for group in found.groups() if group is not None)
        letters = read_letters(quoted).letters
        if letters and letters not in whole:
            return f"“{quoted[:20]}”不是所引原文里的字句"
    return ""


def _spelled(matching: str) -> str:
    """With the other form of usual abbreviations behind it, so that either may be written."""
    also = [short for long, short in _ABBREVIATED if long in matching]
    return " ".join((matching, *also, *(long for long, short in _ABBREVIATED if short in matching)))


def _numeric(word: str) -> bool:
    return _NUMERIC.fullmatch(word) is not None
