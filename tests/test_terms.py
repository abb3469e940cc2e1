"""Terms added by hand: what they change, what they leave alone, and how long they stay."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from conftest import CharacterEncoder
from kb.cli import main
from kb.config import Settings
from kb.errors import IndexStateError, NotFoundError, QueryError
from kb.knowledge import KnowledgeBase, caching, engine
from kb.text.explain import Origin
from kb.types import Term
from small_corpus import WORDS, rankings, write_articles

NUMBERS = range(100)


@pytest.fixture
def recut(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many passages each update of the lexical index cut into words."""
    counts: list[int] = []
    original = caching._terms

    def counted(store: Any, segmenter: Any, wanted: set[int], progress: Any) -> Any:
        counts.append(len(wanted))
        return original(store, segmenter, wanted, progress)

    monkeypatch.setattr(caching, "_terms", counted)
    return counts


@pytest.fixture
def many(knowledge: KnowledgeBase, tmp_path: Path) -> Path:
    """A hundred made-up articles and two that speak of 红网格长."""
    folder = tmp_path / "many"
    write_articles(folder, NUMBERS)
    (folder / "a.txt").write_text("红网格长每天走访。楼长一起巡查。\n", encoding="utf-8")
    (folder / "b.txt").write_text("紅網格長負責上報。\n", encoding="utf-8")
    knowledge.build([folder])
    return folder


def changed(knowledge: KnowledgeBase, terms: Sequence[str], **options: bool) -> tuple[tuple[str, ...], list[str]]:
    change = knowledge.add_terms(terms, **options)
    return change.terms, [article.id for article in change.articles]


def test_a_term_is_one_word_in_questions_and_articles_from_now_on(knowledge: KnowledgeBase, many: Path) -> None:
    assert "红网格长" not in knowledge.search("红网格长", mode="lexical").terms
    assert changed(knowledge, ["红网格长"]) == (("红网格长",), ["a", "b"])
    result = knowledge.search("紅網格長是誰", mode="lexical")
    assert result.terms[0] == "红网格长"
    assert {hit.article.id for hit in result.hits[:2]} == {"a", "b"}
    hit = next(hit for hit in result.hits if hit.article.id == "b")
    assert "紅網格長" in [hit.article.text[span.start : span.end] for span in hit.highlights]


def test_only_the_passages_that_are_cut_differently_are_taken_anew(
    knowledge: KnowledgeBase, many: Path, encoder: CharacterEncoder, recut: list[int]
) -> None:
    embedded, passages = len(encoder.encoded), knowledge.info().passages
    assert passages > 100
    knowledge.add_terms(["红网格长"])
    assert recut == [2]
    assert len(encoder.encoded) == embedded
    assert knowledge.info().passages == passages
    knowledge.add_terms(["从未出现的词"])
    assert recut == [2, 0]
    knowledge.remove_terms(["紅網格長"])
    assert recut == [2, 0, 2]


def test_a_term_that_changes_a_larger_part_makes_the_index_anew(
    knowledge: KnowledgeBase, many: Path, recut: list[int]
) -> None:
    change = knowledge.add_terms([f"社区{word}" for word in WORDS])
    assert change.passages > 0.05 * knowledge.info().passages
    assert recut == [knowledge.info().passages]


@pytest.mark.parametrize("terms", [["红网格长"], ["红网格长", "社区街道", "矛盾化解"]])
def test_law_the_index_is_the_one_that_a_build_with_the_term_makes(
    knowledge: KnowledgeBase, many: Path, tmp_path: Path, settings: Settings, terms: list[str]
) -> None:
    knowledge.add_terms(terms)
    fresh = settings.model_copy(update={"index": tmp_path / "fresh"})
    with KnowledgeBase.open(settings=fresh, encoder=CharacterEncoder()) as other:
        (many / "lexicon").mkdir()
        (many / "lexicon" / "own.txt").write_text("\n".join(terms), encoding="utf-8")
        other.build([many])
        for asked in (*terms, "楼长走访社区"):
            found, expected = knowledge.search(asked, mode="lexical", k=110), other.search(asked, mode="lexical", k=110)
            assert found.terms == expected.terms
            assert {hit.passage.id for hit in found.hits} == {hit.passage.id for hit in expected.hits}
            assert [hit.article.id for hit in found.hits[:2]] == [hit.article.id for hit in expected.hits[:2]]


def test_a_dry_run_tells_and_changes_nothing(knowledge: KnowledgeBase, many: Path, recut: list[int]) -> None:
    before = rankings(knowledge)
    assert changed(knowledge, ["红网格长", "没有的词"], dry_run=True) == (("红网格长", "没有的词"), ["a", "b"])
    assert knowledge.terms() == []
    assert (rankings(knowledge), recut) == (before, [])


def test_taking_a_term_away_leaves_no_trace(knowledge: KnowledgeBase, many: Path) -> None:
    before = [[key for key, _score in ranking] for ranking in rankings(knowledge)]
    knowledge.add_terms(["社区街道", "红网格长"])
    change = knowledge.remove_terms(["社区街道", "紅網格長"])
    assert set(change.terms) == {"社区街道", "红网格长"}
    assert [[key for key, _score in ranking] for ranking in rankings(knowledge)] == before
    assert knowledge.terms() == []


def test_terms_stay_when_articles_come_and_go_and_the_index_is_opened_again(
    knowledge: KnowledgeBase, many: Path, settings: Settings, encoder: CharacterEncoder
) -> None:
    knowledge.add_terms(["红网格长"])
    (many / "c.txt").write_text("红网格长也办别的事。\n", encoding="utf-8")
    knowledge.build([many])
    knowledge.add([many / "c.txt"])
    knowledge.remove(["c"])
    with KnowledgeBase.open(settings=settings, encoder=encoder) as again:
        assert again.terms() == [Term("红网格长")]
        assert again.search("红网格长", mode="lexical").terms == ("红网格长",)


def test_terms_of_lexicons_are_listed_behind_one_s_own(knowledge: KnowledgeBase, articles: Path) -> None:
    (articles / "lexicon").mkdir()
    (articles / "lexicon" / "a.txt").write_text("网格员\n托底\n", encoding="utf-8")
    knowledge.build([articles])
    knowledge.add_terms(["自管会", "网格员"])
    lexicon = str(articles.resolve())
    assert knowledge.terms() == [Term("网格员"), Term("自管会"), Term("托底", lexicon), Term("网格员", lexicon)]


def test_the_same_term_again_or_in_the_other_script_is_no_new_one(knowledge: KnowledgeBase, many: Path) -> None:
    assert changed(knowledge, ["红网格长", "紅網格長", " 红网格长 "]) == (("红网格长",), ["a", "b"])
    assert changed(knowledge, ["紅網格長"]) == ((), [])
    assert knowledge.terms() == [Term("红网格长")]


@pytest.mark.parametrize("term", ["格", "红 网格", "吹哨、报到", "（一）", "，", "红网格长\n巡查"])
def test_what_cannot_be_a_word_is_refused_with_all_that_comes_with_it(
    knowledge: KnowledgeBase, many: Path, term: str
) -> None:
    with pytest.raises(QueryError, match="不能作为一个词：至少两个字，中间不能有空格和标点"):
        knowledge.add_terms(["红网格长", term])
    assert knowledge.terms() == []


def test_nothing_too_much_and_unknown(knowledge: KnowledgeBase, many: Path) -> None:
    with pytest.raises(QueryError, match="请给出要加或要删的词"):
        knowledge.add_terms([" "])
    with pytest.raises(QueryError, match="一次最多 1000 个词，现在有 1001 个"):
        knowledge.add_terms([f"第{number}网格" for number in range(1001)])
    knowledge.add_terms(["红网格长"])
    with pytest.raises(NotFoundError, match="没有加过这些词：楼长走访。用 kb terms 查看"):
        knowledge.remove_terms(["红网格长", "楼长走访"])
    assert knowledge.terms() == [Term("红网格长")]


def test_without_an_index_there_are_no_terms(knowledge: KnowledgeBase) -> None:
    for ask in (knowledge.terms, lambda: knowledge.add_terms(["网格员"]), lambda: knowledge.segment("网格员")):
        with pytest.raises(IndexStateError, match="里还没有索引"):
            ask()


def test_a_lexicon_that_cannot_be_read_stops_no_build(knowledge: KnowledgeBase, articles: Path) -> None:
    (articles / "lexicon").mkdir()
    (articles / "lexicon" / "a.txt").write_bytes(b"ab\xffcd")
    (articles / "lexicon" / "b.txt").write_text("自管会\n", encoding="utf-8")
    (articles / "lexicon" / "c.txt").write_bytes(b"")
    report = knowledge.build([articles])
    assert report.added == 3
    assert [failure.origin for failure in report.failures] == [str(articles.resolve() / "lexicon" / "a.txt")]
    assert "词表没有用上" in report.failures[0].reason
    assert [term.term for term in knowledge.terms()] == ["自管会"]


# -- segment


def test_a_phrase_is_explained_with_the_terms_of_the_index(knowledge: KnowledgeBase, articles: Path) -> None:
    (articles / "lexicon").mkdir()
    (articles / "lexicon" / "a.txt").write_text("群众工作\n", encoding="utf-8")
    knowledge.build([articles])
    knowledge.add_terms(["红网格长"])
    found = knowledge.segment("紅網格長做群众工作")
    assert [(word.text, word.origin) for word in found] == [
        ("紅網格長", Origin.ADDED),
        ("做", Origin.CHARACTER),
        ("群众工作", Origin.TERM),
    ]
    with pytest.raises(QueryError, match="请输入"):
        knowledge.segment(" ")


# -- the command line


@pytest.fixture
def index(many: Path, settings: Settings, encoder: CharacterEncoder, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(engine, "open_encoder", lambda **_settings: encoder)
    monkeypatch.setenv("KB_CACHE", str(settings.cache))
    monkeypatch.setenv("KB_INDEX", str(settings.index))
    monkeypatch.delenv("KB_SCRIPT", raising=False)
    return settings.index


def kb(*arguments: str) -> str:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def test_segment_as_a_table(index: Path) -> None:
    kb("terms", "add", "红网格长")
    assert kb("segment", "紅網格長顯著提升，") == (
        "切分：紅網格長 / 顯著 / 提升\n"
        "只用 jieba：红 / 网格 / 长 / 显着 / 提升\n"
        "\n"
        "词                    来历        词频  只用 jieba      其中的词\n"
        "紅網格長（红网格长）  自加的词          红 / 网格 / 长  网格\n"
        "顯著（显着）          jieba 词典  2724\n"
        "提升                  jieba 词典  2510\n"
    )
    assert kb("segment", "，。") == "没有可切分的词（只有标点）。\n"


def test_segment_as_json(index: Path) -> None:
    assert json.loads(kb("segment", "显著提升", "--json"))[0] == {
        "text": "显著", "term": "显着", "start": 0, "end": 2, "origin": "dictionary", "frequency": 2724,
        "alone": ["显着"], "within": [],
    }  # fmt: skip


def test_terms_on_the_command_line(index: Path) -> None:
    assert kb("terms").startswith("还没有自己的词。")
    assert kb("terms", "add", "红网格长", "--dry-run") == (
        "会添加：红网格长。会改变 2 篇文章（2 段）的切分：\n"
        "  a  红网格长每天走访。楼长一起巡查。\n"
        "  b  紅網格長負責上報。\n"
    )
    assert json.loads(kb("terms", "add", "红网格长", "没有的词", "--json")) == {
        "terms": ["红网格长", "没有的词"],
        "articles": [
            {"id": "a", "title": "红网格长每天走访。楼长一起巡查。"},
            {"id": "b", "title": "紅網格長負責上報。"},
        ],
        "passages": 2,
    }
    assert kb("terms") == "自加的词：没有的词、红网格长\n"
    assert json.loads(kb("terms", "--json")) == [
        {"term": "没有的词", "lexicon": ""},
        {"term": "红网格长", "lexicon": ""},
    ]
    assert kb("terms", "add", "红网格长") == "这些词已经都加过，没有变化。\n"
    assert kb("terms", "remove", "没有的词") == "已移除：没有的词。没有文章的切分会因此改变。\n"


@pytest.mark.parametrize("command", ["add", "remove"])
def test_help_of_what_stands_below_terms_is_in_chinese(command: str) -> None:
    printed = kb("terms", command, "--help")
    assert printed.startswith("用法：")
    assert "Show" not in printed
