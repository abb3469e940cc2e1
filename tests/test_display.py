"""Showing a text in another script or region: the right character, the same places, the same words."""

from __future__ import annotations

import re
import time
from pathlib import Path

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import PROJECT
from kb.present.display import REGIONS, Form, ambiguous, display, names_of, shown_article, shown_hit
from kb.sources.front_matter import read_front_matter
from kb.text.normalize import normalize
from kb.text.phrases import TO_TRADITIONAL
from kb.text.script import detect_script
from kb.types import Article, Hit, Passage, Practice, Script, Span

CONVERTING = tuple(REGIONS)
PAGES = sorted((PROJECT / "corpus").glob("*/*.md"))


def bodies(script: Script) -> list[str]:
    found = [read_front_matter(page.read_text(encoding="utf-8"), page.name)[1] for page in PAGES]
    return [body for body in found if detect_script(body) is script]


def sentences() -> list[str]:
    return [line for body in bodies(Script.HANS) for line in re.split(r"(?<=。)|\n", body) if len(line) > 8]


@pytest.mark.parametrize(
    ("simplified", "taiwan", "hong_kong"),
    [
        ("里长把群众的事放在心里", "里長把群眾的事放在心裡", "里長把群眾的事放在心裏"),
        ("干部干活，晒干粮食，不得干涉", "幹部幹活，曬乾糧食，不得干涉", "幹部幹活，曬乾糧食，不得干涉"),
        ("皇后以后住在后山", "皇后以後住在後山", "皇后以後住在後山"),
        ("头发和发展，理发店出发", "頭髮和發展，理髮店出發", "頭髮和發展，理髮店出發"),
        ("公布台账，占有房产", "公布臺帳，占有房產", "公佈台賬，佔有房產"),
        ("污染防治，销毁档案", "污染防治，銷毀檔案", "污染防治，銷毀檔案"),
        ("着力解决显著问题", "著力解決顯著問題", "着力解決顯著問題"),
        ("人民政府并发布公告", "人民政府並發布公告", "人民政府並發佈公告"),
        ("工作人员参加会议", "工作人員參加會議", "工作人員參加會議"),
        ("注重制度建设，着手制定", "注重制度建設，著手制定", "注重制度建設，着手制定"),
        ("制作标志，复议和答复，反复复查", "製作標誌，複議和答覆，反覆複查", "製作標誌，複議和答覆，反覆複查"),
        ("社区程序、信息和网络", "社區程序、信息和網絡", "社區程序、信息和網絡"),
        ("面向社会，一碗面条", "面向社會，一碗麵條", "面向社會，一碗麵條"),
        ("三只犬只能登记", "三隻犬隻能登記", "三隻犬隻能登記"),
        ("托底保障，委托代理", "托底保障，委託代理", "托底保障，委託代理"),
    ],
)
def test_one_simplified_character_for_several(simplified: str, taiwan: str, hong_kong: str) -> None:
    assert display(simplified, Form.TAIWAN) == taiwan
    assert display(simplified, Form.HONG_KONG) == hong_kong


@pytest.mark.parametrize(
    ("form", "written", "shown"),
    [
        (Form.SIMPLIFIED, "里長說著名的著作，為群眾做著事", "里长说著名的著作，为群众做着事"),
        (Form.SIMPLIFIED, "家裏的綫路由衞生署説明", "家里的线路由卫生署说明"),
        (Form.SIMPLIFIED, "乾隆年間的瞭望臺，衣服曬乾了", "乾隆年间的瞭望台，衣服晒干了"),
        (Form.TAIWAN, "衞生署在綫上説明户口", "衛生署在線上說明戶口"),
        (Form.TAIWAN, "汙染防治，志工佔多數", "汙染防治，志工佔多數"),
        (Form.HONG_KONG, "里長在裡面說著名的著作", "里長在裏面説著名的著作"),
        (Form.HONG_KONG, "臺灣的群眾領著牌子", "台灣的群眾領着牌子"),
        (Form.SIMPLIFIED, "社区里的著名人物", "社区里的著名人物"),
        (Form.ORIGINAL, "衞生署在网上説明", "衞生署在网上説明"),
    ],
)
def test_a_text_that_is_of_the_wanted_script_or_of_another_region(form: Form, written: str, shown: str) -> None:
    assert display(written, form) == shown


@given(
    st.text(alphabet=st.one_of(st.sampled_from("里后发干面只台著着裏説户乾后\n。，枫橋经驗复覆 a1"), st.characters())),
    st.sampled_from(Form),
)
@settings(deadline=None, max_examples=300)
def test_the_law_every_form_keeps_the_length(text: str, form: Form) -> None:
    assert len(display(text, form)) == len(text)


def test_a_few_hundred_sentences_still_match_the_same_searches() -> None:
    found = sentences()
    assert len(found) > 300
    for form in CONVERTING:
        assert [normalize(display(line, form)) for line in found] == [normalize(line) for line in found]


def test_simplified_pages_come_back_as_they_were() -> None:
    for line in sentences():
        for form in (Form.TAIWAN, Form.HONG_KONG):
            back = display(display(line, form, Script.HANS), Form.SIMPLIFIED, Script.HANT)
            assert normalize(back) == normalize(line)


def test_our_traditional_pages_are_restored_from_simplified_script() -> None:
    restored = total = 0
    for body in bodies(Script.HANT):
        again = display(display(body, Form.SIMPLIFIED, Script.HANT), Form.TAIWAN, Script.HANS)
        written = display(body, Form.TAIWAN, Script.HANT)  # some pages hold what OpenCC's "s2t" wrote: 考覈, 啓
        pairs = [(one, other) for one, other in zip(written, again, strict=True) if "\u4e00" <= one <= "\u9fff"]
        restored += sum(one == other for one, other in pairs)
        total += len(pairs)
    assert total > 2_500
    assert restored / total >= 0.995


@pytest.mark.shared
def test_traditional_paragraphs_of_drcd_are_restored(shared: Path) -> None:
    """Paragraphs of the Chinese Wikipedia of Taiwan: simplified by OpenCC, then back by us."""
    import json

    content = json.loads((shared / "qa" / "drcd_dev.json").read_text(encoding="utf-8"))
    texts = [paragraph["context"] for article in content["data"] for paragraph in article["paragraphs"]][::5]
    simplify = opencc.OpenCC("tw2s").convert
    pairs = [
        (one, other)
        for text in texts
        for one, other in zip(text, display(simplify(text), Form.TAIWAN, Script.HANS), strict=True)
        if "\u4e00" <= one <= "\u9fff"
    ]
    assert sum(one == other for one, other in pairs) / len(pairs) >= 0.995


def test_every_phrase_of_ours_keeps_length_and_wording() -> None:
    for simplified, traditional in TO_TRADITIONAL.items():
        assert len(simplified) == len(traditional)
        assert normalize(simplified) == normalize(traditional)


def test_places_where_nothing_decided_are_listed() -> None:
    found = ambiguous("发，3只，有公里、干部", Form.TAIWAN)
    assert [(place.start, place.end, place.char, place.chosen) for place in found] == [
        (0, 1, "发", "發"),
        (3, 4, "只", "只"),
    ]
    assert found[1].candidates == ("只", "隻", "祇")
    assert ambiguous("公里、干部、个人、了解", Form.TAIWAN) == ()
    assert ambiguous("发了3只", Form.ORIGINAL) == ()
    assert ambiguous("三隻", Form.SIMPLIFIED) == ()


def test_an_ambiguous_place_is_where_the_shown_text_has_the_chosen_character() -> None:
    for line in sentences():
        shown = display(line, Form.HONG_KONG)
        for place in ambiguous(line, Form.HONG_KONG):
            assert shown[place.start : place.end] == place.chosen == place.candidates[0]
            assert line[place.start : place.end] == place.char
            assert len(place.candidates) > 1


def test_names_keep_their_wording_and_their_own_written_form() -> None:
    practice = Practice(id="x", name="万里云", name_traditional="万里雲", aliases=("里仁工作法",))
    terms = names_of([practice])
    assert display("发展万里云经验", Form.TAIWAN, terms=terms) == "發展万里雲經驗"
    assert display("發展万里雲經驗", Form.SIMPLIFIED, terms=terms) == "发展万里云经验"
    assert display("发展万里云经验", Form.TAIWAN) == "發展萬里雲經驗"


def test_a_phrase_does_not_reach_into_a_name() -> None:
    assert display("面条例", Form.TAIWAN) == "麵條例"
    assert display("面条例", Form.TAIWAN, terms=("条例",)) == "面條例"


def test_a_hit_and_an_article_are_shown_with_marks_at_the_same_characters() -> None:
    text = "里长说：台账要公布。"
    article = Article(id="a", title="里长台账", text=text, script=Script.HANS)
    hit = Hit(Passage("a#1", "a", 4, 10, ("台账",), text[4:]), article, 1.0, None, None, (Span(4, 6),), ())
    shown = shown_hit(hit, Form.TAIWAN)
    assert (shown.article.title, shown.passage.headings, shown.passage.text) == ("里長臺帳", ("臺帳",), "臺帳要公布。")
    assert shown.highlights == (Span(4, 6),)
    assert shown_article(article, Form.TAIWAN).text[4:6] == "臺帳"
    assert shown_hit(hit, Form.ORIGINAL) is hit
    assert shown_article(article, Form.ORIGINAL) is article


def test_ten_thousand_characters_take_a_moment() -> None:
    text = "\n".join(sentences())[:10_000]
    for form in CONVERTING:
        display(text[:100], form)
        best = min(_seconds(text, form) for _ in range(5))
        assert best < 0.15  # 0.03 s on a quiet machine


def _seconds(text: str, form: Form) -> float:
    begin = time.perf_counter()
    display(text, form)
    return time.perf_counter() - begin
