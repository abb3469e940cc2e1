"""What `kb verify` says of quotations whose true verdict is known: taken from the gov documents, and altered by rule.

Run as `python -m benchmarks.quotations`. The documents are put together whole, so that quotations lie across passages.
Positives of "exact": sentences, runs of sentences, in the other script, with an ellipsis. "punctuation": without marks.
"altered": characters replaced, a clause left out, words put in. "not found": sentences of the same field from elsewhere
(the starter corpus) and of other fields (DRCD, CMRC). A wrong "exact" is one whose letters are not in any document.
Then citations: a sentence is altered or taken out of its document, and looked for by its citation alone.
"""

from __future__ import annotations

import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from opencc import OpenCC

from benchmarks.duplicates import documents
from benchmarks.shared_data import shared_folder
from kb.config import Settings, load_settings
from kb.knowledge import KnowledgeBase
from kb.knowledge.citing import changed_to
from kb.models.encoder import FloatMatrix, TextKind
from kb.search.letters import read_letters
from kb.search.verdicts import Verdict, Verification
from kb.text.sentences import sentences
from kb.types import Citation

SAMPLE = 400
"""Quotations of each kind."""

SHORTEST, LONGEST = 15, 120
"""Characters of a sentence that is quoted."""

_MARKS = "，。、；：“”‘’（）《》"
_BEFORE = "前面添了一段话，说明本次修订的缘由。"


class NoMeaning:
    """Verifying needs no model; the index wants a vector."""

    identity, engine, dimension = "none", "none", 8

    def encode(
        self, texts: Sequence[str], _kind: TextKind, _progress: Callable[[int], None] | None = None
    ) -> FloatMatrix:
        """The same for every text."""
        return np.full((len(texts), self.dimension), self.dimension**-0.5, dtype=np.float32)


def replaced(text: str, chance: random.Random, count: int, alphabet: str) -> str:
    """So many characters exchanged for others of the corpus."""
    letters = list(text)
    for at in chance.sample([at for at, one in enumerate(text) if one not in _MARKS], count):
        letters[at] = chance.choice([one for one in alphabet if one != letters[at]])
    return "".join(letters)


def clause_left_out(text: str, chance: random.Random) -> str:
    """One clause from the middle is missing."""
    clauses = text.split("，")
    if len(clauses) > 2:
        del clauses[chance.randrange(1, len(clauses) - 1)]
        return "，".join(clauses)
    at = chance.randrange(3, len(text) - 6)
    return text[:at] + text[at + 3 :]


def put_in(text: str, chance: random.Random) -> str:
    """Three words that are not there."""
    at = chance.randrange(3, len(text) - 3)
    return text[:at] + "切实有效地" + text[at:]


def with_ellipsis(text: str) -> str:
    """The middle third replaced by an ellipsis."""
    third = len(text) // 3
    return f"{text[:third]}……{text[-third:]}"


def main() -> None:
    """Builds the index, asks, prints a table."""
    chance, texts = random.Random(7), {key: text for key, text in documents().items() if "/" not in key}
    ours = {key: text for key, text in documents().items() if "/" in key}
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder) / "gov.jsonl"
        lines.write_text(
            "\n".join(json.dumps({"id": key, "text": text}, ensure_ascii=False) for key, text in texts.items()), "utf-8"
        )
        settings = Settings(index=Path(folder) / "index", cache=load_settings().cache)
        with KnowledgeBase.open(settings=settings, encoder=NoMeaning()) as knowledge:
            knowledge.add([lines])
            print(f"{len(texts)} documents, {knowledge.info().passages} passages")
            stored = {key: knowledge.article(key).text for key in texts}
            letters = "\n".join(read_letters(text).letters for text in stored.values())
            for kind, quotations in _kinds(stored, ours, chance):
                _report(kind, [_asked(knowledge, one) for one in quotations], letters)
    _citations(list(stored.values()), chance)


def _kinds(stored: dict[str, str], ours: dict[str, str], chance: random.Random) -> Iterator[tuple[str, list[str]]]:
    whole = _quotable(stored, chance, 1)
    runs = _quotable(stored, chance, 4)
    alphabet = "".join(Counter("".join(whole)))
    yield "a sentence", whole
    yield "four sentences", runs
    yield "other script", [_other_script(one) for one in whole]
    yield "ellipsis", [with_ellipsis(one) for one in runs]
    yield "no marks", ["".join(character for character in one if character not in _MARKS) for one in whole]
    for count in (1, 3, 6):
        yield f"{count} replaced", [replaced(one, chance, count, alphabet) for one in whole]
    yield "a clause left out", [clause_left_out(one, chance) for one in whole]
    yield "words put in", [put_in(one, chance) for one in whole]
    yield "of our pages", _quotable(ours, chance, 1)
    yield "of DRCD", _quotable(_encyclopedia("drcd_dev.json"), chance, 1)
    yield "of CMRC", _quotable(_encyclopedia("cmrc_dev.json"), chance, 1)


def _citations(texts: Sequence[str], chance: random.Random) -> None:
    """What is found of a sentence cited when it was altered, and some words were put before it."""
    alphabet = "".join(sorted({*texts[0]}))
    changes: dict[str, Callable[[str], str]] = {
        "taken out": lambda _text: "",
        "3 replaced": lambda text: replaced(text, chance, 3, alphabet),
        "a clause left out": lambda text: clause_left_out(text, chance),
        "words put in": lambda text: put_in(text, chance),
    }
    for kind, change in changes.items():
        told: Counter[str] = Counter()
        while told.total() < SAMPLE:
            text = chance.choice(texts)
            span = chance.choice(sentences(text))
            cited = text[span.start : span.end].strip()
            if not SHORTEST <= len(cited) <= LONGEST or text.count(cited) > 1:
                continue
            start, new = text.index(cited), change(cited)
            citation = Citation.of("", start + len(_BEFORE), start + len(_BEFORE) + len(cited), cited)
            now = _BEFORE * 2 + text[:start] + new + text[start + len(cited) :]
            found, at = changed_to(now, citation), start + 2 * len(_BEFORE)
            right = found is not None and bool(new) and found.start < at + len(new) and found.end > at
            told["changed" if right else "another sentence" if found else "removed"] += 1
        print(f"cited, {kind:18} " + "  ".join(f"{name} {count / SAMPLE:.1%}" for name, count in told.most_common()))


def _quotable(texts: dict[str, str], chance: random.Random, count: int) -> list[str]:
    """Runs of `count` sentences, each of a length that people quote."""
    found: dict[str, None] = {}
    for text in texts.values():
        spans = sentences(text)
        for first in range(len(spans) - count + 1):
            run = text[spans[first].start : spans[first + count - 1].end].strip()
            if SHORTEST * count <= len(run) <= LONGEST * count and not run.startswith(("#", "-", "|")):
                found[run] = None
    return chance.sample(list(found), min(SAMPLE, len(found)))


def _encyclopedia(name: str) -> dict[str, str]:
    data = json.loads((shared_folder() / "qa" / name).read_text(encoding="utf-8"))["data"]
    paragraphs = [paragraph["context"] for article in data for paragraph in article["paragraphs"]]
    return {str(number): text for number, text in enumerate(paragraphs)}


def _other_script(text: str) -> str:
    converted = OpenCC("s2t").convert(text)
    return str(converted if converted != text else OpenCC("t2s").convert(text))


def _asked(knowledge: KnowledgeBase, quotation: str) -> tuple[Verification, float]:
    begun = time.perf_counter()
    return knowledge.verify(quotation), (time.perf_counter() - begun) * 1000


def _report(kind: str, asked: Sequence[tuple[Verification, float]], letters: str) -> None:
    verdicts = Counter(found.verdict for found, _ms in asked)
    said = "  ".join(f"{verdict.value} {verdicts[verdict] / len(asked):6.1%}" for verdict in Verdict)
    wrong = sum(
        found.verdict in {Verdict.EXACT, Verdict.PUNCTUATION}
        and "…" not in found.quotation
        and read_letters(found.quotation).letters not in letters
        for found, _ms in asked
    )
    times = np.array([ms for _found, ms in asked])
    p50, p95 = np.quantile(times, [0.5, 0.95])
    print(f"{kind:18} {len(asked):4}  {said}  wrong {wrong}  ms p50 {p50:.0f} p95 {p95:.0f}")


if __name__ == "__main__":
    main()
