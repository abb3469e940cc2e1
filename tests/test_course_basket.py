"""The basket: a value with pure changes, and the same again after it was written as JSON."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_material import FIRST, SECOND, basket, quote
from kb.course.basket import (
    LONGEST_NOTE,
    MOST_ITEMS,
    Basket,
    Item,
    ItemKind,
    add,
    annotate,
    answer_item,
    move,
    passage_item,
    practice_item,
    remove,
    titled,
)
from kb.course.basket_json import from_json, from_plain, to_json, to_plain
from kb.errors import NotFoundError, QueryError
from kb.types import Answer, AnswerSentence, Quote

PASSAGE = passage_item(quote("tongzhi", 12, 20), "關於網格的通知")
ANSWER = answer_item(Answer("谁来管？", False, 0.9, (AnswerSentence(quote("sunhuai", 0, 9), "通知"),), (), ()))


def keys(one: Basket) -> list[str]:
    return [item.key for item in one.items]


def test_what_is_in_it_already_stays_where_it_is() -> None:
    filled = add(Basket(), practice_item(FIRST, "先讲"), PASSAGE)
    again = add(filled, PASSAGE, practice_item(FIRST, "别的备注"), ANSWER)
    assert keys(again) == ["practice:jia", PASSAGE.key, ANSWER.key]
    assert again.items[0].note == "先讲"
    assert PASSAGE.key in again
    assert "practice:yi" not in again


@pytest.mark.parametrize(("to", "expected"), [(0, "cab"), (1, "acb"), (9, "abc"), (-5, "cab")])
def test_order_by_hand(to: int, expected: str) -> None:
    filled = Basket(items=tuple(Item(ItemKind.PRACTICE, key, practice=key) for key in "abc"))
    assert "".join(item.title for item in move(filled, "practice:c", to).items) == expected
    assert "".join(item.title for item in filled.items) == "abc"


def test_notes_come_and_go() -> None:
    filled = annotate(basket(FIRST, SECOND), "practice:yi", "  讲十分钟\n再提问 ")
    assert [item.note for item in filled.items] == ["", "讲十分钟\n再提问"]
    assert annotate(filled, "practice:yi", " ").items[1].note == ""
    assert keys(remove(filled, "practice:jia")) == ["practice:yi"]


def test_what_is_not_in_it_is_told() -> None:
    for change in (remove, lambda one, key: move(one, key, 0), lambda one, key: annotate(one, key, "x")):
        with pytest.raises(NotFoundError, match="篮子里没有这一项：practice:wu"):
            change(basket(FIRST), "practice:wu")


def test_limits() -> None:
    many = [Item(ItemKind.PRACTICE, str(number), practice=str(number)) for number in range(MOST_ITEMS + 1)]
    with pytest.raises(QueryError, match="最多放 200 项"):
        add(Basket(), *many)
    with pytest.raises(QueryError, match="备注太长"):
        annotate(basket(FIRST), "practice:jia", "长" * (LONGEST_NOTE + 1))
    with pytest.raises(QueryError, match="课程主题太长"):
        titled(Basket(), "题" * 201)
    assert titled(Basket(), " 议事 \n 协商 ").topic == "议事 协商"


def test_a_question_that_was_not_answered_is_no_item() -> None:
    with pytest.raises(QueryError, match="没有找到依据"):
        answer_item(Answer("天气怎样", True, 0.1, (), (), ()))


def test_nothing_in_it_can_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        basket(FIRST).topic = "别的"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        PASSAGE.note = "别的"  # type: ignore[misc]


texts = st.text(st.characters(codec="utf-8"), max_size=12)
quotes = st.builds(lambda key, start, text: Quote(key, start, start + len(text), text), texts.filter(bool),
                   st.integers(0, 10**6), texts.filter(bool))  # fmt: skip
items = st.one_of(
    st.builds(lambda key, title, note: Item(ItemKind.PRACTICE, title, (), key, note), texts.filter(bool), texts, texts),
    st.builds(lambda one, title, note: Item(ItemKind.PASSAGE, title, (one,), "", note), quotes, texts, texts),
    st.builds(
        lambda some, title, note: Item(ItemKind.ANSWER, title, tuple(some), "", note),
        st.lists(quotes, min_size=1, max_size=3),
        texts,
        texts,
    ),
)


@given(st.builds(lambda topic, some: add(Basket(topic), *some), texts, st.lists(items, max_size=5)))
def test_a_basket_survives_being_written(one: Basket) -> None:
    written = to_json(one)
    assert from_json(written) == one
    assert to_json(from_json(written)) == written


def plain() -> dict[str, Any]:
    return json.loads(to_json(add(basket(FIRST), PASSAGE, ANSWER)))  # type: ignore[no-any-return]


def test_the_keys_of_the_document() -> None:
    document = plain()
    assert list(document) == ["format", "version", "topic", "items"]
    assert [list(item) for item in document["items"]] == [
        ["kind", "title", "practice", "note"],
        ["kind", "title", "quotes", "note"],
        ["kind", "title", "quotes", "note"],
    ]
    assert list(document["items"][1]["quotes"][0]) == ["article_id", "start", "end", "text"]
    assert to_plain(from_plain(document)) == document


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"version": 2}, "版本是 2，本版本只认 1"),
        ({"version": "1"}, "版本是 1，"),
        ({"version": True}, "版本是 True"),
        ({"format": "别的"}, "这不是篮子文件"),
        ({"colour": "red"}, "colour：缺少、多出或写法不对"),
        ({"topic": 3}, "topic：缺少、多出或写法不对"),
        ({"items": [{"kind": "song", "title": "歌"}]}, "items的 第 1 项的 kind"),
        ({"items": [{"kind": "practice", "title": "甲"}]}, "items的 第 1 项：段落应有一处引文"),
        ({"items": [{"kind": "passage", "title": "甲", "practice": "jia"}]}, "段落应有一处引文"),
        ({"items": [{"kind": "answer", "title": "甲", "quotes": []}]}, "回答应有引文"),
        ({"items": [{"kind": "practice", "title": "甲", "practice": "jia"}] * 2}, "第 2 项和前面的一项相同"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(change: dict[str, Any], told: str) -> None:
    with pytest.raises(QueryError, match=told):
        from_plain(plain() | change)


@pytest.mark.parametrize("change", [{"start": -1}, {"end": 12}, {"text": "别的字"}, {"start": 1.5}, {"article_id": ""}])
def test_a_place_that_is_none(change: dict[str, Any]) -> None:
    document = plain()
    document["items"][1]["quotes"][0] |= change
    with pytest.raises(QueryError, match="items的 第 2 项的 quotes的 第 1 项"):
        from_plain(document)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"kb-basket"', "[" * 100_000, '{"format": "kb-basket"}'])
def test_other_files_are_no_baskets(text: str) -> None:
    with pytest.raises(QueryError, match="篮子文件"):
        from_json(text)


def test_a_huge_file_is_not_read() -> None:
    with pytest.raises(QueryError, match="太大"):
        from_json(" " * 5_000_001)
