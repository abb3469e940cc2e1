"""Small articles made up by rule, for tests that need many; the same ones every time."""

from __future__ import annotations

import random
from pathlib import Path

from kb.knowledge import KnowledgeBase
from kb.text.dictionary import Words

_WORDS = """网格 社区 街道 矛盾 化解 调解 物业 居民 自治 党建 积分 平台 事件 流转 上报 巡查 协商 村民 公开 监督 老旧小区
停车 电梯 加装 垃圾 分类 志愿 服务 走访 台账 督办 反馈 热线 诉求 办理 评价 楼长 议事 乡镇 部门"""

WORDS = _WORDS.split()

QUESTIONS = ("社区物业怎么调解", "网格员上报事件", "老旧小区加装电梯", "村民议事公开监督", "停车")
"""Questions that some passages answer better than others, without equal scores at the top."""


def article_text(number: int, version: int = 1) -> str:
    """About 300 characters; the first sentence occurs in no other article."""
    chance = random.Random(1_000 * version + number)
    sentences = ["，".join("".join(chance.choices(WORDS, k=3)) for _ in range(3)) + "。" for _ in range(12)]
    return f"本篇代号甲{number:04}乙{version}。" + "".join(sentences) + "\n"


def write_articles(folder: Path, numbers: range, version: int = 1) -> None:
    """Article n in `folder/n.txt`."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        (folder / f"{number:04}.txt").write_text(article_text(number, version), encoding="utf-8")


def rankings(knowledge: KnowledgeBase) -> list[list[tuple[str, float]]]:
    """What every question finds, as passage ids with scores: equal for indexes that behave alike."""
    return [[(hit.passage.id, hit.score) for hit in knowledge.search(asked, k=20).hits] for asked in QUESTIONS]


def small_dictionary(cache: Path | None) -> Words:
    """These words alone, in place of jieba's dictionary."""
    return Words.of(dict.fromkeys(WORDS, 100))
