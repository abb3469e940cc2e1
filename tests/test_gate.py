"""The floors of the sample with the real model in both scripts, and the gate itself on figures made up for it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from benchmarks import gate
from benchmarks.gate import FLOORS as FLOORS_FILE
from benchmarks.gate import MARGIN, RESAMPLES, Floor, bootstrap, broken, pinned, read_floors, write_floors
from benchmarks.quality import Measured, available, by_question, digest_of, measure, sample
from benchmarks.shared_data import DataSet

from kb.config import Settings
from kb.evaluation import Judgment, Question, Scores, read_judgments, read_questions
from kb.models.encoder import Encoder
from kb.types import Mode, SearchResult, Timings


def measured(
    name: str = "small", ndcg: float = 0.8, *, of: str = "", recall: float = 0.9, digest: str = "d1"
) -> Measured:
    """The scores of a set; `of` is the one whose questions were converted."""
    scores = Scores(ndcg, recall, 0.9, 0.7, 1.0, 0.88, 3, 1.0, 2.0)
    return Measured(name, of or name, scores, {"q1": ndcg, "q2": ndcg}, digest, "model-1")


FLOORS = {"small": Floor("d1", "model-1", {"nDCG@10": 0.79, "R@10": 0.88, "refusal_auroc": 0.87})}


# -- the real thing


@pytest.mark.model
def test_the_floors_of_the_sample_hold_in_both_scripts(cache: Path, tmp_path: Path, real_encoder: Encoder) -> None:
    """Fresh index: a change to splitting or embedding must show even where its version was not raised."""
    settings = Settings(cache=cache)
    found = measure(sample(), settings, real_encoder, tmp_path, tmp_path / "index")
    assert [one.name for one in found] == ["sample", "sample-s2t", "sample-t2s"]
    assert broken(found, read_floors(FLOORS_FILE)) == []
    for one in found:
        assert sum(one.each.values()) / len(one.each) == pytest.approx(one.scores.ndcg)


def test_the_floors_are_those_of_the_sample_as_it_is() -> None:
    assert read_floors(FLOORS_FILE)["sample"].digest == digest_of(sample())


def test_the_sample_fits_together() -> None:
    data = sample()
    passages = [json.loads(line) for line in data.corpus.read_text(encoding="utf-8").splitlines()]
    known = {one["id"] for one in passages}
    assert len(known) == len(passages) == 147
    assert all(120 <= len(one["text"]) <= 350 for one in passages)
    questions, judgments = read_questions(data.queries), read_judgments(data.qrels)
    assert {one.passage for one in judgments} <= known
    assert len({(one.question, one.passage) for one in judgments}) == len(judgments)
    answered = {one.question for one in judgments if one.grade == 2}
    assert answered == {one.id for one in questions if one.answerable}
    assert (len(questions), len(answered)) == (60, 48)


# -- floors


def test_nothing_is_said_where_all_is_well() -> None:
    assert broken([measured(), measured("small-s2t", 0.7985, of="small")], FLOORS) == []


def test_a_drop_is_noticed() -> None:
    found = broken([measured(ndcg=0.7899, recall=0.5)], FLOORS)
    assert found == [
        "small: nDCG@10 0.7899 is below its floor 0.79",
        "small: R@10 0.5000 is below its floor 0.88",
    ]


def test_a_drop_in_the_other_script_is_noticed() -> None:
    assert broken([measured(), measured("small-s2t", 0.7979, of="small")], FLOORS) == [
        "small-s2t: questions in the other script lose 0.0021"
    ]
    assert broken([measured(), measured("small-s2t", 0.7, of="small")], FLOORS) == [
        "small-s2t: nDCG@10 0.7000 is below its floor 0.79",
        "small-s2t: questions in the other script lose 0.1000",
    ]


def test_other_data_is_noticed_and_its_figures_are_not_compared() -> None:
    assert broken([measured(ndcg=0.1, digest="d2"), measured("small-s2t", 0.1, of="small", digest="d3")], FLOORS) == [
        "small: measured on other data: look, then --pin"
    ]


def test_a_set_without_floors_is_noticed() -> None:
    assert broken([measured("new")], FLOORS) == ["new: nothing is pinned for it: look, then --pin"]


def test_a_figure_that_was_not_measured_is_noticed() -> None:
    one = measured()
    unmeasured = replace(one, scores=replace(one.scores, refusal_auroc=None))
    assert broken([unmeasured], FLOORS) == ["small: refusal_auroc has a floor but was not measured"]


@pytest.mark.parametrize("changed", ["corpus", "queries", "qrels"])
def test_a_changed_file_has_another_digest(tmp_path: Path, changed: str) -> None:
    data = DataSet("small", tmp_path / "corpus", tmp_path / "queries", tmp_path / "qrels")
    for path in (data.corpus, data.queries, data.qrels):
        path.write_text(f"{path.name}\n", encoding="utf-8")
    before = digest_of(data)
    assert digest_of(data) == before
    (tmp_path / changed).write_text("q\tp\t1\n", encoding="utf-8")
    assert digest_of(data) != before


# -- pinning


def test_pinning_takes_what_was_measured_less_the_margin() -> None:
    kept = Floor("d9", "model-0", {"nDCG@10": 0.643})
    found = pinned([measured(ndcg=0.8126, digest="d2"), measured("small-s2t", 0.8116, of="small")], {"gov": kept})
    assert MARGIN == 0.01
    # The lower script counts: 0.8116 - 0.01 = 0.8016, rounded down.
    assert found == {
        "gov": kept,
        "small": Floor("d2", "model-1", {"nDCG@10": 0.801, "R@10": 0.89, "refusal_auroc": 0.87}),
    }


def test_what_was_pinned_holds_and_is_read_again(tmp_path: Path) -> None:
    found = pinned([measured()], {})
    write_floors(found, tmp_path / "floors.json")
    assert read_floors(tmp_path / "floors.json") == found
    assert broken([measured()], found) == []


def test_the_command_pins_saves_and_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    floors, runs = tmp_path / "floors.json", {"sample": measured("sample", 0.8)}
    write_floors({"sample": Floor("d0", "model-0", {"nDCG@10": 0.5})}, floors)
    monkeypatch.setattr(gate, "FLOORS", floors)
    monkeypatch.setattr(gate, "measure_set", lambda name, _settings: [runs[name]])
    assert gate.main(["sample"]) == 1
    said = capsys.readouterr().out
    assert "sample: pinned with model-0, measured with model-1" in said
    assert "sample: measured on other data: look, then --pin" in said
    assert gate.main(["--pin", "sample"]) == 0
    assert read_floors(floors)["sample"].model == "model-1"
    assert gate.main(["--save", str(tmp_path / "a.json"), "sample"]) == 0
    runs["sample"] = measured("sample", 0.7)
    assert gate.main(["--save", str(tmp_path / "b.json"), "sample"]) == 1
    assert "sample: nDCG@10 0.7000 is below its floor 0.79" in capsys.readouterr().out
    assert gate.main(["--compare", str(tmp_path / "a.json"), str(tmp_path / "b.json")]) == 0
    assert "sample: nDCG@10 -0.1000, 95 % interval -0.1000 to -0.1000, 2 questions: worse" in capsys.readouterr().out


def test_a_set_that_is_not_here_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert gate.main(["nosuch"]) == 1
    assert "no data here for nosuch" in capsys.readouterr().out


def test_the_sample_is_always_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_SHARED", str(tmp_path))
    assert available() == ["sample"]


# -- two runs


def test_questions_with_equal_differences_leave_no_doubt() -> None:
    found = bootstrap({"a": 0.1, "b": 0.5, "c": 0.9}, {"a": 0.2, "b": 0.6, "c": 1.0})
    assert (found.mean, found.low, found.high) == pytest.approx((0.1, 0.1, 0.1))
    assert (found.questions, found.verdict) == (3, "better")


def test_the_interval_by_hand() -> None:
    """One question of six gains 0.6. How often it is drawn is binomial (6, 1/6): never in 33 % of the resamples, at
    most twice in 93.8 %, at most three times in 99.1 %; so the 97.5 % quantile is three times 0.6 / 6."""
    before = {f"q{n}": 0.2 for n in range(6)}
    found = bootstrap(before, before | {"q3": 0.8})
    assert (found.mean, found.low, found.high) == pytest.approx((0.1, 0.0, 0.3))
    assert found.verdict == "no difference shown"
    assert bootstrap(before | {"q3": 0.8}, before).low == pytest.approx(-0.3)


def test_the_pairs_stay_together() -> None:
    """The same figures against other questions: as groups the runs are equal, by pairs both questions moved."""
    found = bootstrap({"a": 0.0, "b": 1.0}, {"b": 0.0, "a": 1.0})
    assert (found.mean, found.low, found.high) == pytest.approx((0.0, -1.0, 1.0))


def test_the_same_runs_give_the_same_interval() -> None:
    before, after = {f"q{n}": n / 40 for n in range(40)}, {f"q{n}": (n * 7 % 40) / 40 for n in range(40)}
    assert bootstrap(before, after) == bootstrap(before, after)
    assert RESAMPLES == 10_000


@pytest.mark.parametrize("after", [{"a": 0.1}, {"a": 0.1, "c": 0.2}])
def test_other_questions_cannot_be_compared(after: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="not over the same questions"):
        bootstrap({"a": 0.1, "b": 0.2}, after)


def test_runs_on_other_data_are_not_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gate.save([measured()], tmp_path / "a")
    gate.save([measured(digest="d2")], tmp_path / "b")
    gate.save([measured("other")], tmp_path / "c")
    assert gate.compare(tmp_path / "a", tmp_path / "b") == 1
    assert "small: the two runs were measured on other data" in capsys.readouterr().out
    assert gate.compare(tmp_path / "a", tmp_path / "c") == 1
    assert "no set in common" in capsys.readouterr().out


def test_only_questions_that_something_answers_are_counted() -> None:
    nothing = SearchResult("问", Mode.HYBRID, (), (), (), Timings())
    questions = [Question("q1", "一", True), Question("q2", "二", False), Question("q3", "三", True)]
    judgments = [Judgment("q1", "a", 2), Judgment("q2", "a", 0)]
    assert by_question([nothing] * 3, questions, judgments) == {"q1": 0.0}
