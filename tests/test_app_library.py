"""The pages on which articles are added and the library is looked after, run headless; the encoder is a fake."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from conftest import PROJECT, CharacterEncoder
from kb import checking
from kb.config import Settings
from kb.knowledge import KnowledgeBase, engine
from kb.models.encoder import Encoder
from kb.sources import ocr
from kb.types import Check, Upload
from kb.ui import adding_page


class Recognised(NamedTuple):
    """What RapidOCR returns, as far as it is used."""

    txts: tuple[str, ...]
    scores: tuple[float, ...]


LETTER = "楼道里的灯坏了半年没有人修。居民向社区反映以后，网格员当天就来登记。"
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>![图](http://example.org/x.png)[点](javascript:alert(3))"
)


@pytest.fixture
def held(tmp_path: Path, cache: Path, articles: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[KnowledgeBase]:
    """A small index with a practice, as the app opens it too."""
    encoder = CharacterEncoder()

    def open_fake(**_settings: object) -> Encoder:
        return encoder

    monkeypatch.setattr(engine, "open_encoder", open_fake)
    monkeypatch.setenv("KB_INDEX", str(tmp_path / "index"))
    with KnowledgeBase.open(settings=Settings(index=tmp_path / "index", cache=cache), encoder=encoder) as knowledge:
        knowledge.build([articles, PROJECT / "corpus" / "practices" / "fengqiao-jingyan.md"])
        yield knowledge


@pytest.fixture
def adding(held: KnowledgeBase) -> AppTest:
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=30)
    app.query_params["view"] = "add"
    return app.run()


def library(part: str = "", **parameters: str) -> AppTest:
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=30)
    app.query_params["view"] = "library"
    for name, value in {"part": part, **parameters}.items():
        app.query_params[name] = value
    return app.run()


def shown(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(block.proto.body for block in app.get("html") if "<style>" not in block.proto.body)


def file(name: str, text: str = LETTER) -> Upload:
    return Upload(name, text.encode())


def upload(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    app.file_uploader[0].set_value([(name, data, "text/plain") for name, data in files])
    return app.run()


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label.startswith(label)).click().run()


def ids(knowledge: KnowledgeBase) -> set[str]:
    return {article.id for article in knowledge.articles()}


def test_a_receipt_is_shown_and_nothing_is_stored_before_it_is_kept(adding: AppTest, held: KnowledgeBase) -> None:
    before = ids(held)
    page = shown(upload(adding, ("灯.txt", (LETTER + "这是枫桥经验。").encode("gbk")), ("空.txt", b"")))
    assert "GB18030" in page
    assert "保留 37 个" in page
    assert "practice=fengqiao-jingyan" in page
    assert "文件 空.txt 是空的" in page
    assert ids(held) == before
    page = shown(press(adding, "收录选中的 1 篇"))
    assert "已收录 1 篇" in page
    assert "article=%E7%81%AF" in page
    assert ids(held) == before | {"灯"}


def scan() -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(picture, "PNG")
    return picture.getvalue()


def test_a_scan_comes_in_with_a_receipt_that_says_so(
    adding: AppTest, held: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ocr, "ocr_installed", lambda: True)
    monkeypatch.setattr(ocr, "_engine", lambda: lambda _pixels: Recognised((LETTER,), (0.9,)))
    page = shown(upload(adding, ("灯.png", scan())))
    assert "扫描件（识别的文字）" in page
    assert "有认错的字，收录前请对照原件" in page
    press(adding, "收录选中的 1 篇")
    assert held.article("灯").text.strip() == LETTER
    for name, value in {"view": "", "article": "灯"}.items():
        adding.query_params[name] = value
    assert "从扫描件里认出来的" in shown(adding.run())


def test_without_the_extra_a_scan_is_told_what_to_install(
    adding: AppTest, held: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ocr, "ocr_installed", lambda: False)
    monkeypatch.setattr(adding_page, "ocr_installed", lambda: False)
    page = shown(upload(adding, ("灯.png", scan())))
    assert "扫描件和图片要先装文字识别组件：pip install &#x27;kb[ocr]&#x27;" in page
    assert "灯.png 是扫描件或图片，识别其中的文字需要 OCR 组件" in page
    assert "灯" not in ids(held)


def test_what_was_written_by_hand_is_kept(adding: AppTest, held: KnowledgeBase) -> None:
    upload(adding, ("灯.txt", LETTER.encode()))
    for label, value in (("标题", "修灯"), ("日期", "2024年3月"), ("地区", "山东省")):
        next(box for box in adding.text_input if box.label == label).input(value)
    press(adding, "收录选中的")
    article = held.article("灯")
    assert (article.title, article.date, article.region) == ("修灯", "2024-03", "山东省")


def test_a_value_that_cannot_be_used_is_told_and_all_is_still_there(adding: AppTest, held: KnowledgeBase) -> None:
    upload(adding, ("灯.txt", LETTER.encode()))
    next(box for box in adding.text_input if box.label == "日期").input("去年")
    page = shown(press(adding, "收录选中的"))
    assert "日期“去年”看不懂" in page
    assert "灯" not in ids(held)
    next(box for box in adding.text_input if box.label == "日期").input("2023")
    press(adding, "收录选中的")
    assert held.article("灯").date == "2023"


def test_while_another_one_writes_the_upload_waits(adding: AppTest, held: KnowledgeBase) -> None:
    upload(adding, ("灯.txt", LETTER.encode()))
    with held._engine.lock():
        page = shown(press(adding, "收录选中的"))
    assert "请等它完成后再试" in page
    assert "回执和填写的内容都还在" in page
    assert "灯" not in ids(held)
    press(adding, "收录选中的")
    assert "灯" in ids(held)


def test_a_copy_is_not_marked_for_keeping(adding: AppTest, held: KnowledgeBase) -> None:
    upload(adding, ("灯.txt", LETTER.encode()))
    press(adding, "收录选中的")
    page = shown(upload(adding, ("灯.txt", LETTER.encode()), ("席.txt", "红白喜事从简办理，不大操大办。".encode())))
    assert "同一个文件已经收录过" in page
    assert [box.value for box in adding.checkbox] == [False, True]
    press(adding, "全部不选")
    assert [box.value for box in adding.checkbox] == [False, False]
    press(adding, "全部勾选")
    assert [box.value for box in adding.checkbox] == [True, True]


def test_more_cards_than_a_sheet_holds_keep_what_was_chosen(adding: AppTest, held: KnowledgeBase) -> None:
    upload(adding, *((f"{number:02}.txt", f"第{number}号楼的灯坏了，{LETTER}".encode()) for number in range(22)))
    assert len(adding.checkbox) == 20
    adding.checkbox[0].uncheck().run()
    adding.segmented_control[0].set_value(1).run()
    assert len(adding.checkbox) == 2
    press(adding, "收录选中的 21 篇")
    assert "00" not in ids(held)
    assert "21" in ids(held)


def test_an_own_article_is_changed_and_removed_after_asking(adding: AppTest, held: KnowledgeBase) -> None:
    held.keep(held.preview([file("灯.txt")]).found)
    adding.query_params["manage"] = "灯"
    adding.run()
    next(box for box in adding.text_input if box.label == "来源").input("社区报")
    assert "已保存" in shown(press(adding, "保存修改"))
    assert held.article("灯").source == "社区报"
    page = shown(press(adding, "移除这篇文章"))
    assert "确定移除吗" in page
    press(adding, "不移除")
    assert "灯" in ids(held)
    press(adding, "移除这篇文章")
    assert "已移除" in shown(press(adding, "确定移除"))
    assert "灯" not in ids(held)


def test_an_article_of_a_folder_is_not_edited_here(adding: AppTest) -> None:
    adding.query_params["manage"] = "wuye"
    adding.run()
    assert not any(button.label == "保存修改" for button in adding.button)
    assert "下次 kb build 会再收录它" in adding.caption[0].value


def test_hostile_names_and_texts_are_shown_as_text(adding: AppTest, held: KnowledgeBase) -> None:
    name = f"{HOSTILE}\u202e\x00" + "长" * 300 + ".txt"
    page = shown(upload(adding, (name, f"{HOSTILE}\n{LETTER}".encode()), ("../../x.txt", b"")))
    kept = shown(press(adding, "收录选中的"))
    assert "已收录 1 篇" in kept
    adding.query_params["manage"] = next(one.id for one in held.holdings() if one.own)
    removing = shown(press(adding.run(), "移除这篇文章"))
    removed = shown(press(adding, "确定移除"))
    for html in (page, kept, removing, removed):
        assert "<script" not in html
        assert "<img" not in html
        assert 'href="javascript' not in html
        assert "\u202e" not in html
        assert "../" not in html
    assert not [*adding.error, *adding.warning, *adding.success, *adding.markdown]


def test_both_scripts_of_the_interface(held: KnowledgeBase) -> None:
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=30)
    app.query_params["view"], app.query_params["ui"] = "add", "hant"
    app.run()
    page = shown(upload(app, ("灯.txt", LETTER.encode())))
    assert "點“收錄”之前" in page
    assert "純文本" in page
    assert "楼道里的灯坏了半年没有人修" in page
    assert "按類別" in shown(library(ui="hant"))


def test_the_library_counts_what_is_there(held: KnowledgeBase) -> None:
    page = shown(library())
    assert "<dd>4</dd>" in page
    assert '<th scope="row">浙江省</th>' in page
    assert '<th scope="row">繁体</th>' in page
    assert "按添加的日子" in page


def test_the_library_tells_damage_and_copies(held: KnowledgeBase) -> None:
    damaged = file("坏.txt", "物業(yè)服務(wù)要跟上，調解糾紛3?件。")
    held.keep(held.preview([file("a.txt"), file("b.txt"), damaged]).found)
    page = shown(library("quality"))
    assert "缺字" in page
    assert "article=%E5%9D%8F" in page
    assert "内容相同（100%）" in page
    assert "manage=b" in page


def test_gaps_are_asked_again_and_struck_out(held: KnowledgeBase) -> None:
    assert "待补清单是空的" in shown(library("gaps"))
    held.report_gap(held.ask("火星上怎么种土豆"))
    app = library("gaps")
    assert "火星上怎么种土豆" in shown(app)
    assert "依据" in shown(press(app, "全部重问一遍"))
    assert "待补清单是空的" in shown(press(app, "划掉"))
    assert held.gaps() == []


def test_a_phrase_is_cut_and_a_term_is_tried_before_it_is_added(held: KnowledgeBase) -> None:
    app = library("terms")
    app.text_input(key="segment-text").input("社区先托底")
    page = shown(press(app, "切分"))
    assert "<span>社区</span>" in page
    app.text_input(key="terms-text").input("先托底")
    page = shown(press(app, "试加"))
    assert "会改变 1 篇文章（1 段）的切分" in page
    assert not [one for one in held.terms() if not one.lexicon]
    page = shown(press(app, "确定添加"))
    assert "已添加" in page
    assert "<span>先托底</span>" in page
    app.text_input(key="terms-text").input("先托底")
    press(app, "试移除")
    press(app, "确定移除")
    assert not [one for one in held.terms() if not one.lexicon]


def test_a_term_that_cannot_be_one_is_told(held: KnowledgeBase) -> None:
    app = library("terms")
    app.text_input(key="terms-text").input("灯")
    assert "至少两个字" in shown(press(app, "试加"))
    assert "没有加过这些词" in shown(press(app, "试移除"))


def test_the_doctor_is_asked_only_on_demand(held: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def check_all(*_arguments: object) -> list[Check]:
        asked.append(1)
        return [Check("磁盘", True, "剩余 9 GB"), Check("向量", False, "3 / 4", "运行 kb build 补算。")]

    monkeypatch.setattr(checking, "check_all", check_all)
    app = library("state")
    assert "characters-v1" in shown(app)
    assert not asked
    page = shown(press(app, "开始检查"))
    assert "1 项有问题" in page
    assert "运行 kb build 补算。" in page
