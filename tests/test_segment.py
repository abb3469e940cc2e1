"""Terms of the lexical leg: words by hand, and the laws of their places."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from pathlib import Path

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.sources.read import find_files, read_file
from kb.text.dictionary import Words
from kb.text.explain import Cut, Origin
from kb.text.normalize import normalize
from kb.text.segment import Segmenter, Token
from kb.types import Document

to_traditional = opencc.OpenCC("s2tw").convert

PRACTICES = Path(__file__).resolve().parents[1] / "corpus" / "practices"

matching_texts = st.text(
    alphabet=st.one_of(st.characters(), st.sampled_from("枫桥经验网格员基层治理的第十二条１2.5%abc ，。\n𠮷ー")),
    max_size=60,
).map(normalize)


def practice_names() -> list[str]:
    """Every name of every practice of the starter corpus."""
    documents = [document for file in find_files([PRACTICES]) for document in read_file(file)]
    return [
        name
        for document in documents
        if isinstance(document, Document) and document.practice
        for name in document.practice.names
    ]


@pytest.fixture(scope="module")
def plain(cache: Path) -> Segmenter:
    return Segmenter(cache=cache)


@pytest.fixture(scope="module")
def with_names(cache: Path) -> Segmenter:
    return Segmenter(practice_names(), cache=cache)


def words(segmenter: Segmenter, written: str) -> list[str]:
    return [token.term for token in segmenter.words(normalize(written))]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("基层治理现代化", ["基层", "治理", "现代化"], id="词"),
        pytest.param("基層治理現代化", ["基层", "治理", "现代化"], id="繁体同样切"),
        pytest.param("显著提升", ["显着", "提升"], id="词典随匹配形折过"),
        pytest.param("答覆群眾", ["答复", "群众"], id="机器转换的异体"),
        pytest.param("发现问题，就上报。", ["发现", "问题", "就", "上报"], id="不要标点"),
        pytest.param("达到９６.5％", ["达到", "96.5%"], id="数字不拆"),
        pytest.param("１２３４５热线", ["12345", "热线"], id="数字与汉字分开"),
        pytest.param("OK，street街道", ["ok", "street", "街道"], id="字母与汉字分开"),
        pytest.param("——！？", [], id="只有标点"),
        pytest.param("", [], id="空"),
    ],
)
def test_words(plain: Segmenter, written: str, expected: list[str]) -> None:
    assert words(plain, written) == expected


def test_tokens_are_words_the_words_within_them_and_every_pair(plain: Segmenter) -> None:
    assert plain.tokens("治理现代化，a") == [
        Token("治理", 0, 2),
        Token("现代", 2, 4),
        Token("现代化", 2, 5),
        Token("a", 6, 7),
        Token("治理", 0, 2),
        Token("理现", 1, 3),
        Token("现代", 2, 4),
        Token("代化", 3, 5),
    ]


def test_pairs_do_not_reach_across_punctuation(plain: Segmenter) -> None:
    assert "理网" not in {token.term for token in plain.tokens("治理，网格")}


def test_an_own_term_is_kept_whole_in_both_scripts(plain: Segmenter, cache: Path) -> None:
    own = Segmenter(["楓橋警務"], cache=cache)
    assert words(plain, "学习枫桥警务") == ["学习", "枫桥", "警务"]
    assert words(own, "学习枫桥警务") == words(own, "學習楓橋警務") == ["学习", "枫桥警务"]


def test_an_own_term_wins_over_two_common_words(plain: Segmenter, cache: Path) -> None:
    assert words(plain, "做好群众工作") == ["做好", "群众", "工作"]
    assert words(Segmenter(["群众工作"], cache=cache), "做好群众工作") == ["做好", "群众工作"]


def test_practice_names_are_kept_whole(with_names: Segmenter) -> None:
    """Names with marks in them (街乡吹哨、部门报到) cannot be one word; every other one is."""
    unmarked = {normalize(name) for name in practice_names() if name.isalnum()}
    assert len(unmarked) > 50
    broken = {name: words(with_names, f"学习{name}的做法") for name in unmarked}
    assert {name: cut for name, cut in broken.items() if cut != ["学习", name, "的", "做法"]} == {}


def test_every_practice_has_a_name_that_can_be_kept_whole() -> None:
    documents = [document for file in find_files([PRACTICES]) for document in read_file(file)]
    practices = [document.practice for document in documents if isinstance(document, Document)]
    assert [practice.id for practice in practices if practice and not any(map(str.isalnum, practice.names))] == []


def test_the_fingerprint_tells_what_terms_there_are_and_nothing_else(tmp_path: Path) -> None:
    one = Segmenter(["枫桥经验", "网格员"], cache=tmp_path)
    same = Segmenter(["網格員", "楓橋經驗", "网格员", "格"])  # order, script, repetition; one character is no term
    assert one.fingerprint == same.fingerprint
    assert len({one.fingerprint, Segmenter(["枫桥经验"]).fingerprint, Segmenter().fingerprint}) == 3
    assert list(tmp_path.iterdir()) == []  # asking loads nothing


def test_the_dictionary_is_folded_without_loss(dictionary: Words) -> None:
    entries = [entry for character in dictionary.lines for entry in dictionary.beginning_with(character)]
    folded = {word: count for word, count, _place in entries}
    assert len(folded) == len(entries)
    original = resources.files("jieba").joinpath("dict.txt").read_text(encoding="utf-8").splitlines()
    assert folded["显着"] == 2724  # 显著 2721 and 显着 3
    assert "显著" not in folded
    assert sum(folded.values()) == dictionary.total == sum(int(line.split(" ")[1]) for line in original)


def test_works_where_the_cache_cannot_be_written(
    plain: Segmenter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    unwritable = Segmenter(cache=tmp_path / "file" / "cache")
    assert words(unwritable, "基層治理現代化") == words(plain, "基层治理现代化")


def test_several_threads_may_ask_at_once(plain: Segmenter, cache: Path) -> None:
    fresh = Segmenter(cache=cache)  # not loaded yet: the first text loads it, once
    texts = [f"第{number}条 网格员每天巡查" for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        at_once = list(pool.map(fresh.tokens, texts))
    assert at_once == [plain.tokens(text) for text in texts]


@given(matching_texts)
@settings(deadline=None, max_examples=150)
def test_words_lie_in_order_and_leave_out_only_punctuation(plain: Segmenter, text: str) -> None:
    end = 0
    for token in plain.words(text):
        assert text[token.start : token.end] == token.term
        assert token.start >= end
        assert not any(map(str.isalnum, text[end : token.start]))
        end = token.end
    assert not any(map(str.isalnum, text[end:]))


@given(matching_texts)
@settings(deadline=None, max_examples=150)
def test_tokens_stand_where_they_say_and_hold_every_word(plain: Segmenter, text: str) -> None:
    tokens = plain.tokens(text)
    assert all(text[token.start : token.end] == token.term for token in tokens)
    assert set(plain.words(text)) <= set(tokens)
    pairs = {
        (at, text[at : at + 2])
        for at in range(len(text) - 1)
        if all("\u4e00" <= character <= "\u9fff" for character in text[at : at + 2])
    }
    assert pairs <= {(token.start, token.term) for token in tokens}


@given(st.text(alphabet="基层治理的枫桥经验网格员发现问题就地上报，。", max_size=40))
@settings(deadline=None, max_examples=60)
def test_the_script_does_not_matter(plain: Segmenter, text: str) -> None:
    assert plain.tokens(normalize(to_traditional(text))) == plain.tokens(normalize(text))


@pytest.fixture(scope="module")
def mixed(cache: Path) -> Segmenter:
    return Segmenter(["群众工作"], names=["楓橋經驗"], added=["網格吹哨"], cache=cache)


@pytest.mark.parametrize(
    ("written", "origin", "frequency", "alone", "within"),
    [
        pytest.param("楓橋經驗", Origin.NAME, 0, ("枫桥", "经验"), ("枫桥", "经验"), id="实践名"),
        pytest.param("群众工作", Origin.TERM, 0, ("群众", "工作"), ("群众", "工作"), id="词表"),
        pytest.param("网格吹哨", Origin.ADDED, 0, ("网格", "吹哨"), ("网格", "吹哨"), id="自加"),
        pytest.param("显著", Origin.DICTIONARY, 2724, ("显着",), (), id="词典"),
        pytest.param("現代化", Origin.DICTIONARY, 6157, ("现代化",), ("现代",), id="词典里的长词"),
        pytest.param("杜禹莲", Origin.UNKNOWN, 0, ("杜禹莲",), (), id="新词"),
        pytest.param("的", Origin.CHARACTER, 318825, ("的",), (), id="单字"),
        pytest.param("１２３４５", Origin.NUMBER, 0, ("12345",), (), id="数字"),
        pytest.param("96.5%", Origin.NUMBER, 0, ("96.5%",), (), id="百分数"),
        pytest.param("Street", Origin.LATIN, 0, ("street",), (), id="字母"),
    ],
)
def test_a_word_is_explained(
    mixed: Segmenter, written: str, origin: Origin, frequency: int, alone: tuple[str, ...], within: tuple[str, ...]
) -> None:
    (found,) = mixed.explain(written)
    assert (found.text, found.term, found.start, found.end) == (written, normalize(written), 0, len(written))
    assert (found.origin, found.frequency, found.within) == (origin, frequency, within)
    assert tuple(cut.term for cut in found.alone) == alone
    assert "".join(cut.term for cut in found.alone) == found.term


def test_another_cut_is_shown_where_it_crosses_a_border(cache: Path) -> None:
    own = Segmenter(added=["社区网"], cache=cache)
    explained = own.explain("社区网格员")
    assert [(word.term, word.alone) for word in explained] == [
        ("社区网", (Cut("社区", 0, 2), Cut("网格", 2, 4))),
        ("格员", (Cut("网格", 2, 4), Cut("员", 4, 5))),
    ]


@given(matching_texts)
@settings(deadline=None, max_examples=60)
def test_law_the_explanation_is_of_the_words_that_are_searched(with_names: Segmenter, text: str) -> None:
    explained = with_names.explain(text)
    assert [Token(word.term, word.start, word.end) for word in explained] == with_names.words(text)
    assert all(word.text == text[word.start : word.end] for word in explained)
    searched = {token.term for token in with_names.tokens(text)}
    assert all(set(word.within) <= searched for word in explained)


def test_other_terms_on_the_same_dictionary_cut_as_if_loaded_anew(plain: Segmenter, cache: Path) -> None:
    text = normalize("街乡吹哨部门报到，群众工作做好了，枫桥经验推开了。")
    other = Segmenter(["群众工作", "枫桥经验"], cache=cache)
    assert other.with_terms(["吹哨部门"]).tokens(text) == Segmenter(["吹哨部门"], cache=cache).tokens(text)
    assert other.with_terms(()).tokens(text) == plain.tokens(text)
    assert other.with_terms(other.terms).fingerprint == other.fingerprint


def test_law_a_term_changes_only_texts_that_hold_it(plain: Segmenter) -> None:
    """What the partial renewal of the lexical index rests on (`kb.knowledge.caching`).

    Thousands of terms, so that it would show if they changed the weights of other words.
    """
    many = plain.with_terms(f"龘{chr(0x4E00 + number)}" for number in range(3000))
    texts = [normalize(page.read_text(encoding="utf-8")) for page in sorted(PRACTICES.glob("*.md"))[:20]]
    assert not any("龘" in text for text in texts)
    assert [many.tokens(text) for text in texts] == [plain.tokens(text) for text in texts]
