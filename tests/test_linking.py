"""Which practices a passage speaks of: told from named, by hand and over a small index."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kb.knowledge import KnowledgeBase
from kb.search.links import WEIGHTS, PageVectors, Seen, kind_of, nearness
from kb.search.surfacing import Pages
from kb.types import LinkKind, Span

PAGE = """---
kind: 实践
id: {key}
name: {name}
aliases: [{alias}]
category: 矛盾化解
sources:
  - title: 一份文件
---
# {name}

## 牵头
- {body}[1]

## 针对的问题
- 未载明。

## 做法
- {more}[1]

## 步骤
1. {body}[1]

## 数据
- 未载明。

## 成效
- 未载明。

## 局限
- 未载明。
"""


def seen(*names: Span, near: float = 0.90, lag: float = 0.02, told: float = 0.92, tone: float = 0.91) -> Seen:
    return Seen(names, titled=False, own=False, near=near, lag=lag, told=told, tone=tone)


def test_names_and_nearness_make_a_description_likelier() -> None:
    plain = WEIGHTS.likelihood(seen())
    assert plain < WEIGHTS.likelihood(seen(Span(0, 4)))
    assert WEIGHTS.likelihood(seen(Span(0, 3))) < WEIGHTS.likelihood(seen(Span(0, 3), Span(9, 12)))
    assert plain < WEIGHTS.likelihood(seen(told=0.95))
    assert WEIGHTS.likelihood(seen(lag=0.05)) < plain


def test_what_is_told_and_what_is_only_named() -> None:
    assert kind_of(0.5, seen()) is LinkKind.DESCRIBES
    assert kind_of(0.4, seen(Span(0, 2))) is LinkKind.MENTIONS
    assert kind_of(0.4, seen()) is None
    assert kind_of(0.1, replace(seen(), own=True)) is LinkKind.DESCRIBES


def test_nearness_by_hand() -> None:
    vectors = np.array([[1, 0], [0, 1], [0.6, 0.8]], dtype=np.float32)
    pages = Pages.of({1: "a", 2: "a", 3: "b"}, vectors)
    found = nearness(
        PageVectors(pages, vectors, pages.owners),
        np.array([0, 1], dtype=np.float32),
        np.array([[1, 0], [0.6, 0.8]], dtype=np.float32),
    )
    assert found.near.tolist() == pytest.approx([(1 + 0.5**0.5) / 2, 0.8], abs=1e-6)
    assert found.told.tolist() == pytest.approx([1.0, 1.0], abs=1e-6)
    assert found.where.tolist() == [0, 1]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    (folder / "practices").mkdir(parents=True)
    pages = {
        "zhaixie": ("吹哨报到", "街道吹哨", "街道吹哨，部门到场。", "部门接到哨声到现场联合处置。"),
        "jifen": ("乡村积分制", "积分超市", "村民做好事记积分。", "积分每季度公布，可以换东西。"),
    }
    for key, (name, alias, body, more) in pages.items():
        text = PAGE.format(key=key, name=name, alias=alias, body=body, more=more)
        (folder / "practices" / f"{key}.md").write_text(text, encoding="utf-8")
    (folder / "one.txt").write_text(
        "某镇推行街鄉吹哨，街道吹哨部门到场，吹哨报到以后联合处置。\n别的事另有安排。\n", encoding="utf-8"
    )
    (folder / "two.txt").write_text("天气晴朗，适合出门。\n", encoding="utf-8")
    return folder


def test_a_passage_is_linked_when_it_is_stored(knowledge: KnowledgeBase, corpus: Path) -> None:
    knowledge.build([corpus])
    linked = {hit.article.id: hit.practices for hit in knowledge.search("街道吹哨", k=9, mode="lexical").hits}
    assert "zhaixie" in linked["one"]
    assert all("zhaixie" in practices for key, practices in linked.items() if key == "zhaixie")
    assert [hit.practices for hit in knowledge.search("天气晴朗", k=1, mode="lexical").hits] == [()]


def test_links_follow_the_catalogue(knowledge: KnowledgeBase, corpus: Path) -> None:
    knowledge.build([corpus])
    (corpus / "practices" / "zhaixie.md").unlink()
    knowledge.build([corpus])
    assert "zhaixie" not in {key for hit in knowledge.search("街道吹哨", k=9).hits for key in hit.practices}


def test_evidence_lies_in_the_passage(knowledge: KnowledgeBase, corpus: Path) -> None:
    knowledge.build([corpus])
    store = knowledge._reading()
    numbers = store.passage_numbers()[0].tolist()
    passages = store.passages(numbers)
    links = store.links.of(numbers)
    assert links
    for number, found in links.items():
        passage, _article = passages[number]
        assert all(passage.start <= link.span.start < link.span.end <= passage.end for link in found)


def test_the_page_shows_who_tells_of_it(knowledge: KnowledgeBase, corpus: Path) -> None:
    knowledge.build([corpus])
    for quote in knowledge.surroundings("吹哨报到").passages:
        assert quote.article_id == "one"
        assert quote.text == knowledge.article("one").text[quote.start : quote.end]
