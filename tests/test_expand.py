"""Other names of a question's words: found as whole words, told, weighed less, and left out on request."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest

from conftest import CharacterEncoder
from kb.config import Settings
from kb.errors import SourceError
from kb.index.lexical import FURTHER_WEIGHT, LexicalIndex
from kb.knowledge import KnowledgeBase
from kb.present import expansions, plain, terminal
from kb.search.expand import COLUMNS, PLAIN, SHIPPED, OtherNames, other_names, parse_rows, usual_wording
from kb.text.normalize import normalize
from kb.text.segment import Segmenter
from kb.types import Expansion

LISTS = Path(__file__).parents[1] / "src" / "kb" / "search"


@lru_cache(maxsize=1)
def loaded(cache: Path) -> Segmenter:
    return Segmenter(cache=cache)


def found(text: str, cache: Path, without: tuple[str, ...] = (), own: str = "") -> dict[str, list[str]]:
    segmenter = loaded(cache)
    given = other_names(own).find(text, segmenter.breaks(normalize(text)), without)
    return {term: [one.added for one in group] for term, group in expansions.grouped(given).items()}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("志工怎麼管理", {"志工": ["志愿者", "義工"]}),
        ("志愿者怎么管理", {"志愿者": ["志工", "義工"]}),
        ("里長的職責", {"里長": ["居委会主任", "社区主任", "社区居委会主任"]}),
        ("和邻居打官司", {"邻居": ["邻里", "相邻关系"], "打官司": ["诉讼"]}),
        ("社區發展計畫", {"計畫": ["计划"]}),
        ("傢俱堆在樓道", {"傢俱": ["家具", "傢俬"]}),
    ],
)
def test_words_with_other_names(question: str, expected: dict[str, list[str]], cache: Path) -> None:
    assert found(question, cache) == expected


@pytest.mark.parametrize(
    "question",
    [
        "同志工作怎么做",
        "一线上班的人",
        "简单车间",
        "司机车辆登记",
        "法定程序",
        "社区怎么治理",
        "申请资料",
        "供水管道检修",
        "枫桥经验",
    ],
)
def test_halves_of_other_words_and_words_of_two_meanings_are_left_alone(question: str, cache: Path) -> None:
    assert found(question, cache) == {}


def test_both_scripts_of_a_question_call_up_the_same(cache: Path) -> None:
    one, other = found("志工與殘障人士", cache), found("志工与残障人士", cache)
    assert list(one.values()) == list(other.values()) != []


def test_what_is_left_out_is_not_looked_for(cache: Path) -> None:
    assert found("志工招募", cache, ("义工",)) == {"志工": ["志愿者"]}
    assert found("志工招募", cache, ("志愿者", "義工")) == {}


def test_what_stands_in_the_question_already_is_not_added(cache: Path) -> None:
    assert found("志工和志愿者", cache) == {"志工": ["義工"]}


def test_a_list_of_ones_own_takes_the_place_of_lines_that_share_a_word(cache: Path) -> None:
    assert found("志工招募", cache, own="志愿者\t志工、服務員\n") == {"志工": ["志愿者", "服務員"]}
    assert found("志工招募", cache, own="志工\n") == {}
    assert found("机车停放", cache, own="志工\n") == found("机车停放", cache)


def test_what_is_said_elsewhere_or_in_plain_speech_goes_into_the_usual_wording(cache: Path) -> None:
    segmenter = loaded(cache)

    def wording(text: str) -> str:
        given = other_names().find(text, segmenter.breaks(normalize(text)))
        return usual_wording(text, given)

    assert wording("里長找志工") == "居委会主任找志愿者"
    assert wording("业委会和志愿者") == "业主委员会和志愿者"
    assert wording("打官司") == "诉讼"


def test_whose_name_it_is_is_told(cache: Path) -> None:
    segmenter = loaded(cache)
    given = other_names().find("业委会", segmenter.breaks("业委会"))
    assert {one.added: one.why for one in given} == {
        "业主委员会": "又称",
        "公寓大廈管理委員會": "台湾说法",
        "管委會": "台湾说法",
        "業主立案法團": "香港说法",
    }


def test_every_word_of_plain_speech_calls_one_row_alone() -> None:
    rows = [row for name in SHIPPED for row in parse_rows((LISTS / name).read_text(encoding="utf-8"), name)]
    plain = [normalize(name.word) for row in rows for name in row if name.column == PLAIN]
    assert len(plain) > 2_000
    assert [word for word, times in Counter(plain).items() if times > 1] == []


def test_the_plain_list_only_adds_what_texts_write() -> None:
    for row in parse_rows((LISTS / "plain.tsv").read_text(encoding="utf-8"), "plain.tsv"):
        written = [name for name in row if name.column != PLAIN]
        assert written, row
        assert len(written) < len(row), row
        assert all(len(name.word) > 1 for name in written), row
        assert len(written) == 1 or not any(name.calls for name in written), row


def test_the_list_of_the_package_is_well_made() -> None:
    rows = parse_rows((LISTS / "regional.tsv").read_text(encoding="utf-8"), "regional.tsv")
    assert 80 <= len(rows) <= 160
    for row in rows:
        assert any(name.column == COLUMNS[0] and name.calls for name in row), row
        assert len({normalize(name.word) for name in row}) > 1, row
        assert all(name.word == name.word.strip() and len(name.word) > 1 for name in row), row
    mainland = [normalize(name.word) for row in rows for name in row if name.column == COLUMNS[0]]
    assert len(mainland) == len(set(mainland)), sorted(word for word in mainland if mainland.count(word) > 1)


def test_a_line_with_too_many_columns_is_told_with_its_number() -> None:
    with pytest.raises(SourceError, match=r"own.tsv 第 3 行有 5 列"):
        parse_rows("# 说明\n志愿者\t志工\na\tb\tc\td\te\n", "own.tsv")
    assert parse_rows("\n# 只有说明\n", "own.tsv") == []
    assert OtherNames([]).find("志工", {0, 2}) == ()


def test_further_terms_count_less_than_the_others() -> None:
    index = LexicalIndex.create(None)
    index.update([], [(1, 1, ["志工"]), (2, 2, ["志愿者"]), (3, 3, ["网格"])])
    alone = index.search(["志工"], 3)
    both = index.search(["志工"], 3, further=["志愿者"])
    assert alone.numbers.tolist() == [1]
    assert both.numbers.tolist() == [1, 2]
    assert both.scores[0] == alone.scores[0]
    assert both.scores[1] == pytest.approx(FURTHER_WEIGHT * both.scores[0])


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "texts"
    (folder / "lexicon").mkdir(parents=True)
    (folder / "a.txt").write_text("志愿者登记以后参加服务。\n", encoding="utf-8")
    (folder / "b.txt").write_text("网格员每天巡查楼道。\n", encoding="utf-8")
    return folder


def test_a_search_finds_by_other_names_tells_them_and_leaves_them_out(
    corpus: Path, settings: Settings, encoder: CharacterEncoder
) -> None:
    with KnowledgeBase.open(settings=settings, encoder=encoder) as knowledge:
        knowledge.build([corpus])
        result = knowledge.search("志工", mode="lexical")
        assert [hit.article.id for hit in result.hits] == ["a"]
        span = result.hits[0].highlights[0]
        assert result.hits[0].article.text[span.start : span.end] == "志愿者"
        assert result.expansions == (Expansion("志工", "志愿者", "大陆说法"),)  # 義工 stands in no text
        assert terminal.search_result(result).startswith("另查：志工＝志愿者\n")
        assert set(plain.search_result(result)) == {"query", "hits", "practices"}
        assert plain.search_result(result, explain=True)["expansions"][0]["added"] == "志愿者"
        assert knowledge.search("志工", mode="lexical", expand=False).hits == ()
        assert knowledge.search("志工", mode="lexical", without=["志愿者"]).hits == ()


def test_the_words_of_a_folder_go_with_its_index(corpus: Path, settings: Settings, encoder: CharacterEncoder) -> None:
    own = corpus / "lexicon" / "regional.tsv"
    own.write_text("# 我们的叫法\n网格员\t小巷管家\n", encoding="utf-8")
    with KnowledgeBase.open(settings=settings, encoder=encoder) as knowledge:
        knowledge.build([corpus])
        own.unlink()
    with KnowledgeBase.open(settings=settings, encoder=encoder) as knowledge:
        result = knowledge.search("小巷管家", mode="lexical")
        assert [hit.article.id for hit in result.hits] == ["b"]
        assert [one.added for one in result.expansions] == ["网格员"]
        knowledge.build([corpus])
        assert knowledge.search("小巷管家", mode="lexical").expansions == ()


def test_a_list_that_cannot_be_used_is_told_and_the_rest_goes_in(
    corpus: Path, settings: Settings, encoder: CharacterEncoder
) -> None:
    (corpus / "lexicon" / "regional.tsv").write_text("a\tb\tc\td\te\n", encoding="utf-8")
    with KnowledgeBase.open(settings=settings, encoder=encoder) as knowledge:
        report = knowledge.build([corpus])
        assert report.added == 2
        assert ["第 1 行" in failure.reason for failure in report.failures] == [True]
