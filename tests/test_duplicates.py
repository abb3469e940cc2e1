"""Fingerprints and the search for duplicates: laws, values by hand, and what must and must not be told."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import PROJECT
from kb.sources.front_matter import read_front_matter
from kb.text.duplicates import Fingerprints, Match, compare, duplicates
from kb.text.fingerprint import FULL, NGRAM, Fingerprint, fingerprint, overlap, similarity
from kb.text.normalize import normalize
from kb.types import DuplicateKind
from small_corpus import article_text

to_traditional = opencc.OpenCC("s2t").convert
ALPHABET = "基层治理枫桥经验网格员巡查上报，。 \n矛盾化解1a"
texts = st.text(alphabet=ALPHABET, max_size=300)


def page(name: str) -> str:
    """The body of a page of the starter corpus."""
    return read_front_matter((PROJECT / "corpus" / name).read_text(encoding="utf-8"), name)[1]


@pytest.fixture(scope="module")
def article() -> str:
    return page("articles/laojiu-xiaoqu-wu-wuye.md")


def printed(text: str) -> Fingerprint:
    return fingerprint(normalize(text))


def kind(of: str, other: str) -> DuplicateKind | None:
    judged = compare(printed(of), printed(other))
    return judged[0] if judged else None


def test_an_exact_copy(article: str) -> None:
    assert kind(article, article) is DuplicateKind.EXACT


def test_other_marks_widths_and_line_breaks_make_no_difference(article: str) -> None:
    other = article.replace("\n", " ").replace("，", ",").replace("1", "１").upper()
    assert printed(other) == printed(article)


def test_the_same_in_the_other_script_is_a_copy(article: str) -> None:
    assert to_traditional(article) != article
    assert kind(to_traditional(article), article) is DuplicateKind.EXACT


def test_a_copy_with_the_head_and_foot_of_a_web_page_contains_the_article(article: str) -> None:
    head, foot = "首页政务公开政策文件字号大中小打印本页分享到" * 8, "主办单位市人民政府办公室网站标识码版权所有" * 16
    assert kind(f"{head}\n{article}\n{foot}", article) is DuplicateKind.CONTAINS
    assert kind(article, f"{head}\n{article}\n{foot}") is DuplicateKind.CONTAINED


def test_an_excerpt_is_contained_and_the_other_way_round(article: str) -> None:
    excerpt = article[300:600]
    assert (kind(excerpt, article), kind(article, excerpt)) == (DuplicateKind.CONTAINED, DuplicateKind.CONTAINS)


@pytest.mark.parametrize("seed", range(3))
def test_a_copy_with_a_tenth_of_its_characters_changed_is_near(article: str, seed: int) -> None:
    chance = random.Random(seed)
    changed = "".join(chance.choice(article) if chance.random() < 0.1 else character for character in article)
    assert kind(changed, article) is DuplicateKind.NEAR


def test_a_copy_without_every_tenth_sentence_is_near(article: str) -> None:
    kept = [one for number, one in enumerate(article.split("。")) if number % 10 != 5]
    assert kind("。".join(kept), article) is DuplicateKind.NEAR


def test_glosses_within_the_text_make_no_difference(article: str) -> None:
    assert printed(article.replace("物", "物(wù)")) == printed(article)


def test_no_two_pages_of_the_starter_corpus_are_taken_for_copies() -> None:
    found = {file.stem: printed(page(f"{file.parent.name}/{file.name}")) for file in PROJECT.glob("corpus/*/*.md")}
    known = Fingerprints(found)
    assert len(found) > 20
    assert {key: [match.key for match in known.like(one)] for key, one in found.items()} == {
        key: [key] for key in found
    }


@pytest.mark.shared
def test_no_two_statutes_are_taken_for_copies(shared: Path) -> None:
    import json

    whole: dict[str, str] = {}
    for line in (shared / "gov" / "corpus.jsonl").read_text(encoding="utf-8").splitlines():
        passage = json.loads(line)
        whole[passage["doc_id"]] = whole.get(passage["doc_id"], "") + passage["text"] + "\n"
    found = {key: printed(text) for key, text in whole.items()}
    known = Fingerprints(found)
    assert {key: [match.key for match in known.like(one)] for key, one in found.items()} == {
        key: [key] for key in found
    }


def test_short_texts_are_only_told_when_they_are_the_same() -> None:
    assert kind("本条例自2024年1月1日起施行。", "本条例自2024年5月1日起施行。") is None
    assert kind("本条例自公布之日起施行。", "本條例自公布之日起施行") is DuplicateKind.EXACT


def shingles(text: str) -> set[str]:
    letters = "".join(character for character in text if character.isalnum())
    return {letters[at : at + NGRAM] for at in range(max(1, len(letters) - NGRAM + 1))} - {""}


@given(texts, texts)
@settings(deadline=None, max_examples=200)
def test_law_short_texts_are_compared_without_any_error(one: str, other: str) -> None:
    """Up to FULL shingles every one is kept, so the estimate is the value itself."""
    assert len(one) <= FULL
    latin = [sum(character.isascii() and character.isalpha() for character in text) for text in (one, other)]
    if any(latin):
        one, other = one.replace("a", "甲"), other.replace("a", "甲")
    both, either = shingles(one) & shingles(other), shingles(one) | shingles(other)
    same = "".join(filter(str.isalnum, one)) == "".join(filter(str.isalnum, other))
    expected = 1.0 if same else len(both) / max(1, len(either))
    assert similarity(fingerprint(one), fingerprint(other)) == pytest.approx(expected)


@given(texts, texts)
@settings(deadline=None, max_examples=100)
def test_law_comparing_goes_both_ways(one: str, other: str) -> None:
    first, second = fingerprint(one), fingerprint(other)
    there, back = overlap(first, second), overlap(second, first)
    assert there.jaccard == back.jaccard
    assert (there.first_in_second, there.first_covered) == (back.second_in_first, back.second_covered)
    opposite = {DuplicateKind.CONTAINS: DuplicateKind.CONTAINED, DuplicateKind.CONTAINED: DuplicateKind.CONTAINS}
    found, returned = compare(first, second), compare(second, first)
    assert (found is None) == (returned is None)
    if found and returned and DuplicateKind.CONTAINED not in (found[0], returned[0]):
        assert opposite.get(found[0], found[0]) is returned[0]


@given(texts)
@settings(deadline=None, max_examples=100)
def test_law_bytes_give_the_fingerprint_back(text: str) -> None:
    one = fingerprint(text)
    assert Fingerprint.from_bytes(one.to_bytes()) == one


@pytest.mark.parametrize("data", [b"", b"\x01", b"\x02" + bytes(17), b"\x01" + bytes(18)])
def test_other_bytes_are_no_fingerprint(data: bytes) -> None:
    with pytest.raises(ValueError, match="not a fingerprint"):
        Fingerprint.from_bytes(data)


@pytest.mark.parametrize("length", [600, 3_000, 20_000, 200_000])
def test_the_estimate_of_long_texts_is_near_the_value(length: int) -> None:
    chance = random.Random(length)
    text = "".join(chr(0x4E00 + chance.randrange(3000)) for _ in range(length))
    half = text[: length // 2]
    found = overlap(fingerprint(half), fingerprint(text))
    assert found.jaccard == pytest.approx(0.5, abs=0.08)
    assert found.first_in_second == pytest.approx(1.0, abs=0.01)
    assert found.first_covered == 1.0
    assert found.second_covered == pytest.approx(0.5, abs=0.06)


def test_a_sketch_stays_small() -> None:
    sizes = {length: len(fingerprint(article_text(1) * 0 + "".join(map(chr, range(0x4E00, 0x4E00 + length)))).sketch)
             for length in (100, 500, 5_000, 20_000)}  # fmt: skip
    assert sizes[100] == 4 * 96
    assert sizes[500] == 4 * 496
    assert 0.8 * 5_000 < sizes[5_000] < 1.2 * 5_000  # a quarter, four bytes each
    assert 0.9 * 20_000 < sizes[20_000] < 1.1 * 20_000


def test_matches_come_most_alike_first(article: str) -> None:
    among = {
        "摘": printed(article[200:500]),
        "同": printed(to_traditional(article)),
        "改": printed(article.replace("的", "之")),
        "别": printed(page("articles/duowang-heyi-zhinan.md")),
    }
    found = duplicates(printed(article), among)
    assert [(match.key, match.kind) for match in found] == [
        ("同", DuplicateKind.EXACT),
        ("改", DuplicateKind.NEAR),
        ("摘", DuplicateKind.CONTAINS),
    ]
    assert found[0] == Match("同", DuplicateKind.EXACT, 1.0)
    assert all(0.9 <= match.similarity <= 1.0 for match in found)


def test_what_is_added_later_is_found_as_what_was_there() -> None:
    many = {f"a{number}": printed(article_text(number)) for number in range(300)}
    at_once, later = Fingerprints(many), Fingerprints({})
    for key, one in many.items():
        later.add(key, one)
        assert later.like(one) == (Match(key, DuplicateKind.EXACT, 1.0),)
    assert [at_once.like(one) for one in many.values()] == [later.like(one) for one in many.values()]


def test_what_is_added_under_a_known_key_takes_its_place(article: str) -> None:
    known = Fingerprints({"甲": printed(article)})
    known.add("甲", printed(page("articles/duowang-heyi-zhinan.md")))
    assert known.like(printed(article)) == ()
    assert len(known) == 1


class Lazy(Mapping[str, Fingerprint]):
    """Fingerprints that lie elsewhere; counts what is asked for one by one."""

    def __init__(self, held: dict[str, Fingerprint]) -> None:
        self.held, self.asked = held, list[str]()

    def __getitem__(self, key: str) -> Fingerprint:
        self.asked.append(key)
        return self.held[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.held)

    def __len__(self) -> int:
        return len(self.held)


def test_only_the_few_that_may_be_alike_are_compared() -> None:
    lazy = Lazy({f"a{number}": printed(article_text(number)) for number in range(200)})
    known = Fingerprints(lazy)
    lazy.asked.clear()
    assert [match.key for match in known.like(lazy.held["a7"])] == ["a7"]
    assert len(lazy.asked) < 20


def test_a_hundred_thousand_are_searched_in_milliseconds() -> None:
    import time

    chance = np.random.default_rng(3)
    many = {
        str(number): Fingerprint(
            number.to_bytes(16, "big"), 2, chance.integers(0, 2**30, 60, dtype=np.uint32).tobytes()
        )
        for number in range(100_000)
    }
    known = Fingerprints(many)
    started = time.perf_counter()
    assert all(known.like(many[str(number)])[0].key == str(number) for number in range(0, 100_000, 1_000))
    assert time.perf_counter() - started < 5  # a hundred questions; one takes about 2 ms
