"""`kb course` and the same from Python, on a small index."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from docx import Document
from pptx import Presentation

from conftest import PROJECT, CharacterEncoder
from kb.cli import main
from kb.course.basket import annotate, move
from kb.course.basket_json import from_json, to_json
from kb.course.values import SectionKind
from kb.errors import NotFoundError, QueryError
from kb.knowledge import KnowledgeBase, engine

PAGES = ("fengqiao-jingyan", "duowang-heyi", "guangming-moshi")


@pytest.fixture
def index(tmp_path: Path, articles: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three small articles and three practices of the real catalogue, where the commands look for them."""
    monkeypatch.setattr(engine, "open_encoder", lambda **_settings: CharacterEncoder())
    monkeypatch.setenv("KB_INDEX", str(tmp_path / "index"))
    monkeypatch.setenv("KB_CACHE", str(cache))
    monkeypatch.delenv("KB_SCRIPT", raising=False)
    monkeypatch.chdir(tmp_path)
    pages = [str(PROJECT / "corpus" / "practices" / f"{key}.md") for key in PAGES]
    result = CliRunner().invoke(main, ["build", str(articles), *pages], catch_exceptions=False)
    assert result.exit_code == 0
    return tmp_path


def kb(*arguments: object) -> Result:
    result = CliRunner().invoke(main, ["course", *map(str, arguments)], catch_exceptions=False)
    assert "Traceback" not in result.output
    return result


def opened() -> KnowledgeBase:
    return KnowledgeBase.open(encoder=CharacterEncoder())


def test_every_statement_resolves_in_the_store(index: Path) -> None:
    with opened() as knowledge:
        basket = knowledge.basket(
            "议事", practices=["楓橋經驗", "多网合一", "光明模式"], articles=["wuye", "fengqiao#1"]
        )
        plan = knowledge.course(basket)
        assert plan == knowledge.course(basket)
        texts = {article.id: knowledge.article(article.id).text for article in knowledge.articles()}
    assert {section.kind for section in plan.sections} >= set(SectionKind) - {SectionKind.READING}
    for point in plan.points():
        assert point.references
        assert point.rests
        for quote in (*point.rests, *point.quotes):
            assert texts[quote.article_id][quote.start : quote.end] == quote.text != ""


def test_the_statements_of_every_page_are_quoted(index: Path) -> None:
    """No statement of these pages is shown without its place in the stored text."""
    with opened() as knowledge:
        plan = knowledge.course(knowledge.basket(practices=PAGES))
        practices = [knowledge.practice(key) for key in PAGES]
    quoted = {quote.text for point in plan.points() for quote in point.quotes}
    for practice in practices:
        for field in ("lead", "problem", "mechanism", "steps", "figures", "results", "limits"):
            assert {statement.text for statement in getattr(practice, field)} <= quoted


def test_an_answer_is_put_in_sentence_by_sentence(index: Path) -> None:
    with opened() as knowledge:
        answer = knowledge.ask("没有物业的小区由社区先托底")
        basket = knowledge.basket(answers=[answer])
        plan = knowledge.course(basket)
    basis = plan.section(SectionKind.BASIS)
    assert basis is not None
    (block,) = basis.groups[0].blocks
    assert block.title == answer.question
    assert len(block.points) == len(answer.sentences)


@pytest.mark.parametrize(
    ("place", "error", "told"),
    [
        ("meiyou", NotFoundError, "没有文章 meiyou"),
        ("wuye#9", NotFoundError, "没有第 9 段"),
        ("wuye@5-5", QueryError, "5–5 处没有文字"),
        ("wuye@5-99999", QueryError, "5–99999 处没有文字"),
        (" ", QueryError, "请写明文章编号"),
    ],
)
def test_places_that_are_none(index: Path, place: str, error: type[Exception], told: str) -> None:
    with opened() as knowledge, pytest.raises(error, match=told):
        knowledge.pick(place)


def test_a_basket_goes_from_file_to_file(index: Path) -> None:
    made = kb(
        "--topic", "议事", "--practice", "多网合一", "--article", "wuye@0-12", "--save-basket", "a.json", "-o", "a.md"
    )
    assert made.exit_code == 0, made.output
    assert made.stderr.startswith("已写入 a.md：")
    basket = from_json(Path("a.json").read_text(encoding="utf-8"))
    assert [item.key for item in basket.items] == ["practice:duowang-heyi", "passage:wuye@0-12"]
    edited = annotate(move(basket, "passage:wuye@0-12", 0), "practice:duowang-heyi", "讲十分钟")
    Path("b.json").write_text("\ufeff" + to_json(edited), encoding="utf-8")
    again = kb("b.json", "--practice", "枫桥经验", "--practice", "多网合一", "--save-basket", "c.json")
    assert again.exit_code == 0, again.output
    assert "# 议事\n" in again.stdout
    assert "**备注**：讲十分钟" in again.stdout
    kept = from_json(Path("c.json").read_text(encoding="utf-8"))
    assert [item.practice for item in kept.items] == ["", "duowang-heyi", "fengqiao-jingyan"]


def test_the_same_basket_gives_the_same_files(index: Path) -> None:
    wanted = ("--practice", "枫桥经验", "--practice", "光明模式")
    for name in ("one", "two"):
        for kind in ("docx", "pptx", "md"):
            assert kb(*wanted, "--out", f"{name}.{kind}").exit_code == 0
    for kind in ("docx", "pptx", "md"):
        assert Path(f"one.{kind}").read_bytes() == Path(f"two.{kind}").read_bytes()
    titles = [paragraph.text for paragraph in Document("one.docx").paragraphs if paragraph.style.name == "Heading 1"]
    assert titles[0] == "一、教学目标"
    assert len(Presentation("one.pptx").slides) > 10


def test_the_format_is_that_of_the_option_before_that_of_the_name(index: Path) -> None:
    assert kb("--practice", "枫桥经验", "--format", "md", "-o", "kit.docx").exit_code == 0
    assert Path("kit.docx").read_text(encoding="utf-8").startswith("# 枫桥经验\n")
    assert kb("--practice", "枫桥经验", "-o", "kit").exit_code == 0
    assert Path("kit").read_text(encoding="utf-8").startswith("# 枫桥经验\n")


@pytest.mark.parametrize(
    ("script", "line"),
    [("cn", "小事不出村，大事不出镇。"), ("tw", "小事不出村，大事不出鎮。"), ("original", "小事不出村，大事不出鎮。")],
)
def test_the_script_is_chosen(index: Path, script: str, line: str) -> None:
    made = kb("--article", "fengqiao", "--script", script)
    assert line in made.stdout
    assert ("字形已转换" in made.stdout) == (script == "cn")


def test_json_holds_the_plan(index: Path) -> None:
    made = kb("--practice", "枫桥经验", "--json")
    told: dict[str, Any] = json.loads(made.stdout)
    assert list(told) == ["topic", "practices", "notices", "sections", "references", "excerpts", "missing"]
    assert told["practices"] == ["枫桥经验"]


def test_what_vanished_since_is_told_and_shown(index: Path) -> None:
    assert kb("--practice", "枫桥经验", "--article", "wuye", "--save-basket", "a.json").exit_code == 0
    assert CliRunner().invoke(main, ["remove", "wuye"]).exit_code == 0
    made = kb("a.json", "-o", "a.docx")
    assert made.exit_code == 0
    assert "篮子里有一处文章已从库中移除：老旧小区没有物业怎么办。已列在文末。" in made.stderr
    text = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(Path("a.docx").read_bytes())).paragraphs)
    assert "老旧小区没有物业怎么办（文章已从库中移除" in text
    assert CliRunner().invoke(main, ["remove", "fengqiao-jingyan"]).exit_code == 0
    gone = kb("a.json")
    assert gone.exit_code == 1
    assert gone.stderr.startswith("篮子里的内容都已不在库中：枫桥经验（实践已从库中移除）")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "篮子是空的。"),
        (("--format", "docx", "--practice", "枫桥经验"), "docx 文件要写明存到哪里，例如：-o 课程.docx"),
        (("meiyou.json",), "打不开篮子文件 meiyou.json"),
        (("latin.json",), "篮子文件 latin.json 不是 UTF-8 文本。"),
        (("new.json",), "篮子文件的版本是 9，本版本只认 1。"),
        (("--practice", "没有的"), "没有叫“没有的”的实践。"),
        (("--practice", "枫桥经验", "-o", "meiyou/kit.md"), "写不了文件 meiyou/kit.md"),
    ],
)
def test_failures_are_told_in_one_sentence(index: Path, arguments: tuple[str, ...], told: str) -> None:
    Path("latin.json").write_bytes(b"\xff\xfe\xb0")
    Path("new.json").write_text('{"format": "kb-basket", "version": 9}', encoding="utf-8")
    failed = kb(*arguments)
    assert failed.exit_code == 1
    assert failed.stderr.startswith(told)
    assert not failed.stdout
