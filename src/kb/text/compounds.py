"""Recognises the field's compounds by their shape: number phrases (四议两公开), named methods (某某工作法, 浦东经验).

New practices are named after a few patterns, faster than any list grows. A shape is looked for on the words that jieba
finds, so it never begins or ends inside one, and only shapes are here that ordinary prose hardly has. Every compound
that is recognised only adds a word: search still counts the words in it and its pairs of characters.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise

__all__ = ["FUNCTION", "NUMERALS", "OPENERS", "Word", "compounds", "merged"]

Word = tuple[str, int, int]
"""A word with its place, as jieba's `tokenize` gives it."""

_FEW = "一二三四五六七八九十两"
NUMERALS = _FEW + "双多"
FUNCTION = "的地得了着过在和与及是为有以等各其也就都而或由对从把被将不这那此该每并且但则即所于向至到让给使又再还很更最"
"""Characters that a compound does not begin with, and a number phrase does not hold."""

OPENERS = frozenset(
    """
    推行 推进 推广 推动 推出 建立 建设 建好 成立 召开 组织 开展 开设 实行 实施 完善 健全 创新
    创建 创立 探索 形成 学习 运用 采用 坚持 发挥 通过 依托 借助 加强 强化 深化 制定 落实 出台
    设立 设置 参加 参与 举办 举行 关于 按照 根据 作为 成为 包括 以及 进行 提出 总结 打造 构建
    优化 规范 使用 发布 公布 公开 列入 纳入 编制 采取 启动 属于 介绍 称为 名为 叫做 就是 不是
    没有 可以 应当 需要 能够 还有 所谓 一个 一种 这个 这种 这些 那些 有关 相关 各种 各类 其他
    其它 我们 他们 什么 怎么 怎样 如何 为什么 经过 召集 主持 负责 指导 支持 鼓励 选举 产生 比较
    借鉴 复制 宣传 弘扬 践行 领导 定期 及时 首先 然后 同时 如果 因此 由于 但是 并且 或者 而且
    只有 只是 目前 当前 今后 之后 以前 其中 其余 全部 部分 许多 不少 多数 少数 首次 难题 看作
    选出 组成 推选 听取 出自 出面 监督 保障 违反 简称 邀请 交给 提交 事后 先走 先交
    """.split()  # noqa: SIM905 - easier to read than a list
)
"""Words before a compound that are none of its own: what is done with it, and what points at it."""

_COUNTING = "个次年月日天号点时分秒条款项章节元岁届名位倍成些种样般切直起边面旦定律经级共百千万亿人来半块者步层比"
_OBJECT = f"(?![{NUMERALS}零百千万亿几半第{FUNCTION}要怎])[\u3400-\u9fff]"
_PAIRED = re.compile(
    rf"[{_FEW}双](?![{_COUNTING}])(?:{_OBJECT}){{1,2}}(?:[{_FEW}双](?![{_COUNTING}])(?:{_OBJECT}){{1,4}}){{1,3}}"
)
"""四议两公开, 一格四员, 一村一辅警, 三亮三联三争."""

_HEADED = re.compile(
    rf"[三四五六七八九两双多](?![者年月日天种次条步久少机])(?:{_OBJECT}){{1,2}}"
    "(?:联动|联管|融合|合一|结合|共建|共治|共享|一体|预警|化解|分流|公开|报到|下沉|同步|制|制度|工程|"
    "工作法|议事法|决策法|调解法|清单|平台|网格|支部)"
    rf"|一[网表窗站屏门键码](?!式)(?:[通同统好快][办管享揽]|受理|(?:{_OBJECT}){{2}})"
)
"""五社联动, 三治融合, 双网融合, 三单制, 三基工程, 三张清单, 四个平台, 一网通办, 一窗受理."""

_METHODS = re.compile(
    "工作法|调解法|议事法|决策法|议事会|议事厅|议事堂|理事会|参事会|评议会|恳谈会|夜话|夜谈|吹哨|长制|驿站|合伙人"
)
"""What the field names by a word before it: a person, a place, a group."""

_OF_PLACES = frozenset(("经验", "模式", "实验"))
"""What the field names by the place it comes from; behind any other word these are ordinary (工作经验, 管理模式)."""

_LONGEST, _LONGEST_NAME = 14, 4
_NEVER_IN_NAMES = frozenset(FUNCTION + "找用开交选听看做说写出进")
_DIGITS = frozenset("0123456789第零百千万亿几半" + NUMERALS)


def compounds(
    words: Sequence[Word], text: str, own: Collection[str] = (), places: Collection[str] = ()
) -> Iterator[tuple[int, int]]:
    """Where compounds stand, in order, apart from each other; a word that is in `own` is never part of one.

    `places` are the words that are names of places.
    """
    starts = {start: at for at, (_word, start, _end) in enumerate(words)}
    ends = {end: at for at, (_word, _start, end) in enumerate(words)}
    found = [*_number_phrases(starts, sorted(ends), text), *_methods(words, ends, text), *_of_places(words, places)]
    last = 0
    for start, end in sorted(found, key=lambda place: (place[0], -place[1])):
        inside = words[starts[start] : ends[end] + 1]
        if start >= last and len(inside) > 1 and not any(word in own for word, _start, _end in inside):
            yield start, end
            last = end


def merged(words: Sequence[Word], joined: Iterable[tuple[int, int]], text: str) -> list[Word]:
    """The words, those of a compound made one."""
    places = dict(joined)
    out: list[Word] = []
    last = 0
    for word, start, end in words:
        if start in places:
            last = places[start]
            out.append((text[start:last], start, last))
        elif start >= last:
            out.append((word, start, end))
    return out


def _number_phrases(starts: Collection[int], ends: Sequence[int], text: str) -> Iterator[tuple[int, int]]:
    for start in starts:
        if text[start] in NUMERALS and (start == 0 or text[start - 1] not in _DIGITS):
            near = ends[bisect_right(ends, start + 2) : bisect_right(ends, start + _LONGEST)]
            headed = [end for end in near if _HEADED.fullmatch(text, start, end)]
            paired = (end for end in near if _PAIRED.fullmatch(text, start, end) and _is_over(text, start, end, starts))
            end = max(headed, default=None) or next(paired, None)
            if end is not None:
                yield start, end


def _is_over(text: str, start: int, end: int, starts: Collection[int]) -> bool:
    """Whether no further pair follows (三亮三联, 三争), it says more than 一步一步, and 统一 is no numeral."""
    half = (end - start) // 2
    if any(text[at] in NUMERALS and at not in starts for at in range(start + 2, end)):
        return False
    return text[end : end + 1] not in _DIGITS and text[start : start + half] != text[end - half : end]


def _methods(words: Sequence[Word], ends: dict[int, int], text: str) -> Iterator[tuple[int, int]]:
    for head in _METHODS.finditer(text):
        at = ends.get(head.end(), 0)
        if words[at][1] < head.start() or words[at][2] != head.end():
            continue  # Cut through, or one word already (河长制).
        while words[at][1] > head.start():
            at -= 1
        start = words[at][1]
        while at and head.start() - start < 2 and _belongs(words[at - 1], start):
            at -= 1
            start = words[at][1]
        if 2 <= head.start() - start <= _LONGEST_NAME:
            yield start, head.end()


def _of_places(words: Sequence[Word], places: Collection[str]) -> Iterator[tuple[int, int]]:
    for (place, start, middle), (head, at, end) in pairwise(words):
        if head in _OF_PLACES and place in places and at == middle:
            yield start, end


def _belongs(word: Word, start: int) -> bool:
    """Whether a word can be part of the name that begins behind it."""
    written, _start, end = word
    return end == start and written.isalpha() and written not in OPENERS and not set(written) & _NEVER_IN_NAMES
