"""Terms found in running texts, and compounds recognised by their shape."""

from __future__ import annotations

import json
from pathlib import Path

import opencc
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import PROJECT
from kb.cli import main
from kb.config import Settings
from kb.knowledge import KnowledgeBase
from kb.sources.read import read_terms
from kb.text.discover import Candidate, Evidence, discover
from kb.text.explain import Origin
from kb.text.normalize import normalize
from kb.text.segment import Segmenter

to_traditional = opencc.OpenCC("s2tw").convert


SHAPED = """
四议两公开 三单制 一格四员 五社联动 三治融合 双网融合 两张清单 一网通办 一村一辅警 三亮三联三争 一约两会三团
四民工作法 五务公开 多网合一 街道吹哨 村民议事会 百姓议事堂 拉家常议事会 浦东经验 温岭模式 暖心驿站 民情夜谈
"""


@pytest.fixture(scope="module")
def plain(cache: Path) -> Segmenter:
    return Segmenter(cache=cache)


def words(segmenter: Segmenter, written: str) -> list[str]:
    return [token.term for token in segmenter.words(normalize(written))]


def found(segmenter: Segmenter, *texts: str) -> dict[str, Candidate]:
    candidates = discover(texts, lambda run: words(segmenter, run))
    return {one.term: one for one in candidates}


# -- by shape, while a text is cut


@pytest.mark.parametrize("name", SHAPED.split())
@pytest.mark.parametrize("carrier", ["推行{}的地方", "关于{}的做法", "当地的{}很有名", "学习{}以后"])
def test_a_name_that_no_list_holds_is_kept_whole_by_its_shape(plain: Segmenter, name: str, carrier: str) -> None:
    text = carrier.format(name)
    assert name in words(plain, text)
    assert name in words(plain, to_traditional(text))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("第三十一条和第四十二条", ["第三十一条", "和", "第四十二条"], id="条文序号"),
        pytest.param("一步一步来", ["一步", "一步", "来"], id="重叠"),
        pytest.param("两者结合起来", ["两者", "结合", "起来"], id="两者"),
        pytest.param("一站式服务", ["一站式", "服务"], id="一站式"),
        pytest.param("工作经验和服务模式", ["工作", "经验", "和", "服务", "模式"], id="不是地名"),
        pytest.param("设置驿站", ["设置", "驿站"], id="设置驿站"),
        pytest.param("召开议事会", ["召开", "议事会"], id="动词不算"),
        pytest.param("实行河长制", ["实行", "河长制"], id="词典里的词"),
    ],
)
def test_ordinary_prose_is_not_glued(plain: Segmenter, written: str, expected: list[str]) -> None:
    assert words(plain, written) == expected


def test_a_compound_adds_a_term_and_takes_none_away(plain: Segmenter) -> None:
    terms = [token.term for token in plain.tokens("三治融合")]
    assert sorted(terms) == sorted(["三治", "融合", "三治融合", "三治", "治融", "融合"])


def test_our_own_terms_are_never_part_of_a_compound(plain: Segmenter, cache: Path) -> None:
    assert words(plain, "推行一格四员") == ["推行", "一格四员"]
    assert words(Segmenter(["四员"], cache=cache), "推行一格四员") == ["推行", "一", "格", "四员"]


def test_the_reason_is_told(plain: Segmenter) -> None:
    told = {word.text: word for word in plain.explain("推行五社聯動")}
    assert told["五社聯動"].origin is Origin.SHAPE
    assert [cut.term for cut in told["五社聯動"].alone] == ["五社", "联动"]


@given(st.text(alphabet="一二三四两双多网格社员治联动融合制公开议事会工作法吹哨的第条步，", max_size=30))
@settings(deadline=None, max_examples=150)
def test_law_compounds_are_made_of_whole_words(plain: Segmenter, text: str) -> None:
    """Joining moves no boundary, and loses no character."""
    joined = plain.words(text)
    single = {place for _word, start, end in plain.plain(text) for place in (start, end)}
    assert {place for token in joined for place in (token.start, token.end)} <= single
    assert all(text[token.start : token.end] == token.term for token in joined)


# -- in running texts


@pytest.mark.parametrize(
    ("texts", "term", "reason"),
    [
        pytest.param(["当地叫“微腐败”。"], "微腐败", Evidence.QUOTED, id="引号"),
        pytest.param(["當地叫「微腐敗」。"], "微腐败", Evidence.QUOTED, id="繁体引号"),
        pytest.param(["当地有“湾落”模式。"], "湾落模式", Evidence.QUOTED, id="引号加词尾"),
        pytest.param(["口号是“到综治中心能解决邻里问题”。"], "到综治中心能解决邻里问题", Evidence.QUOTED, id="长引号"),
        pytest.param(["简称“综合治理”，又称“居民的事居民议”。"], "居民的事居民议", Evidence.QUOTED, id="又称"),
        pytest.param(["别名：“三会制度”“一约”。"], "一约", Evidence.QUOTED, id="别名一行"),
        pytest.param(["别名：“三会制度”“新时代‘湾落经验’”。"], "新时代湾落经验", Evidence.QUOTED, id="引号里的引号"),
        pytest.param(["落实“湾落吹哨、部门报到”。"], "湾落吹哨", Evidence.QUOTED, id="引号里有顿号"),
        pytest.param(["# 苏州邻里中心（园区）\n\n话。"], "苏州邻里中心", Evidence.ALONE, id="标题"),
        pytest.param(["# 湾落吹哨、邻里积分\n\n话。"], "邻里积分", Evidence.ALONE, id="标题里有顿号"),
        pytest.param(["镇里试行邻里积分管理，见效再推。"], "邻里积分管理", Evidence.NAMED, id="试行"),
        pytest.param(["先开屋场会。再看屋场会怎么开。屋场会开完。"], "屋场会", Evidence.ENDING, id="一个字的词尾"),
        pytest.param(["县里推行邻里积分计划。"], "邻里积分计划", Evidence.NAMED, id="引出"),
        pytest.param(["先用文明积分。再看文明积分怎么换。"], "文明积分", Evidence.ENDING, id="词尾"),
        pytest.param(
            [f"{before}党员责任田{behind}。" for before, behind in ("去有", "找开", "看好", "问啊")],
            "党员责任田",
            Evidence.COHESIVE,
            id="凝固",
        ),
    ],
)
def test_evidence(plain: Segmenter, texts: list[str], term: str, reason: Evidence) -> None:
    padding = ["天气很好，大家一起去河边散步，买菜做饭，读书看报，到了晚上才回来。" * 9]
    candidates = found(plain, *texts, *padding)
    assert reason in candidates[term].evidence
    assert candidates[term].count == len(texts) or reason is Evidence.ENDING
    assert "".join(candidates[term].cut) == term


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("他问：“这是怎么回事呢”", id="引号里的话"),
        pytest.param("居民说“找个说法”，只能写“有地方方案”", id="说的话、写的话"),
        pytest.param("“点单、派单、接单”", id="顿号之间只有两个字"),
        pytest.param("“一个机构、两项制度”", id="数出来的"),
        pytest.param("# 小区停车怎么议", id="标题是问句"),
        pytest.param("# 网格化管理入门", id="标题是文章的题目"),
        pytest.param("", id="空"),
        pytest.param("OK 123，！", id="没有汉字"),
        pytest.param("“基层”", id="已经是一个词"),
    ],
)
def test_nothing_is_found_where_there_is_none(plain: Segmenter, text: str) -> None:
    assert found(plain, text) == {}


def test_one_name_ends_where_the_next_begins(plain: Segmenter) -> None:
    """The row is no run of words: nothing is made of the end of one name and the beginning of the next."""
    row = "别名：“湾落吹哨”“邻里报到”“湾落积分”。"
    assert set(found(plain, *[row] * 9)) == {"湾落吹哨", "邻里报到", "湾落积分"}


def test_a_word_that_is_only_guessed_is_no_word(plain: Segmenter) -> None:
    """Alone 村监会 is guessed to be one word; after 是 it is cut."""
    assert (words(plain, "村监会"), words(plain, "是村监会")) == (["村监会"], ["是", "村", "监会"])
    assert found(plain, "别名：“村监会”。")["村监会"].cut == ("村", "监会")


def test_what_is_kept_whole_already_is_not_suggested(plain: Segmenter, cache: Path) -> None:
    text = "当地叫“微腐败”。"
    assert "微腐败" in found(plain, text)
    assert found(Segmenter(["微腐败"], cache=cache), text) == {}


@given(st.lists(st.text(alphabet="基层治理“”「」网格吹哨推行四议两公开的，。", max_size=40), max_size=4))
@settings(deadline=None, max_examples=60)
def test_law_candidates_stand_in_the_texts_and_are_cut_today(plain: Segmenter, texts: list[str]) -> None:
    bare = "\n".join(texts).translate(dict.fromkeys(map(ord, "“”「」")))
    for term, candidate in found(plain, *texts).items():
        assert candidate.count == bare.count(term) > 0
        assert len(candidate.cut) > 1
        assert candidate.evidence


def test_the_committed_lexicon_holds_words_each_once(cache: Path) -> None:
    terms = read_terms([PROJECT / "corpus"])
    assert terms.failures == ()
    assert len({normalize(term) for term in terms.terms}) == len(terms.terms) > 150
    segmenter = Segmenter(terms.terms, cache=cache)
    assert [term for term in terms.terms if words(segmenter, term) != [normalize(term)]] == []


def test_suggestions_from_the_articles_and_from_files(
    knowledge: KnowledgeBase, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("镇里治“微腐败”，靠“湾落”模式。\n", encoding="utf-8")
    (tmp_path / "b.txt").write_text("社区有「好差評」。\n", encoding="utf-8")
    (tmp_path / "c.doc").write_bytes(b"x")
    knowledge.build([tmp_path / "a.txt"])
    expected = {"term": "湾落模式", "count": 1, "evidence": ["quoted"], "cut": ["湾", "落", "模式"]}
    asked = ["--index", str(settings.index), "terms", "suggest"]
    document = json.loads(CliRunner().invoke(main, [*asked, "--json"]).stdout)
    assert expected in document
    others = CliRunner().invoke(main, [*asked, str(tmp_path / "b.txt"), str(tmp_path / "c.doc")])
    assert (others.exit_code, "好差评" in others.stdout, "微腐败" in others.stdout) == (0, True, False)
    assert "c.doc" in others.stderr
    knowledge.add_terms(["微腐败"])
    assert "微腐败" not in {one.term for one in knowledge.suggest_terms()}
