"""What repair must not do, and how long it takes: sound text, the written cases, the real texts, each stage.

Run as part of `python -m benchmarks.repair`, or alone: `python -m benchmarks.repair_clean`.
"""

from __future__ import annotations

import json
import re
import time
import unicodedata
from collections.abc import Callable, Iterator

from benchmarks.shared_data import shared_folder
from kb.text.repair import FlagKind, RepairKind, repair, repairs
from kb.text.repair.flags import find_flags
from kb.text.repair.language import default_model
from kb.text.repair.shifts import ShiftReader

BLOCK = 5_000
"""Characters of a document; the passages and paragraphs of the sets are shorter than one."""

MARKS = {FlagKind.DOUBT, FlagKind.LOST, FlagKind.GARBLED}


def sound_texts() -> Iterator[tuple[str, list[str]]]:
    """Sets of sound texts: official texts in both scripts, encyclopedias with all their questions."""
    from opencc import OpenCC

    folder = shared_folder()
    rows = (folder / "gov" / "corpus.jsonl").read_text(encoding="utf-8").splitlines()
    passages = [json.loads(row)["text"] for row in rows]
    for name, script in (("s2t", "traditional"), ("t2s", "simplified")):
        convert = OpenCC(name).convert
        yield f"official texts, {script}", [convert(text) for text in passages]
    for name in ("cmrc", "drcd"):
        content = json.loads((folder / "qa" / f"{name}_dev.json").read_text(encoding="utf-8"))
        paragraphs = [paragraph for article in content["data"] for paragraph in article["paragraphs"]]
        questions = [question["question"] for paragraph in paragraphs for question in paragraph["qas"]]
        yield f"{name} with its questions", [*{p["context"]: None for p in paragraphs}, *questions]


def documents(texts: list[str]) -> Iterator[str]:
    """Texts joined to documents, a line each."""
    block: list[str] = []
    for text in texts:
        block.append(text)
        if sum(map(len, block)) >= BLOCK:
            yield "\n".join(block)
            block = []
    yield "\n".join(block)


def print_sound() -> None:
    """Steps on sound text; tags that these sets do hold are counted apart."""
    print("\n| sound text | characters | question marks | tags removed | other changes | flags | characters/s |")
    print("|---|---|---|---|---|---|---|")
    for name, texts in sound_texts():
        characters = questions = tags = changes = flags = 0
        started = time.perf_counter()
        for text in documents(texts):
            repaired = repair(text)
            tags += sum(step.kind is RepairKind.TAG for step in repaired.steps)
            changes += sum(step.kind is not RepairKind.TAG for step in repaired.steps)
            flags += sum(flag.kind in MARKS for flag in repaired.flags)
            characters += len(text)
            questions += text.count("?") + text.count("？")
        speed = characters / (time.perf_counter() - started)
        print(f"| {name} | {characters:,} | {questions:,} | {tags} | {changes} | {flags} | {speed:,.0f} |", flush=True)


def print_cases() -> None:
    """The written cases: exact, wrong or left with a mark, wrong without one."""
    lines = (shared_folder() / "damage" / "cases.jsonl").read_text(encoding="utf-8").splitlines()
    exact = marked = 0
    silent: list[str] = []
    for case in map(json.loads, lines):
        repaired = repair(case["input"])
        if _comparable(repaired.text) == _comparable(case["expect"]):
            exact += 1
        elif any(flag.kind in MARKS for flag in repaired.flags):
            marked += 1
        else:
            silent.append(case["id"])
    print(f"\nCases: {len(lines)}, exact {exact}, not exact and marked {marked}, wrong without a mark {len(silent)}.")


def print_real() -> None:
    """The three real texts."""
    for path in sorted((shared_folder() / "seeds").glob("*.txt")):
        repaired = repair(path.read_text(encoding="utf-8"))
        made = [step.kind for step in repaired.steps]
        print(
            f"Seed {path.name[:3]}: {made.count(RepairKind.GLOSS)} glosses, {made.count(RepairKind.SHIFT)} runs read, "
            f"{sum(flag.kind is FlagKind.GARBLED for flag in repaired.flags)} left, quality {repaired.quality:.3f}."
        )


def print_stages() -> None:
    """Characters a second of each stage on sound text."""
    text = "\n".join(next(sound_texts())[1])
    reader = ShiftReader(default_model())
    stages: list[tuple[str, Callable[[str], object]]] = [
        *((getattr(one, "__name__", "shifts").replace("steps", "shifts"), one) for one in repairs(reader.steps)),
        ("find_flags", find_flags),
        ("unread", reader.unread),
        ("all", repair),
    ]
    print("\n| stage | million characters/s, sound official text |\n|---|---|")
    for name, stage in stages:
        started = time.perf_counter()
        stage(text)
        print(f"| {name} | {len(text) / (time.perf_counter() - started) / 1e6:,.1f} |", flush=True)


def _comparable(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip()


def main() -> None:
    """Everything."""
    print_sound()
    print_cases()
    print_real()
    print_stages()


if __name__ == "__main__":
    main()
