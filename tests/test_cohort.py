"""National laws as a cohort: what is nearer to one of them than to the library is likely answered there, not here."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from kb.config import Settings
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder, TextKind
from kb.search import doubt as weights
from kb.search.cohort import Cohort, KnownQuestions, cohort_of
from kb.search.doubt import EVEN_POINT, Doubt, even_point
from kb.text.normalize import normalize


def known(own_law: list[float], outside: list[float]) -> KnownQuestions:
    size = len(own_law)
    return KnownQuestions(
        np.eye(size, 4, dtype=np.float32),
        np.full(size, 10, dtype=np.int16),
        np.array(own_law, dtype=np.float32),
        np.array(outside, dtype=np.float32),
    )


def test_the_nearest_article_names_its_law() -> None:
    cohort = Cohort(
        np.array([[1, 0], [0, 1], [0.6, 0.8]], dtype=np.float32),
        np.array([1, 0, 1], dtype=np.int16),
        ("甲法", "乙法"),
        known([], []),
    )
    assert cohort.nearest(np.array([0, 1], dtype=np.float32)).law == "甲法"
    found = cohort.nearest(np.array([0.8, 0.6], dtype=np.float32))
    assert (found.law, round(found.cosine, 4)) == ("乙法", 0.96)


def test_a_law_outside_takes_away_and_one_that_is_further_takes_nothing() -> None:
    doubt = Doubt(0.62, 0.04)
    here = doubt.confidence(0.70, 12)
    assert doubt.confidence(0.70, 12, 0.69) == here
    assert doubt.confidence(0.70, 12, 0.74) < here
    # One spread nearer costs NEARER in the logit.
    lost = math.log(here / (1 - here)) - doubt.logit(0.70, 12, 0.74)
    assert lost == pytest.approx(weights.NEARER)


def test_the_even_point_lets_one_in_eight_pass() -> None:
    doubt = Doubt(0.60, 0.05)
    own = np.linspace(0.60, 0.70, 201, dtype=np.float32)
    questions = known([0.80] * 201, [0.0] * 201)
    even = even_point(doubt, questions, own)
    measured = Doubt(doubt.mean, doubt.spread, even)
    passed = sum(measured.confidence(float(one), 10) >= EVEN_POINT for one in own)
    assert passed == 201 // 8 + 1  # The quantile is a value of the sample, which passes itself.


def test_questions_that_the_library_answers_do_not_count() -> None:
    doubt = Doubt(0.60, 0.05)
    lacking, answered = [0.80] * 150, [0.60] * 150
    own = np.array([*np.linspace(0.60, 0.70, 150), *np.full(150, 0.75)], dtype=np.float32)
    both = even_point(doubt, known([*lacking, *answered], [0.0] * 300), own)
    assert both == pytest.approx(even_point(doubt, known(lacking, [0.0] * 150), own[:150]))


def test_few_questions_tell_no_even_point() -> None:
    assert even_point(Doubt(0.6, 0.05), known([0.8] * 99, [0.0] * 99), np.full(99, 0.6, dtype=np.float32)) == 0.0


def test_another_model_has_no_cohort() -> None:
    assert cohort_of("characters-v1") is None


@pytest.mark.model
def test_the_cohort_belongs_to_the_default_model(real_encoder: Encoder) -> None:
    cohort = cohort_of(real_encoder.identity)
    assert cohort is not None, "the model changed: run benchmarks/training/cohort.py again"
    assert np.allclose(np.linalg.norm(cohort.vectors, axis=1), 1.0, atol=1e-5)
    assert len(cohort.law_of) == len(cohort.vectors)
    asked = ("公司裁员经济补偿金按几个月工资算", "老师体罚学生怎么申诉")
    vectors = real_encoder.encode([normalize(question) for question in asked], TextKind.QUERY)
    assert [cohort.nearest(vector).law for vector in vectors] == ["劳动合同法", "教师法"]


@pytest.mark.model
def test_a_library_without_the_law_refuses_and_says_where_it_stands(tmp_path: Path, cache: Path) -> None:
    """And one that holds it answers: the law outside is then no nearer than the own one."""
    question = "公司裁员经济补偿金按几个月工资算"
    corpus = Path(__file__).resolve().parents[1] / "corpus" / "practices"
    pages = [corpus / f"{key}.md" for key in ("dongcheng-wangge", "hongse-wuye", "siyi-liang-gongkai")]
    with KnowledgeBase.open(settings=Settings(index=tmp_path / "index", cache=cache)) as knowledge:
        knowledge.add(pages)
        refused = knowledge.ask(question)
        assert refused.refused
        assert refused.outside == ("劳动合同法",)
        law = tmp_path / "law.md"
        law.write_text(
            "# 裁员的经济补偿\n\n单位裁减人员的，按劳动者在本单位工作的年限，每满一年支付一个月工资的经济补偿。"
            "六个月以上不满一年的，按一年计算。\n",
            encoding="utf-8",
        )
        knowledge.add([law])
        answer = knowledge.ask(question)
        assert not answer.refused
        assert answer.outside == ()
