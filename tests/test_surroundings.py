"""What stands around a page: related practices with reasons, other places, the law it rests on."""

from __future__ import annotations

import pytest

from kb.catalogue.places import elsewhere, gazetteer, places, provinces
from kb.catalogue.surroundings import is_law, legal_basis, related
from kb.types import Practice, Source, Statement


def practice(key: str, **fields: object) -> Practice:
    return Practice(key, f"{key}法", **{"sources": (Source("报道"),), **fields})  # type: ignore[arg-type]


def said(text: str) -> tuple[Statement, ...]:
    return (Statement(text, (0,)),)


SAME = "群众反映的事情在单位之间转来转去，没有下文。"


def test_related_practices_are_named_with_every_reason() -> None:
    own = practice("a", related=("b",), region="浙江省宁海县", category="议事", problem=said(SAME))
    others = [
        own,
        practice("b", region="浙江省温岭市", category="议事"),
        practice("c", problem=said("群众反映的事情在单位之间转来转去。"), category="议事"),
        practice("d", region="浙江省", category="议事", problem=said("停车难，电梯老旧。")),
    ]
    found = [(one.id, one.reasons) for one in related(own, others)]
    assert found == [
        ("b", ("本页列出", "同一地区", "同一类别")),
        ("c", ("针对的问题相近", "同一类别")),
    ]


def test_vectors_take_the_place_of_words() -> None:
    own = practice("a", problem=said(SAME))
    others = [own, practice("b", problem=said(SAME)), practice("c"), practice("d")]
    found = related(own, others, {"d": 0.5, "c": 0.6, "a": 1.0})
    assert [(one.id, one.reasons) for one in found] == [("c", ("内容相近",)), ("d", ("内容相近",))]


@pytest.mark.parametrize(
    ("title", "law"),
    [
        ("北京市街道办事处条例", True),
        ("村民委员会组织法", True),
        ("整治形式主义为基层减负若干规定（全文）", True),
        ("关于进一步开展减负工作的实施意见", True),
        ("人民法院在线调解规则", True),
        ("桐城市人民法院“六尺巷 六步走”调解工作法", False),
        ("贵州社区减负增效意见征求意见稿", False),
        ("四议两公开：问题“逼”出来的好办法", False),
        ("“五社联动”与中央意见（许娓）", False),
        ("李强：新清河实验的“社区营造”法", False),
        ("社区大党委三小做法", False),
        ("枫桥经验报道", False),
    ],
)
def test_titles_of_laws(title: str, law: bool) -> None:
    assert is_law(title) is law


def test_the_legal_basis_holds_the_sentences_that_cite_it() -> None:
    law, report = Source("信访工作条例"), Source("报道")
    own = practice("a", sources=(report, law), lead=said("甲。"), limits=(Statement("乙。", (0, 1)),))
    (basis,) = legal_basis(own)
    assert basis.source == law
    assert [one.text for one in basis.statements] == ["乙。"]


def test_places_come_from_the_regions_of_the_catalogue() -> None:
    known = gazetteer(
        [practice("a", region="浙江省台州市温岭市"), practice("b", region="襄阳市襄州区；北碚等（全国推广）")]
    )
    assert {"台州", "温岭", "襄州", "北碚", "浙江"} <= known
    assert not {"全国推广", "全国", "乡镇"} & known
    assert provinces("浙江省台州市；北京") == {"浙江", "北京"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("襄州与温岭先做，襄州又推广。", ("襄州", "温岭")),
        ("溫嶺先做。", ("溫嶺",)),
        ("汉中市南郑区建三个库。", ("汉中市南郑区",)),
        ("枫桥经验和光明日报都不是地方。", ()),
        ("城市社区和各县都要求市里支持。", ()),
    ],
)
def test_places_in_a_sentence(text: str, expected: tuple[str, ...]) -> None:
    assert places(text, frozenset({"襄州", "温岭", "枫桥", "光明"})) == expected


def test_elsewhere_are_other_places_and_other_pages_that_name_it() -> None:
    own = practice("a", region="浙江省温岭市", mechanism=said("温岭先做，襄州也做。"))
    other = practice("b", region="襄州", results=said("北京学了a法。"))
    silent = practice("c", results=said("上海自己办。"))

    def named(text: str) -> list[str]:
        return ["a"] if "a法" in text else []

    found = [(one.place, one.cited.practice) for one in elsewhere(own, [own, other, silent], named)]
    assert found == [("襄州", "a"), ("北京", "b")]
