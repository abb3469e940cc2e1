"""Did you mean: offered for slips, never for what is fine."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pytest

from kb.knowledge import KnowledgeBase
from kb.search.slips import Correction, KnownNames
from kb.search.sounds import readings, sound_alike, spells
from kb.types import Span
from test_knowledge import PRACTICE

NAMES = (
    "枫桥经验（诸暨）",
    "楓橋經驗",
    "街乡吹哨、部门报到",
    "吹哨报到",
    "四议两公开",
    "红色物业",
    "网格员",
    "老年人食堂",
    "浦江经验",
    "社区工作者",
    "支部建在网格",
    "社区基金",
)


def corrected(question: str, words: Collection[str] = (), texts: Collection[str] = ()) -> Correction | None:
    """`words` are the known words of the question, everything else is cut into single characters."""
    inside = {
        place
        for word in words
        for start in range(len(question))
        if question.startswith(word, start)
        for place in range(start + 1, start + len(word))
    }
    breaks = set(range(len(question) + 1)) - inside
    return KnownNames(NAMES).correction(question, breaks, lambda written: any(written in text for text in texts))


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("风桥经验", "枫桥经验"),
        ("吹哨抱到", "吹哨报到"),
        ("什么是风桥经验？", "什么是枫桥经验？"),
        ("風橋經驗怎麼學", "楓橋經驗怎麼學"),
        ("四议公开", "四议两公开"),
        ("红色色物业", "红色物业"),
        ("枫经桥验", "枫桥经验"),
        ("四议三公开", "四议两公开"),
        ("网格元的待遇", "网格员的待遇"),
        ("fengqiao jingyan", "枫桥经验"),
        ("Feng Qiao Jing Yan", "枫桥经验"),
    ],
)
def test_a_slip_is_put_right(question: str, meant: str) -> None:
    found = corrected(question)
    assert found is not None
    assert found.text == meant


@pytest.mark.parametrize(
    ("question", "words", "texts"),
    [
        ("枫桥经验", (), ()),
        ("楓橋經驗", (), ()),
        ("晋江经验", ("晋江", "经验"), ()),
        ("社区资金", ("社区", "资金"), ()),
        ("社区工作", ("社区", "工作"), ()),
        ("网格花园", ("网格", "花园"), ()),
        ("老人食堂", ("老人", "食堂"), ()),
        ("支部建到网格", (), ()),
        ("风桥经验", (), ("学习风桥经验的会议",)),
        ("吹哨", (), ()),
        ("fengqiao", (), ()),
        ("what is it", (), ()),
        ("", (), ()),
        ("风桥经验" * 20, (), ()),
    ],
)
def test_what_is_fine_is_left_alone(question: str, words: tuple[str, ...], texts: tuple[str, ...]) -> None:
    assert corrected(question, words, texts) is None


def test_the_place_of_the_slip_is_told() -> None:
    assert corrected("学风桥经验") == Correction("学枫桥经验", "风桥经验", "枫桥经验", Span(1, 5))


def test_readings_have_no_tones() -> None:
    assert readings("枫") == {"feng"}
    assert "lv" in readings("绿")
    assert sound_alike("银", "英")
    assert not sound_alike("枫", "哨")
    assert spells("zhongxin", "中心")
    assert not spells("zhongxinx", "中心")


def test_an_index_offers_the_names_of_its_practices(knowledge: KnowledgeBase, tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "zhuji.md").write_text(PRACTICE, encoding="utf-8")
    (folder / "other.txt").write_text("凤桥村的会议。有人写成风桥经验，也有人写对。\n", encoding="utf-8")
    knowledge.build([folder / "zhuji.md"])
    found = knowledge.correction("风桥经验")
    assert found is not None
    assert found.text == "枫桥经验"
    assert knowledge.correction("枫桥经验") is None
    knowledge.add([folder / "other.txt"])
    assert knowledge.correction("风桥经验") is None
