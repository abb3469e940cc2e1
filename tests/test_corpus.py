"""Every page of the starter corpus keeps the rules of docs/corpus.md."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from kb.sources.front_matter import FrontMatter, read_front_matter
from kb.sources.read import read_file
from kb.text.normalize import normalize
from kb.text.other_names import is_line, line
from kb.text.script import detect_script
from kb.text.segment import Segmenter
from kb.types import Document, Practice, Script

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
ARTICLES = sorted((CORPUS / "articles").glob("*"))
PRACTICES = sorted((CORPUS / "practices").glob("*"))

PRACTICE_KIND = "实践"
ARTICLE_KINDS = {"概览", "地方做法", "指南", "比较", "问答", "讲义", "法规解读"}
MARKS = {"自述", "归纳", "歸納", "待核"}
SHORTEST, LONGEST = 600, 1500
"""Characters of an article's body, white space, source numbers and marks not counted."""

COPIED = 13
"""So many Han characters in a row are shared with a text only by copying it, or a title or name, from it."""

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
HAN = r"[\u3400-\u9fff\U00020000-\U000323af]"
SOURCE_NUMBER = re.compile(r"\[(\d+)\]")
MARK = re.compile(r"〔([^〕]*)〕")

articles = pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
practices = pytest.mark.parametrize("path", PRACTICES, ids=lambda path: path.stem)
pages = pytest.mark.parametrize("path", ARTICLES + PRACTICES, ids=lambda path: path.stem)


def parts(path: Path) -> tuple[FrontMatter, str]:
    """Front matter and body."""
    return read_front_matter(path.read_text(encoding="utf-8"), path.name)


def stated(path: Path) -> dict[str, Any]:
    """The front matter with every key that stands there, also those the package has no use for yet."""
    content: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8").split("---\n")[1], yaml.BaseLoader)
    return content


def read_one(path: Path) -> Document:
    """The one document that a page gives."""
    found = list(read_file(path))
    assert len(found) == 1
    assert isinstance(found[0], Document)
    return found[0]


def all_practices() -> list[Practice]:
    return [practice for path in PRACTICES if (practice := read_one(path).practice)]


def bare(body: str) -> str:
    """The body without source numbers and marks."""
    return MARK.sub("", SOURCE_NUMBER.sub("", body))


def han(text: str) -> str:
    """The Han characters of a text in matching form."""
    return "".join(re.findall(HAN, normalize(text)))


def shared_runs(text: str, runs: set[str]) -> Iterator[str]:
    """The longest stretches of `text` all of whose runs of COPIED characters are in `runs`."""
    at = 0
    while at + COPIED <= len(text):
        end = at
        while text[end : end + COPIED] in runs and end + COPIED <= len(text):
            end += 1
        if end > at:
            yield text[at : end + COPIED - 1]
        at = max(end, at + 1)


def test_there_are_enough_pages_and_a_quarter_of_the_articles_is_traditional() -> None:
    scripts = [read_one(path).article.script for path in ARTICLES]
    assert len(ARTICLES) >= 12
    assert len(PRACTICES) >= 12
    assert 4 * scripts.count(Script.HANT) >= len(ARTICLES)
    assert Script.MIXED not in scripts


@pages
def test_a_page_reads_without_failure_and_is_called_as_its_file(path: Path) -> None:
    found = read_one(path)
    assert path.name == f"{found.article.id}.md"
    assert SLUG.fullmatch(found.article.id)
    assert found.own_id
    assert (found.practice is not None) == (path in PRACTICES)


def test_no_two_pages_have_one_id() -> None:
    stems = [path.stem for path in ARTICLES + PRACTICES]
    assert len(set(stems)) == len(stems)


@articles
def test_the_front_matter_of_an_article_is_complete(path: Path) -> None:
    head = stated(path)
    named = "id title kind category region date author source tags practices sources"
    assert [key for key in named.split() if not head.get(key)] == []
    assert set(head) <= set(named.split()) | {"url"}
    assert head["kind"] in ARTICLE_KINDS
    assert all(map(SLUG.fullmatch, head["practices"]))


@practices
def test_the_front_matter_of_a_practice_is_complete(path: Path) -> None:
    head = stated(path)
    named = "id kind name name_traditional aliases category region steps_basis confidence sources"
    assert [key for key in named.split() if not head.get(key)] == []
    assert set(head) == {*named.split(), "since", "related"}
    assert head["kind"] == PRACTICE_KIND
    assert head["steps_basis"] in {"来源", "归纳"}
    assert head["confidence"] in {"high", "medium", "low"}
    assert normalize(head["name"]) == normalize(head["name_traditional"])


@pages
def test_every_source_says_what_it_is(path: Path) -> None:
    for source in stated(path)["sources"]:
        assert {"title", "publisher", "date", "url"} <= set(source) <= {"title", "publisher", "date", "url", "note"}
        assert source["title"]
        assert source["publisher"]
    for entry in parts(path)[0].sources:
        assert entry.url == "" or re.fullmatch(r"https?://[^\s\u3000-\uffff]+", entry.url)


@pages
def test_dates_are_dates_or_their_beginnings(path: Path) -> None:
    head, _ = parts(path)
    for date in filter(None, (head.date, *(source.date for source in head.sources))):
        found = DATE.fullmatch(date)
        assert found, date
        datetime.date(*(int(part or 1) for part in found.groups()))


@pages
def test_every_source_number_has_its_source_and_every_source_is_cited(path: Path) -> None:
    head, body = parts(path)
    cited = {int(number) for number in SOURCE_NUMBER.findall(body)}
    assert cited == set(range(1, len(head.sources) + 1))


@pages
def test_marks_are_known_and_follow_a_source(path: Path) -> None:
    _, body = parts(path)
    assert set(MARK.findall(body)) <= MARKS
    assert re.findall(r"[^\]〕]〔", body) == []
    assert re.findall(r"〕\[", body) == []


def test_no_name_belongs_to_two_practices() -> None:
    owners: dict[str, set[str]] = {}
    for practice in all_practices():
        for name in practice.names:
            owners.setdefault(normalize(name), set()).add(practice.id)
    assert {name: ids for name, ids in owners.items() if len(ids) > 1} == {}


@articles
def test_the_body_of_an_article_is_neither_too_short_nor_too_long(path: Path) -> None:
    _, body = parts(path)
    assert SHORTEST <= len(re.sub(r"\s", "", bare(body))) <= LONGEST


@pages
def test_a_page_begins_with_its_title(path: Path) -> None:
    head, body = parts(path)
    assert body.splitlines()[0] == f"# {head.name or head.title}"
    assert len(re.findall(r"^# ", body, re.MULTILINE)) == 1


@practices
def test_the_other_names_of_a_practice_stand_under_its_title(path: Path) -> None:
    """As `python -m benchmarks.other_names` writes them, in the script of the page."""
    head, body = parts(path)
    paragraphs = body.split("\n\n")
    told = line(head.name, head.aliases)
    assert [part for part in paragraphs if is_line(part)] == paragraphs[1:2] * bool(told)
    assert not told or paragraphs[1] == told
    assert detect_script(body) is Script.HANS


@pages
def test_the_body_is_plain_text(path: Path) -> None:
    """No bold, no links, no pictures, no HTML, no comments, nothing invisible."""
    _, body = parts(path)
    assert re.findall(r"\*\*|__|\]\(|!\[|<|`|\|", body) == []
    assert [character for character in body if not character.isprintable() and character != "\n"] == []


@pages
def test_punctuation_between_han_characters_is_full_width(path: Path) -> None:
    _, body = parts(path)
    assert re.findall(f"{HAN}[,;:?!()]+(?={HAN})", bare(body)) == []


@articles
def test_a_traditional_article_is_traditional_throughout(path: Path) -> None:
    head, body = parts(path)
    if detect_script(body) is Script.HANT:
        assert detect_script(head.title + "".join(head.tags)) is Script.HANT
        assert re.findall("[“”‘’]", body) == []
    else:
        assert re.findall("[「」『』]", body) == []


def test_related_practices_are_slugs_of_others() -> None:
    for practice in all_practices():
        assert all(map(SLUG.fullmatch, practice.related))
        assert practice.id not in practice.related
        assert len(set(practice.related)) == len(practice.related)


@pytest.mark.shared
def test_related_practices_exist_here_or_among_the_facts(shared: Path) -> None:
    facts = yaml.safe_load((shared / "facts" / "practices.yaml").read_text(encoding="utf-8"))
    known = {fact["id"] for fact in facts} | {path.stem for path in PRACTICES}
    named = {key for practice in all_practices() for key in practice.related}
    named |= {key for path in ARTICLES for key in stated(path)["practices"]}
    assert named <= known


def test_practice_names_are_words(cache: Path) -> None:
    """Each practice has a name without marks, and each such name is one word in a running text."""
    names = {
        practice.id: [normalize(name) for name in practice.names if name.isalnum()] for practice in all_practices()
    }
    assert [key for key, found in names.items() if not found] == []
    flat = {name for found in names.values() for name in found}
    segmenter = Segmenter((name for practice in all_practices() for name in practice.names), cache=cache)
    cut = {name: [word.term for word in segmenter.words(f"推行{name}的地方")] for name in flat}
    assert {name: words for name, words in cut.items() if name not in words} == {}


@pytest.mark.shared
@pages
def test_no_sentence_is_copied_from_the_seeds(path: Path, shared: Path) -> None:
    """What stands in a practice's name or in the title of a source is no copied sentence."""
    seeds = [han(file.read_text(encoding="utf-8")) for file in sorted((shared / "seeds").glob("*.txt"))]
    assert len(seeds) >= 3
    runs = {seed[at : at + COPIED] for seed in seeds for at in range(len(seed) - COPIED + 1)}
    head, body = parts(path)
    titles = [han(source.title) for source in head.sources]
    titles += [han(name) for practice in all_practices() for name in practice.names]
    copied = [run for line in bare(body).splitlines() for run in shared_runs(han(line), runs)]
    assert [run for run in copied if not any(run in title for title in titles)] == []


def test_shared_runs_are_found_whole() -> None:
    seed = "甲乙丙丁戊己庚辛壬癸子丑寅卯"
    runs = {seed[at : at + COPIED] for at in range(2)}
    assert list(shared_runs(f"前{seed}后{seed[:12]}后{seed[1:]}", runs)) == [seed, seed[1:]]
    assert list(shared_runs(seed[:12], runs)) == []
