"""Quotations and citations held against an index: verdicts, places, what becomes of citations, what cannot be asked."""

from __future__ import annotations

import re
import threading
import time
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import CharacterEncoder
from kb.config import Settings
from kb.errors import IndexStateError, QueryError
from kb.knowledge import KnowledgeBase, quoting
from kb.search.verdicts import CitationState, Verdict, Verification
from kb.types import Citation, FlagKind, Quote
from small_corpus import article_text, write_articles

RULES = """# 议事规则

第一条　村级重大事项由村民会议讨论决定，村党组织提议，村两委会商议，党员大会审议。
第二条　决议公开，实施结果公开；群众不满意的，重新办理。

## 附则

全村共有1652户，每年召开会议不少于2次。
"""
FIRST = "没有物业的小区由社区先托底。业主可以组建自管会。"


@pytest.fixture
def held(knowledge: KnowledgeBase, articles: Path) -> KnowledgeBase:
    """An index of the three small articles and of some rules."""
    (articles / "guize.md").write_text(RULES, encoding="utf-8")
    knowledge.build([articles])
    return knowledge


def where(found: Verification) -> list[tuple[str, str]]:
    return [(place.article_id, "…".join(quote.text for quote in place.quotes)) for place in found.places]


def slices(knowledge: KnowledgeBase, found: Verification) -> bool:
    """Promise 1: what is quoted is what was written."""
    return all(
        quote.text == knowledge.article(quote.article_id).text[quote.start : quote.end]
        for place in found.places
        for quote in place.quotes
    )


# -- verdicts


@pytest.mark.parametrize(
    ("text", "verdict", "place", "differs"),
    [
        ("没有物业的小区由社区先托底", "exact", ("wuye", "没有物业的小区由社区先托底"), []),
        ("沒有物業的小區由社區先託底", "exact", ("wuye", "没有物业的小区由社区先托底"), ["script"]),
        ("小事不出村，大事不出镇。", "exact", ("fengqiao", "小事不出村，大事不出鎮。"), ["script"]),
        ("小事不出村,大事不出鎮.", "punctuation", ("fengqiao", "小事不出村，大事不出鎮"), ["punctuation"]),
        (
            "由社区先托底业主可以组建自管会",
            "punctuation",
            ("wuye", "由社区先托底。业主可以组建自管会"),
            ["punctuation"],
        ),
        ("决议公开， 实施结果公开", "punctuation", ("guize", "决议公开，实施结果公开"), ["spaces"]),
        ("網格員每天巡查……上報", "exact", ("wangge", "网格员每天巡查…上报"), ["script"]),
        ("全村共有１６５２户", "exact", ("guize", "全村共有1652户"), ["form"]),
    ],
)
def test_what_agrees(held: KnowledgeBase, text: str, verdict: str, place: tuple[str, str], differs: list[str]) -> None:
    found = held.verify(text)
    assert (found.verdict.value, where(found), found.count) == (verdict, [place], 1)
    assert [one.value for one in found.places[0].differs] == differs
    assert found.places[0].edits == ()
    assert slices(held, found)


@pytest.mark.parametrize(
    ("text", "article", "edits"),
    [
        ("没有物业的小区由街道先托底", "wuye", [("replaced", "街道", "社区")]),
        ("沒有物業由社區先託底", "wuye", [("left_out", "", "的小区")]),
        ("楓橋經驗講究就地及時化解矛盾", "fengqiao", [("added", "及時", "")]),
        ("全村共有652户，每年召开会议不少于2次", "guize", [("left_out", "", "1")]),
        ("全村共有1652户，每年召开会议不少于12次", "guize", [("added", "1", "")]),
    ],
)
def test_what_was_altered(held: KnowledgeBase, text: str, article: str, edits: list[tuple[str, str, str]]) -> None:
    found = held.verify(text)
    assert found.verdict is Verdict.ALTERED
    (place,) = found.places
    assert place.article_id == article
    assert [(edit.kind.value, edit.quoted, edit.written) for edit in place.edits] == edits
    assert 0.5 < place.similarity < 1
    assert slices(held, found)
    whole = held.article(article).text
    for edit in place.edits:
        assert found.quotation[edit.quotation.start : edit.quotation.end] == edit.quoted
        assert whole[edit.article.start : edit.article.end] == edit.written


@pytest.mark.parametrize(
    "text", ["红烧肉要用小火慢慢地炖", "大事不出省", "the quick brown fox", "物业费由财政全额承担", "12345"]
)
def test_what_is_not_there(held: KnowledgeBase, text: str) -> None:
    assert held.verify(text) == Verification(text, Verdict.NOT_FOUND)


def test_the_place_tells_where_it_is_from_and_what_stands_around(held: KnowledgeBase) -> None:
    (place,) = held.verify("每年召开会议").places
    assert (place.title, place.headings, place.before, place.after) == (
        "议事规则", ("附则",), "全村共有1652户，", "不少于2次。"
    )  # fmt: skip
    (place,) = held.verify("小事不出村").places
    assert (place.source, place.date) == ("平安報", "2024")


def test_a_heading_can_be_quoted(held: KnowledgeBase) -> None:
    assert where(held.verify("老舊小區沒有物業怎麼辦")) == [("wuye", "老旧小区没有物业怎么办")]


def test_pieces_in_another_order_are_told(held: KnowledgeBase) -> None:
    found = held.verify("群众不满意的，重新办理……村级重大事项由村民会议讨论决定")
    assert (found.verdict, found.places[0].reordered, found.places[0].edits) == (Verdict.ALTERED, True, ())


def test_a_guessed_or_lost_character_is_told_with_the_place(knowledge: KnowledgeBase, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("全年調解糾紛3?件，群眾滿意度提高。村民代表大會每季度召開。\n", encoding="utf-8")
    knowledge.add([tmp_path / "a.txt"])
    (place,) = knowledge.verify("全年调解纠纷3?件").places
    assert [flag.kind for flag in place.flags] == [FlagKind.LOST]
    assert knowledge.verify("村民代表大會每季度召開").places[0].flags == ()


# -- across passages, in many articles


@pytest.fixture
def many(knowledge: KnowledgeBase, tmp_path: Path) -> KnowledgeBase:
    """Twelve articles of several passages each, all with one sentence in common."""
    folder = tmp_path / "many"
    write_articles(folder, range(12))
    for number in range(12):
        text = "\n\n".join(article_text(number, version) for version in (1, 2, 3)) + "本条由县级人民政府负责解释。\n"
        (folder / f"{number:04}.txt").write_text(text, encoding="utf-8")
    knowledge.build([folder])
    return knowledge


def test_a_quotation_may_lie_across_passages(many: KnowledgeBase) -> None:
    article = many.article("0003")
    passages = many.passages("0003")
    assert len(passages) > 2
    for before, after in pairwise(passages):
        text = article.text[before.end - 40 : after.start + 40]
        found = many.verify(text)
        assert (found.verdict, found.count) == (Verdict.EXACT, 1)
        (quote,) = found.places[0].quotes
        assert article.text[quote.start : quote.end] == text.strip()
        altered = many.verify(text[:30] + text[33:])
        assert (altered.verdict, altered.places[0].article_id) == (Verdict.ALTERED, "0003")


def test_every_article_that_says_it_is_counted(many: KnowledgeBase) -> None:
    found = many.verify("本條由縣級人民政府負責解釋")
    assert (found.verdict, found.count, found.more) == (Verdict.EXACT, 12, False)
    assert len(found.places) == quoting.MOST_PLACES == len({place.article_id for place in found.places})


def test_of_more_than_are_looked_into_it_is_said(many: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quoting, "MOST_HOLDING", 5)
    monkeypatch.setattr(quoting, "LIKE", 5)
    found = many.verify("本条由县级人民政府负责解释")
    assert (found.count, found.more) == (5, True)


def test_the_article_that_is_cited_comes_first(many: KnowledgeBase) -> None:
    text = "本条由县级人民政府负责解释"
    start = many.article("0011").text.index(text)
    cited = Quote("0011", start, start + len(text), text).citation
    assert many.verify(f"“{text}”（{cited}）").places[0].article_id == "0011"


@given(number=st.integers(0, 11), start=st.integers(0, 700), length=st.integers(8, 150))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_slice_is_found_where_it_is(many: KnowledgeBase, number: int, start: int, length: int) -> None:
    whole = many.article(f"{number:04}").text
    text = whole[start : start + length].strip()
    if len(text) < 8 or text[0] in "0123456789" or text[-1] in "0123456789":
        return
    found = many.verify(text)
    assert found.verdict is Verdict.EXACT
    assert slices(many, found)
    assert found.count > len(found.places) or any(place.quotes[0].text == text for place in found.places)


def test_what_the_reference_names_comes_before_what_is_in_the_same_script(held: KnowledgeBase, tmp_path: Path) -> None:
    (tmp_path / "copy.md").write_text("# 转载\n\n小事不出村，大事不出镇。\n", encoding="utf-8")
    held.add([tmp_path / "copy.md"])
    text = "小事不出村，大事不出镇。"
    assert [key for key, _text in where(held.verify(text))] == ["copy", "fengqiao"]
    cited = held.passages("fengqiao")[0].citation
    assert [key for key, _text in where(held.verify(f"{text}（{cited}）"))] == ["fengqiao", "copy"]
    draft = f"“{text}”（《枫桥经验》）".encode()
    (one,) = held.verify_draft(draft, "a.txt").quotations
    assert [key for key, _text in where(one.verification)] == ["fengqiao", "copy"]


# -- citations


def state(knowledge: KnowledgeBase, citation: object) -> tuple[str, str]:
    check = knowledge.verify(str(citation)).cited
    assert check is not None
    return check.state.value, check.now.text if check.now else ""


def test_what_becomes_of_a_citation(held: KnowledgeBase, articles: Path) -> None:
    text = held.article("wuye").text
    start = text.index(FIRST)
    quote = Quote("wuye", start, start + len(FIRST), FIRST)
    head = "---\ntitle: 老旧小区没有物业怎么办\n---\n"
    assert state(held, quote.citation) == ("unchanged", FIRST)
    assert held.verify(str(quote.citation)).verdict is Verdict.EXACT

    def rewritten(body: str) -> tuple[str, str]:
        (articles / "wuye.md").write_text(head + body, encoding="utf-8")
        held.add([articles / "wuye.md"])
        return state(held, quote.citation)

    assert rewritten(f"前面添了一段说明。\n\n{FIRST}\n") == ("moved", FIRST)
    assert rewritten(text[:start] + FIRST + "后面添一句。\n") == ("unchanged", FIRST)
    changed = "没有物业的小区由社区先行托底。业主可以组建自管会。"
    assert rewritten(f"前面添了一段说明，比原来的长得多，也不相干。\n\n{changed}\n") == ("changed", changed)
    assert rewritten("这一篇现在讲的是停车位怎样划、充电桩装在哪里。\n") == ("removed", "")
    assert rewritten(f"改回来了。\n\n{FIRST}\n") == ("moved", FIRST)
    held.remove(["wuye"])
    check = held.verify(str(quote.citation)).cited
    assert check is not None
    assert (check.state, check.article_gone, check.elsewhere) == (CitationState.REMOVED, True, ())


def test_a_text_that_moved_to_another_article_is_found_there(held: KnowledgeBase, tmp_path: Path) -> None:
    cited = held.passages("wangge")[0].citation
    held.remove(["wangge"])
    (tmp_path / "new.txt").write_text("网格员每天巡查。发现问题就上报。\n", encoding="utf-8")
    held.add([tmp_path / "new.txt"])
    check = held.verify(str(cited)).cited
    assert check is not None
    assert [(quote.article_id, quote.text) for quote in check.elsewhere] == [
        ("new", "网格员每天巡查。发现问题就上报。")
    ]


def test_of_a_text_that_stands_twice_the_nearest_is_told(knowledge: KnowledgeBase, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("先登记。" + "甲乙丙丁。" * 20 + "先登记。后办结。\n", encoding="utf-8")
    knowledge.add([tmp_path / "a.txt"])
    check = knowledge.verify(str(Citation.of("a", 100, 104, "先登记。"))).cited
    assert check is not None
    assert check.now is not None
    assert (check.state, check.now.start) == (CitationState.MOVED, 104)


def test_what_is_found_can_be_cited(held: KnowledgeBase) -> None:
    hit = held.search("没有物业怎么办").hits[0]
    assert state(held, hit.citation) == ("unchanged", hit.passage.text)
    for sentence in held.ask("没有物业的小区由谁托底").sentences:
        assert state(held, sentence.quote.citation) == ("unchanged", sentence.quote.text)


def test_a_quotation_with_its_citation(held: KnowledgeBase) -> None:
    cited = held.passages("fengqiao")[0].citation
    for text in (f"“小事不出村，大事不出镇”（{cited}）", f"小事不出村，大事不出镇〔出处：{cited}〕。"):
        found = held.verify(text)
        assert (found.verdict, found.quotation) == (Verdict.EXACT, "小事不出村，大事不出镇")
        assert found.cited is not None
        assert found.cited.state is CitationState.UNCHANGED
    altered = held.verify(f"“小事不出门，大事不出镇”（{cited}）")
    assert altered.verdict is Verdict.ALTERED
    assert altered.cited is not None


@pytest.mark.parametrize("key", ["甲乙 丙@1-2", "「a」（b）", "x" * 300, "a@3-4~aaaaaaaaaaaaaaaa"])
def test_an_id_may_hold_anything(knowledge: KnowledgeBase, tmp_path: Path, key: str) -> None:
    (tmp_path / "a.md").write_text(f"---\nid: '{key}'\n---\n网格员每天巡查。\n", encoding="utf-8")
    knowledge.add([tmp_path / "a.md"])
    assert state(knowledge, Citation.of(key, 0, 8, "网格员每天巡查。")) == ("unchanged", "网格员每天巡查。")


@given(text=st.text(min_size=1, max_size=60), start=st.integers(0, 10**6), key=st.text(min_size=1, max_size=20))
def test_a_citation_is_read_as_it_was_written(text: str, start: int, key: str) -> None:
    made = Citation.of(key, start, start + len(text), text)
    assert made.names(text)
    if key == key.strip():
        assert Citation.parse(str(made)) == made
    assert not made.names(text + "。")


@pytest.mark.parametrize("text", ["。", "wuye", "wuye@3-2~aaaaaaaaaaaaaaaa", "wuye@1-2~short", "@1-2~aaaaaaaaaaaaaaaa"])
def test_what_is_no_citation(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)):
        Citation.parse(text)


def test_a_citation_survives_a_word_processor() -> None:
    made = Citation.of("wuye", 3, 40, FIRST)
    written = str(made).replace("-", "–").replace("~", "～").replace("@", "＠").upper().replace("WUYE", "wuye")
    assert Citation.parse(written) == made
    assert next(cited for _span, cited in Citation.all_in(f"见（{written}），又见{made}。")) == made


def test_a_changed_text_is_like_the_one_cited_and_another_is_not() -> None:
    cited = Citation.of("a", 0, 1, "居民委员会是居民自我管理、自我教育、自我服务的基层群众性自治组织。")
    assert cited.likeness("居民委员会是居民自我管理、自我教育、自我服务、自我监督的基层群众性自治组织。") >= 5
    assert cited.likeness("村民会议由村民委员会召集，十分之一以上的村民提议的，应当召集。") <= 2


# -- what cannot be asked


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "请给出要核对的引文"),
        (" \n\t", "请给出要核对的引文"),
        ("。", "引文太短"),
        ("……", "引文太短"),
        ("网", "引文太短"),
        ("🙂🙂🙂", "引文太短"),
        ("“" * 500, "引文太短"),
        ("[[[(((〔〔〔", "引文太短"),
        ("网格" * 1_500, "引文太长（3000 字"),
        ("x" * 10_000_000, "引文太长（10000000 字"),
    ],
)
def test_what_cannot_be_verified(held: KnowledgeBase, text: str, sentence: str) -> None:
    with pytest.raises(QueryError, match=sentence):
        held.verify(text)


@pytest.mark.parametrize(
    "text",
    [
        "网" * 2_000,
        "网…" * 900,
        "@1-2~" * 300,
        "\x00网格员\x00每天",
        "网格员每天\x00\x00巡查。发现问题就",
        "\ud800网格员每天巡查",
        "' OR 1=1 --",
        "wuye@0-1000000000~aaaaaaaaaaaaaaaa",
    ],
)
def test_hostile_texts_are_answered_soon(held: KnowledgeBase, text: str) -> None:
    begun = time.perf_counter()
    found = held.verify(text)
    assert "\\x00" not in str(found).encode().decode(), "neither a page nor a file can hold NUL"
    assert found.verdict in {Verdict.NOT_FOUND, Verdict.ALTERED, Verdict.PUNCTUATION}
    assert time.perf_counter() - begun < 3


@given(st.text(max_size=80))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_gets_a_verdict_or_a_reason(held: KnowledgeBase, text: str) -> None:
    with suppress(QueryError):
        assert slices(held, held.verify(text))


def test_without_an_index(settings: Settings, encoder: CharacterEncoder) -> None:
    with KnowledgeBase.open(settings=settings, encoder=encoder) as knowledge:
        with pytest.raises(IndexStateError, match="里还没有索引"):
            knowledge.verify("小事不出村")
        with pytest.raises(IndexStateError, match="里还没有索引"):
            knowledge.verify_draft(b"\xe2\x80\x9c", "a.md")


def test_no_model_is_loaded(held: KnowledgeBase, settings: Settings) -> None:
    encoder = CharacterEncoder()
    with KnowledgeBase.open(settings=settings, encoder=encoder) as knowledge:
        assert knowledge.verify("小事不出村").verdict is Verdict.EXACT
        assert knowledge.verify("小事不出门，大事不出镇").verdict is Verdict.ALTERED
    assert (encoder.encoded, encoder.sentences) == ([], [])


def test_several_threads_may_verify(held: KnowledgeBase) -> None:
    verdicts: list[Verdict] = []
    threads = [
        threading.Thread(target=lambda: verdicts.append(held.verify("小事不出村，大事不出镇").verdict))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert verdicts == [Verdict.EXACT] * 8
