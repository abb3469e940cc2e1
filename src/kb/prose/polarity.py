"""Whether a sentence says that something must, may or must not be done, or is not so, where its sources say otherwise.

Clauses have a mode (必须, 可以, 不得, or none); a plain 不 or 没有 governs the few characters behind it; some words
have an opposite. Words are compared where both texts have them: a clause without a counterpart is left to the other
checks.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kb.search.letters import pairs

_BORDER = re.compile(r"[，。；：！？\s,;:!?]+")

_NO_NEGATION = re.compile(
    r"不得不|不能不|无不|非[^，。]{1,4}不可|不仅|不但|不只|不光|不断|不同(?!意)|不少(?!于)|不久|不管|不论|无论|不动产|不良|不妨|不过|不止"
    r"|不可或缺|非常|非法|未来|未成年|无人机|无障碍|没收|沉没|是不是|愿不愿|能不能|受理不受理|不足(?=\d)|不满(?=\d)|差不多|了不起|对不起"
    r"|不(?:得|应)?(?:超过|少于|低于|高于|多于|大于|小于)|没有超过"
)
"""Signs that negate nothing; bounds are compared with their numbers."""

_FORBIDDEN = re.compile(
    r"不得|禁止|严禁|不准|不许|不允许|不可以?|不能|不应当?|不该|不要(?!求)|杜绝|谁都不(?=得|准|许|能)|任何[^，。；,;]{1,6}不得"
)
_FREE = re.compile(r"无需|无须|不需要?|不必|不用|免于")
_MUST = re.compile("应当|应该|必须|务必|须(?!知|求)|(?<![适响反对供相效回答])应(?![急用对付聘答邀收届])|有义务")
_OUGHT = re.compile("需要(?=[^的])|(?<![主重需简首纪概摘紧次只])要(?=[^求点素么不])")
_MAY = re.compile(r"可以|(?<![认许不])可(?![能是以见靠持行谓怕惜观])|允许|准许|有权")
_MODAL = re.compile("不得|禁止|严禁|不准|不许|不能|应当|应该|必须|可以|允许")
_NOT = re.compile(r"不|没有?|未(?!必)|无(?!锡)|非(?!遗)|拒绝|免(?![费疫])|取消|停止|丧失")

_BY = re.compile(r"(?<![自理事缘经])由(.{2,4})")
_ACTOR = re.compile(
    r"((?:[^的由]{0,3}?)(?:街道|乡镇|镇政府|区政府|县政府|市政府|政府|部门|单位|机关|社区医生|社区|居委会|村委会|业委会|业主委员会|物业公司"
    r"|物业|业主|居民|村民|群众|志愿者|老人|网格员|网格长|楼长|党组织|党支部|党委|党员|民警|法院|议事会|监督委员会|法官|律师|调解员))"
    "(?!满意|代表|成员|服务|意见|诉求|工作|自治|委员|书记|干部|办事|大会|会议|小组|公约|生活|收入|的)"
)
"""Who does something, at the beginning of a clause."""

_UNABLE = re.compile("[一-龥]{2}(?=不(?:了|到|清|来|下|开|完|起|动|上|成|住|足))")
"""解决不了: here 不 stands behind what it negates."""

_NO_MORE = re.compile("(?:取消|废止|停止|撤销|叫停|不成立|是错误的|不属实)了?$")
"""At the end of a clause they say that none of it holds (any more)."""

_REACH = 5
"""Characters behind a plain 不, 没有, 未 that it governs."""

_OPPOSITES = (
    ("增加", "减少"), ("上升", "下降"), ("提高", "降低"), ("提高", "下降"), ("上升", "降低"), ("增长", "下降"),
    ("自愿", "强制"), ("公开", "保密"), ("有偿", "无偿"), ("收费", "免费"), ("合并", "拆分"), ("之前", "之后"),
    ("事前", "事后"), ("上级", "下级"), ("透明", "不透明"), ("全部", "部分"), ("支持", "反对"), ("同意", "反对"),
    ("允许", "禁止"), ("集中", "分散"), ("公益性", "市场化"), ("直接", "间接"), ("首次", "再次"), ("成功", "失败"),
    ("优先", "最后"), ("线上", "线下"), ("上交", "不上交"),
)  # fmt: skip
"""Where the sentence has one of a pair, its sources only the other, it is the other way round."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause in matching form, its modes, and the places within it that a plain negation governs."""

    text: str
    modes: frozenset[str]
    negated: frozenset[int]


def clauses(matching: str) -> tuple[Clause, ...]:
    """The clauses of a text in matching form."""
    return tuple(_clause(part) for part in _BORDER.split(matching) if part)


def _clause(text: str) -> Clause:
    rest = _NO_NEGATION.sub(lambda found: "#" * len(found[0]), text)
    modes = set()
    for name, pattern in (("not", _FORBIDDEN), ("free", _FREE), ("must", _MUST), ("ought", _OUGHT), ("may", _MAY)):
        if pattern.search(rest):
            modes.add(name)
            rest = pattern.sub(lambda found: "#" * len(found[0]), rest)
    reach = [range(found.end(), _end(rest, found.end())) for found in _NOT.finditer(rest)]
    reach += [range(len(text)) for _end_of_it in _NO_MORE.findall(text)]
    reach += [range(found.start(), found.end()) for found in _UNABLE.finditer(rest)]
    return Clause(text, frozenset(modes), frozenset(place for places in reach for place in places))


def _end(text: str, start: int) -> int:
    """Where the reach of a negation ends: at the next item of a list, at the latest."""
    item = text.find("、", start)
    return min(start + _REACH, item if item >= 0 else len(text))


def reversed_in(matching: str, sources: Sequence[str], words: Collection[str]) -> str:
    """Why a sentence says the opposite of its sources, empty where it does not.

    All in matching form; `words` are the content words of the sentence.
    """
    known = [clause for source in sources for clause in clauses(source)]
    whole = "\n".join(sources)
    for one, other in (*_OPPOSITES, *((right, left) for left, right in _OPPOSITES)):
        if one in matching and one not in whole and other in whole and other not in matching.replace(one, ""):
            return f"“{one}”和原文的“{other}”相反"
    for clause in clauses(matching):
        own = [word for word in words if word in clause.text]
        why = _mode(clause, known, own) or _negation(clause, known, own) or _agent(clause, known)
        if why:
            return why
    return ""


def _mode(clause: Clause, known: Sequence[Clause], words: Sequence[str]) -> str:
    """The words of a clause stand in clauses of the sources that agree with its mode: most of them, and the last one,
    which is what must or may not be done."""
    found = [(word, [other for other in known if word in other.text]) for word in words]
    found = sorted(((word, others) for word, others in found if others), key=lambda one: clause.text.rfind(one[0]))
    agreeing = [word for word, others in found if any(_agree(clause.modes, other.modes) for other in others)]
    few = 2 * sum(map(len, agreeing)) < sum(len(word) for word, _others in found)
    marks = [mark.end() for mark in _MODAL.finditer(clause.text)]
    behind = [word for word, _others in found if len(word) > 1 and marks and clause.text.rfind(word) >= marks[-1]]
    last = [word for word, _others in found][-1:] + behind[-1:]
    if few or not set(last) <= set(agreeing):
        return "“应当、可以、不得”和原文不一致"
    return ""


def _agree(modes: frozenset[str], others: frozenset[str]) -> bool:
    """Whether what a source says in these modes may be told in those: an obligation is not made up nor softened."""
    if ("not" in modes) != ("not" in others) or ("free" in modes) != ("free" in others):
        return False
    obliged = bool(others & {"must", "ought"})
    if "must" in modes:
        return obliged
    if "ought" in modes:
        return obliged or "may" not in others
    return not ("may" in modes and obliged and "may" not in others)


def _negation(clause: Clause, known: Sequence[Clause], words: Sequence[str]) -> str:
    """Every word is negated in some place of the sources where it is here, and not where it is not.

    Prohibitions are left to `_mode`: 清单以外的事不得交办 negates nothing of 清单.
    """
    for word in words:
        places = [(other, at) for other in known for at in _places(word, other.text)]
        sides = {at in other.negated for other, at in places if "not" not in other.modes}
        own = {at in clause.negated for at in _places(word, clause.text)} if "not" not in clause.modes else set()
        if sides and own and not own & sides:
            return f"“{word}”的肯定、否定和原文相反"
    return ""


def _agent(clause: Clause, known: Sequence[Clause]) -> str:
    """Who does it is the one of the nearest clause of the sources, where both begin with an actor or say 由……."""
    ours = _BY.search(clause.text) or _ACTOR.match(clause.text)
    if ours is None:
        return ""
    rest = {pair for part in clause.text.split(ours[0], 1) for pair in pairs(part)}
    near = {other: len(rest & pairs(other.text)) for other in known}
    most = max(near.values(), default=0)
    nearest = [other for other in known if near[other] == most] if 2 * most >= len(rest) else []
    actors = [found for other in nearest for found in (_BY.search(other.text) or _ACTOR.match(other.text),)]
    if nearest and all(found is not None and not pairs(ours[1]) & pairs(found[1]) for found in actors):
        return "由谁来做和原文不一致"
    return ""


def _places(word: str, text: str) -> list[int]:
    return [found.start() for found in re.finditer(re.escape(word), text)]
