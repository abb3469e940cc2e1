"""The measurement of size: its exponents, and that words cut sentence by sentence are those cut at once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from benchmarks import size, size_corpus, size_report

from kb.text.segment import Segmenter
from small_corpus import article_text


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0, 2.0])
def test_the_exponent_of_a_power(power: float) -> None:
    found = {str(count): {"cost": 3.0 * count**power} for count in (6_000, 50_000, 1_000_000)}
    assert size_report.exponent(found, lambda one: float(one["cost"])) == pytest.approx(power, abs=1e-9)


@pytest.mark.usefixtures("small_jieba")
def test_words_are_those_of_the_whole_text(cache: Path) -> None:
    text = article_text(3).replace("。", "。\n", 2) + "甲；乙"
    whole, pieces = Segmenter((), cache=cache), size_corpus.CutOnce((), cache=cache)
    assert Counter(one.term for one in pieces.tokens(text)) == Counter(one.term for one in whole.tokens(text))
    assert pieces.fingerprint == whole.fingerprint
    assert pieces.tokens(text) == pieces.tokens(text)


def test_a_size_that_was_broken_off_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def task(name: str, index: Path, _passages: int) -> dict[str, str]:
        if name == "recall" and done.count("ask") == 1 and "recall" not in done:
            done.append(name)
            raise RuntimeError
        index.mkdir(exist_ok=True)
        done.append(name)
        return {"of": name}

    monkeypatch.setattr(size, "in_process", task)
    with pytest.raises(RuntimeError):
        size.measure_size(100, tmp_path)
    found = size.measure_size(100, tmp_path)
    assert done == ["fill", "build", "ask", "recall", "recall", "add"]
    assert found == {name: {"of": name} for name in size.TASKS}
    assert list(tmp_path.iterdir()) == []
