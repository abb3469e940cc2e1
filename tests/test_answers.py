"""Answers in the sources' own sentences: chosen, merged, in reading order, with their places, or refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from conftest import CharacterEncoder
from kb.config import Settings
from kb.errors import QueryError
from kb.knowledge import KnowledgeBase
from kb.present import answers
from kb.search import asked
from kb.search.answer import MOST_SENTENCES, Candidate, choose, scored
from kb.search.doubt import EVEN_POINT, Doubt
from kb.search.elsewhere import QUESTIONS
from kb.search.parts import held, parts
from kb.types import Filters


def candidate(text: str, cosine: float, *, passage: int = 0, start: int = 0, overlap: float = 0.0) -> Candidate:
    vector = np.eye(64, dtype=np.float32)[sum(map(ord, text)) % 64]
    return Candidate(passage, 1.0 - passage / 10, start, start + len(text), text, text, cosine, overlap, vector)


def chosen(question: str, candidates: list[Candidate]) -> list[str]:
    return [candidates[one.candidate].text for one in choose(question, candidates)]


def test_the_nearest_sentences_come_in_reading_order() -> None:
    found = [
        candidate("后面的一句。", 0.90, start=30),
        candidate("无关的一句。", 0.70, start=60),
        candidate("前面的一句。", 0.89, start=0),
        candidate("另一篇的一句。", 0.91, passage=1),
    ]
    assert "无关的一句。" not in chosen("问题", found)
    first = chosen("问题", found)
    assert first.index("前面的一句。") < first.index("后面的一句。")


def test_the_same_sentence_in_two_places_is_told_once_with_both() -> None:
    found = [candidate("街道吹哨，部门报到。", 0.9), candidate("街道吹哨,部門報到", 0.89, passage=1, start=5)]
    (only,) = choose("吹哨", found)
    assert (only.candidate, only.also) == (0, (1,))


def test_sentences_that_differ_in_a_figure_do_not_say_the_same() -> None:
    vector = np.eye(64, dtype=np.float32)[0]
    texts = ("处五百元以上一千元以下罚款。", "处二百元以上五百元以下罚款。", "处以五百元以上一千元以下的罚款。")
    found = [Candidate(at, 0.9, 0, len(text), text, text, 0.9 - at / 100, 0.0, vector) for at, text in enumerate(texts)]
    assert [(one.candidate, one.also) for one in choose("罚多少", found)] == [(0, (2,)), (1, ())]


def test_an_item_brings_the_line_that_leads_in_to_its_list() -> None:
    found = [
        candidate("别的话。", 0.5, start=0),
        candidate("有下列行为之一的，处以警告：", 0.5, start=10),
        candidate("（一）乱扔垃圾的；", 0.6, start=30),
        candidate("（二）夜间使用音响的；", 0.95, start=50),
    ]
    assert chosen("夜里放音响", found) == ["有下列行为之一的，处以警告：", "（二）夜间使用音响的；"]


def test_a_question_for_several_places_gets_one_sentence_a_place() -> None:
    found = [
        replace(candidate(f"{name}的做法{n}。", 0.95 - n / 50, passage=at), source=name)
        for at, name in enumerate(("北京", "上海", "浙江"))
        for n in range(3)
    ]
    told = [found[one.candidate].source for one in choose("各地怎么做", found)]
    assert told == ["北京", "上海", "浙江"]
    assert [found[one.candidate].source for one in choose("怎么做", found)].count("北京") == 2


def test_a_line_that_leads_in_brings_its_items() -> None:
    texts = ("有下列情形之一的，不予处罚：", "（一）不满十四周岁的；", "（二）没有危害后果的。", "另外的话。")
    found = [candidate(text, 0.9 - 0.2 * at, start=20 * at) for at, text in enumerate(texts)]
    assert chosen("什么情形不罚", found) == list(texts[:3])


@pytest.mark.parametrize(
    ("sentence", "little"),
    [
        ("为了规范养犬行为，制定本条例。", True),
        ("本条例自2021年5月1日起施行。", True),
        ("（十）法律、法规规定的其他职责。", True),
        ("养犬人应当为犬只办理登记。", False),
    ],
)
def test_the_frame_of_a_law_says_little_unless_asked_for(sentence: str, little: bool) -> None:
    assert asked.says_little(sentence, "养犬要登记吗") is little
    assert not asked.says_little(sentence, "条例从什么时候开始施行")


@pytest.mark.parametrize(
    ("question", "number"),
    [("街道办事处条例第二十五条", 25), ("人民调解法第26条", 26), ("第一百二十三條講什麼", 123), ("第几条讲养犬", None)],
)
def test_an_article_asked_for_by_its_number(question: str, number: float | None) -> None:
    assert asked.article(question) == number


def test_amounts_are_compared_by_value() -> None:
    assert asked.amounts("一百户以上，处五百元罚款") == asked.amounts("100户以上，处500元罚款") == [100, 500]
    assert asked.says_amount("年满十八周岁的村民")
    assert not asked.says_amount("依照本法第十条办理")


def test_there_are_never_too_many() -> None:
    assert len(choose("问", [candidate(f"第{n}句话。", 0.9, start=n * 9) for n in range(20)])) == MOST_SENTENCES
    assert choose("问", []) == []


def test_steps_and_figures_are_preferred_where_they_are_asked_for() -> None:
    found = [candidate("1. 先登记。", 0.9), candidate("共有1652个网格。", 0.9), candidate("网格员巡查。", 0.9)]
    plain, steps, figures = (scored(asked, found) for asked in ("网格", "办理的步骤", "有多少个网格"))
    assert plain[0] == plain[1] == plain[2]
    assert steps[0] > steps[2]
    assert figures[1] > figures[2]


MEETING = (
    "居民会议由十八周岁以上的居民组成。",
    "居民会议每年至少召开一次。",
    "可以由每个居民小组选举代表二至三人参加。",
    "有五分之一以上的十八周岁以上的居民提议，应当召集居民会议。",
    "户的代表过半数出席，才能举行。",
)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("多少居民聯名能要求召开居民会议", (3, 4)),
        ("几分之几的人点头才行", (3, 4)),
        ("一年开几次会", (1,)),
        ("派几个人参加", (2,)),
        ("几岁可以参加", (0, 3)),
        ("会议多长时间通知", ()),
    ],
)
def test_an_amount_is_of_the_kind_asked_for(question: str, said: tuple[int, ...]) -> None:
    """Ages, how often and how many are sent are no answer to how many must agree; a period is none of these."""
    told = {at for at, sentence in enumerate(MEETING) if asked.says_amount(sentence, question)}
    assert told == set(said)


def test_a_fine_and_a_period_are_told_apart() -> None:
    fine, period = "处五百元以上一千元以下罚款。", "应当自受理之日起六十日内办结。"
    assert [asked.says_amount(fine, "乱停车罚多少"), asked.says_amount(period, "乱停车罚多少")] == [True, False]
    assert [asked.says_amount(fine, "多少天办完"), asked.says_amount(period, "多少天办完")] == [False, True]


def test_a_third_sentence_of_a_passage_gives_way_to_the_next_passage() -> None:
    """By hand, of cosines 0.9 to 0.3 and passages 1 to 0.5: scores 1, 0.975 and 0.917 of the first passage, 0.95 of the
    next; 0.917 is under 0.95 of the best. At a cosine of 0.89 it is 0.992."""
    texts = ("甲句最近。", "乙句也近。", "丙句稍远。", "丁句在别处。")
    found = [
        candidate(text, cosine, start=10 * at)
        for at, (text, cosine) in enumerate(zip(texts, (0.9, 0.87, 0.8), strict=False))
    ]
    found.append(replace(candidate(texts[3], 0.85, passage=1), passage_score=0.99))
    found.append(candidate("无关。", 0.3, passage=5))
    assert chosen("问题", found) == ["甲句最近。", "乙句也近。", "丁句在别处。"]
    assert chosen("问题", [*found[:2], replace(found[2], cosine=0.89), *found[3:]]) == list(texts)


def test_few_passages_are_not_torn_apart() -> None:
    """Cosines 0.02 apart: over a spread of at least 0.1 the second has 1 - 0.02 / 0.1 = 0.8, so 0.9 of the best;
    stretched over their own 0.02 it would have 0.5 and not be told."""
    found = [candidate(text, cosine, start=9 * at) for at, (text, cosine) in enumerate([("甲。", 0.9), ("乙。", 0.88)])]
    assert scored("问题", found) == pytest.approx([1.0, 0.9])
    assert chosen("问题", found) == ["甲。", "乙。"]


def test_every_part_of_a_question_is_heard() -> None:
    """好差评 fills the answer; the window's sentence, at 0.7 of the best, comes after the best passage."""
    found = [
        candidate("实行好差评制度。", 0.90),
        candidate("好差评覆盖全部事项。", 0.89, start=20),
        candidate("好差评可以匿名。", 0.88, passage=1),
        candidate("设置综合窗口，一窗通办。", 0.80, passage=2),
        candidate("别的事。", 0.40, passage=5),
    ]
    weights = {"好差": 7.0, "差评": 7.0, "一窗": 6.6, "做法": 3.0, "和": 0.5}
    question = "好差评和一窗受理的做法"
    assert "设置综合窗口，一窗通办。" not in chosen(question, found)
    told = [found[one.candidate].text for one in choose(question, found, weights)]
    assert told == ["实行好差评制度。", "好差评覆盖全部事项。", "设置综合窗口，一窗通办。", "好差评可以匿名。"]


def test_a_part_that_only_far_sentences_speak_of_is_not_forced_in() -> None:
    found = [candidate("实行好差评制度。", 0.90), candidate("一窗通办。", 0.40, passage=5)]
    assert [one.candidate for one in choose("好差评和一窗受理", found, {"差评": 7.0, "一窗": 6.6})] == [0]


def test_the_parts_of_a_question_and_the_words_that_tell_them() -> None:
    weights = {"差评": 7.0, "一窗": 6.6, "受理": 3.5, "窗": 6.0, "政务": 5.0}
    assert parts("政务好差评、政务一窗受理", weights) == [("差评",), ("一窗",)]
    assert parts("一窗受理", weights) == []
    assert held(("一窗", "差评"), "實行一窗受理", weights) == 6.6


def test_confidence_rises_with_the_distance_from_other_subjects() -> None:
    doubt = Doubt(0.62, 0.04)
    by_nearness = [doubt.confidence(cosine, 12) for cosine in (0.62, 0.66, 0.70, 0.78)]
    assert by_nearness == sorted(by_nearness)
    # Worked out by hand: 0.80 a spread, 0.75 ln 12 - 2.98 = -1.116.
    assert by_nearness[0] == pytest.approx(0.247, abs=0.001)
    assert by_nearness[-1] == pytest.approx(0.889, abs=0.001)


def test_a_long_question_may_be_less_near() -> None:
    doubt = Doubt(0.62, 0.04)
    assert doubt.confidence(0.69, 8) < EVEN_POINT < doubt.confidence(0.69, 40)


def test_confidence_bears_odd_values() -> None:
    assert 0.0 <= Doubt(0.0, 0.0).confidence(-1.0, 0) <= Doubt(0.0, 0.0).confidence(1.0, 5_000) <= 1.0


def test_questions_on_other_subjects_are_different_ones() -> None:
    assert len(set(QUESTIONS)) == len(QUESTIONS) >= 40


def test_every_citation_is_a_slice_of_its_article(knowledge: KnowledgeBase, articles: Path) -> None:
    knowledge.build([articles])
    answer = knowledge.ask("没有物业的小区由谁托底")
    for one in answer.sentences:
        quote = one.quote
        assert quote.text == knowledge.article(quote.article_id).text[quote.start : quote.end]
    plain = answers.plain(answer)
    assert set(plain) == {"question", "refused", "confidence", "sentences", "practices", "nearest"}


def test_without_vectors_of_sentences_the_same_sentences_answer(settings: Settings, articles: Path) -> None:
    """`KB_SENTENCES=false` embeds no sentence at a build, those of an answer when it is asked for; the next build with
    the setting makes up for them."""
    with_them, without = CharacterEncoder(), CharacterEncoder()
    told = []
    for name, encoder in (("with", with_them), ("without", without)):
        chosen = settings.model_copy(update={"index": settings.index / name, "sentences": name == "with"})
        with KnowledgeBase.open(settings=chosen, encoder=encoder) as knowledge:
            knowledge.build([articles])
            assert bool(encoder.sentences) == (name == "with")
            told.append([one.quote for one in knowledge.ask("没有物业的小区由谁托底").sentences])
    assert told[0] == told[1] != []
    with KnowledgeBase.open(settings=settings.model_copy(update={"index": chosen.index}), encoder=without) as knowledge:
        without.sentences.clear()
        knowledge.build([articles])
    assert sorted(without.sentences) == sorted(with_them.sentences)


def test_a_warning_travels_with_the_sentence(knowledge: KnowledgeBase, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("全年調解糾紛3?件，群眾滿意度提高。村民代表大會每季度召開。\n", encoding="utf-8")
    knowledge.add([tmp_path / "a.txt"])
    sentences = knowledge.ask("全年調解糾紛多少件").sentences
    told = [flag.note for one in sentences for flag in one.flags]
    assert told in ([], ["此处缺字，相邻数字可能不全"])
    assert bool(told) == any("3?" in one.quote.text for one in sentences)


def test_filters_and_bad_questions(knowledge: KnowledgeBase, articles: Path) -> None:
    knowledge.build([articles])
    with pytest.raises(QueryError):
        knowledge.ask("   ")
    assert knowledge.ask("物业", filters=Filters(region="没有这个地方")).refused


@pytest.mark.model
def test_the_corpus_answers_and_refuses(tmp_path: Path, cache: Path) -> None:
    """With the real model: a question of the field is answered from the right article, another subject is refused."""
    corpus = Path(__file__).resolve().parents[1] / "corpus" / "practices"
    pages = [corpus / f"{key}.md" for key in ("dongcheng-wangge", "hongse-wuye", "siyi-liang-gongkai")]
    with KnowledgeBase.open(settings=Settings(index=tmp_path / "index", cache=cache)) as knowledge:
        knowledge.add(pages)
        answer = knowledge.ask("东城区最初划了多少个网格")
        assert not answer.refused
        assert any("1652" in one.quote.text for one in answer.sentences)
        assert answer.practices[0].id == "dongcheng-wangge"
        refused = knowledge.ask("红烧肉怎么做才不腻")
        assert refused.refused
        assert refused.sentences == ()
        assert refused.nearest
