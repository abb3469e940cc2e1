"""The measuring data, which lies outside the project: where it is, and in the form that `kb eval` reads."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


def shared_folder() -> Path:
    """`KB_SHARED`, or ../shared beside the project."""
    return Path(os.environ.get("KB_SHARED") or Path(__file__).resolve().parents[1].parent / "shared")


@dataclass(frozen=True, slots=True)
class DataSet:
    """Three files as `kb eval` takes them."""

    name: str
    corpus: Path
    queries: Path
    qrels: Path


def read_rows(file: Path) -> list[dict[str, Any]]:
    """The lines of a corpus or of a file of questions."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def whole_text(row: dict[str, Any]) -> str:
    """A row of the corpus of gov as one text, as somebody would store it who has no place for titles."""
    return f"{row['title']} {row['chapter']} {row['article']}\n{row['text']}"


def gov() -> DataSet:
    """Governance policy texts: one passage an article of a law, 90 answerable questions and 20 others."""
    folder = shared_folder() / "gov"
    return DataSet("gov", folder / "corpus.jsonl", folder / "dev_queries.jsonl", folder / "dev_qrels.tsv")


def reading_set(name: str, work: Path) -> DataSet:
    """CMRC 2018 dev or DRCD dev ("cmrc", "drcd") as question -> paragraph, written below `work`."""
    content = json.loads((shared_folder() / "qa" / f"{name}_dev.json").read_text(encoding="utf-8"))
    made = DataSet(name, work / f"{name}.jsonl", work / f"{name}-queries.jsonl", work / f"{name}-qrels.tsv")
    work.mkdir(parents=True, exist_ok=True)
    paragraphs: dict[str, str] = {}
    questions, judgments = [], []
    for context, question in _pairs(content):
        key = paragraphs.setdefault(context, f"p{len(paragraphs)}")
        questions.append({"qid": question["id"], "query": question["question"], "answerable": True})
        judgments.append(f"{question['id']}\t{key}\t2\n")
    _write_lines(made.corpus, [{"id": key, "text": text} for text, key in paragraphs.items()])
    _write_lines(made.queries, questions)
    made.qrels.write_text("".join(judgments), encoding="utf-8")
    return made


def converted(data: DataSet, config: str, work: Path) -> DataSet:
    """The same set with every question in another script (`config` as OpenCC names it: s2t, t2s)."""
    from opencc import OpenCC

    converter = OpenCC(config)
    lines = read_rows(data.queries)
    for line in lines:
        line["query"] = converter.convert(line["query"])
    target = work / f"{data.name}-{config}-queries.jsonl"
    _write_lines(target, lines)
    return DataSet(f"{data.name}-{config}", data.corpus, target, data.qrels)


def _pairs(content: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for article in content["data"]:
        for paragraph in article["paragraphs"]:
            for question in paragraph["qas"]:
                yield paragraph["context"], question


def _write_lines(path: Path, rows: list[dict[str, Any]]) -> None:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
