"""Feeds what works on texts already read: laws of lengths, places and repetition, whatever the text."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from functools import lru_cache
from unittest.mock import patch

from benchmarks.fuzzing.checking import check_markup, check_strings, hold
from kb.catalogue.figures import numbers_in
from kb.catalogue.years import year_of
from kb.config import load_settings
from kb.course.basket_json import from_json, to_json
from kb.errors import KBError
from kb.index.filters import condition
from kb.knowledge.editing import visible
from kb.present import html
from kb.present.outline import outline
from kb.present.printable import printable
from kb.prose.amounts import numbers
from kb.prose.reply import read_reply
from kb.search import asked
from kb.search.expand import other_names
from kb.search.highlight import join
from kb.search.quotation import read_quotation
from kb.search.slips import KnownNames
from kb.sources.quotations import quotations
from kb.text.convert import Region, convert
from kb.text.duplicates import duplicates
from kb.text.fingerprint import Fingerprint, fingerprint
from kb.text.normalize import normalize
from kb.text.quoted import quoted_names
from kb.text.repair import apply_steps, repair
from kb.text.repair.values import undo_steps
from kb.text.script import detect_script
from kb.text.segment import Segmenter
from kb.text.sentences import sentences
from kb.text.split import split
from kb.types import Citation, Filters, Span, parse_day

BASKET = (
    '{"format": "kb-basket", "version": 1, "topic": "议事", "items": [{"kind": "passage", "title": "题", "quotes": '
    '[{"article_id": "a", "start": 0, "end": 2, "text": "正文"}], "note": ""}, '
    '{"kind": "practice", "title": "枫桥经验", "practice": "fengqiao", "note": "讲"}]}'
).encode()


def _text(data: bytes, most: int = 6_000) -> str:
    """Halves of surrogate pairs among it: a shell or JSON may bring them."""
    return data.decode("utf-8", "surrogatepass")[:most]


def repaired(data: bytes) -> None:
    text = _text(data, 1_500)
    done = repair(text)
    hold(apply_steps(text, done.steps) == done.text, "the steps lead from the text to what it is repaired to")
    hold(undo_steps(done.text, done.steps) == text, "the steps lead back")
    hold(all(0 <= one.start < one.end <= len(done.text) for one in done.flags), "flags lie in the text")
    hold(0.0 <= done.quality <= 1.0, "quality is a share")
    hold(repair(done.text).text == done.text, "repairing twice is repairing once")


def normalized(data: bytes) -> None:
    text = _text(data)
    matching = normalize(text)
    hold(len(matching) == len(text), "the matching form keeps the length")
    hold(normalize(matching) == matching, "normalising twice is normalising once")
    for region in Region:
        hold(len(convert(text, region).text) == len(text), "converting keeps the length")
    hold(len(printable(text)) == len(text), "printing keeps the length")
    check_strings(printable(text).replace("\ufffe", ""))
    detect_script(text)
    hold("\n" not in visible(text), "what is shown in a line is one line")


def cut(data: bytes) -> None:
    text = _text(data)
    spans = sentences(text)
    hold("".join(text[one.start : one.end] for one in spans) == text, "sentences cover the text")
    hold(all(one.start < one.end for one in spans), "no sentence is empty")
    pieces, last = split(text), 0
    for piece in pieces:
        hold(last <= piece.start < piece.end <= len(text), "passages lie in order")
        last = piece.end
    for heading in outline(text):
        hold(0 <= heading.start < len(text), "headings lie in the text")


@lru_cache(maxsize=1)
def _segmenter() -> Segmenter:
    return Segmenter(["四议两公开", "网格员"], cache=load_settings().cache)


def segmented(data: bytes) -> None:
    matching = normalize(_text(data, 3_000))
    segmenter = _segmenter()
    for token in (*segmenter.tokens(matching), *segmenter.words(matching)):
        hold(matching[token.start : token.end] == token.term, "a token is what stands at its place")
    hold(all(0 <= place <= len(matching) for place in segmenter.breaks(matching)), "breaks lie in the text")
    list(quoted_names(matching, ("制度",)))


def named(data: bytes) -> None:
    text = _text(data)
    made = fingerprint(normalize(text))
    hold(Fingerprint.from_bytes(made.to_bytes()) == made, "a fingerprint survives being stored")
    duplicates(made, {"a": made})
    with suppress(ValueError):
        Fingerprint.from_bytes(data)
    for span, cited in Citation.all_in(text):
        hold(Citation.parse(text[span.start : span.end]) == cited, "a citation is read as it was found")
    with suppress(ValueError):
        Citation.parse(text)
    if text:
        made_of = Citation.of("a", 0, len(text), text)
        hold(Citation.parse(str(made_of)) == made_of, "a citation survives being written")
        hold(made_of.names(text), "a citation names its text")


def figures(data: bytes) -> None:
    text = _text(data, 5_000)
    for ask in (asked.steps, asked.figures, asked.places, asked.article, asked.says_amount, asked.amounts):
        ask(text)
    asked.says_little(text[:600], text)
    numbers_in(normalize(text[:2_000]))
    numbers(text[:2_000])
    year_of(text)
    with suppress(ValueError):
        parse_day(text)
    other_names().find(text, frozenset(range(len(text) + 1)))
    KnownNames(["枫桥经验", "四议两公开", "街乡吹哨部门报到"]).correction(
        text, frozenset(range(len(text) + 1)), lambda _words: False
    )


def shown(data: bytes) -> None:
    text = _text(data)
    spans = join([Span(one.start, one.end) for one in sentences(text)[::3]])
    done = repair(text[:1_000])
    headings = outline(text)
    body = html.marked(text, 0, spans, (), done.flags if text == done.text else (), headings=headings)
    ours = {"p", "mark", "span", "sup", "h2", "h3", "h4", "h5", "h6", "h7"}
    found = check_markup(body, ours, ("class", "title", "id", "role", "aria-label"))
    words = "".join(text.split())
    hold(len("".join(found.text.split())) <= len(words) + text.count("\n") + 1, "nothing is shown that was not written")
    check_markup(html.escaped(text), ())
    check_markup(html.link(text, q=text), {"a"}, ("class", "href", "target", "aria-current"))
    check_markup(html.outline(headings), {"ol", "li", "a"}, ("class", "href"))
    hold(not re.search(r"(?<!\\)(?:\\\\)*[\[\]<]", html.in_markdown(text)), "no link and no tag in Markdown")


def quoted() -> tuple[bytes, ...]:
    """Quotations of the articles of the small library, right and altered, and citations."""
    written = (
        "没有物业的小区由社区先托底。",
        "没有物业的小区由街道托底",
        "小事不出村……大事不出镇",
        "“楓橋經驗”講究就地化解矛盾",
        "wuye@0-12~aaaaaaaaaaaaaaaa",
        "小事不出村，大事不出镇（fengqiao@10-20~aaaabbbbccccdddd）",
        "1652个",
        "甲" * 1_900,
    )
    return tuple(one.encode() for one in written)


def draft(data: bytes) -> None:
    text = _text(data)
    at = 0
    for one in quotations(text):
        hold(at <= one.start < one.end <= len(text), "quotations lie in order")
        hold("\n" not in one.text, "a quotation is one line")
        at = one.end
        read = read_quotation(one.text)
        hold(all(piece.letters for piece in read.pieces), "pieces of a quotation say something")


def reply(data: bytes) -> None:
    for one in read_reply(_text(data)):
        check_strings(one.cites)


def basket(data: bytes) -> None:
    found = from_json(_text(data, 20_000))
    hold(from_json(to_json(found)) == found, "a basket survives being written")
    check_strings(found)


def configured(data: bytes) -> None:
    """Environment variables; what is no UTF-8 comes as halves of surrogate pairs."""
    rows = (os.fsdecode(row).partition("=") for row in data.splitlines())
    values = {name: value for name, _sign, value in rows if name.startswith("KB_") and "\x00" not in name + value}
    with patch.dict(os.environ, values):
        load_settings()


def filtered(data: bytes) -> None:
    rows = (_text(data).split("\n") + [""] * 6)[:6]
    sql, values = condition(Filters(rows[0], rows[1], rows[2], rows[3], rows[4], rows[5]))
    hold(sql.count("?") == len(values), "every value has its place")
    hold(
        all(character in "abcdefghijklmnopqrstuvwxyz_() >='?<|+,-1230ANDS" for character in sql),
        "no word of a filter is SQL",
    )
    with suppress(KBError):
        condition(Filters(since=_text(data)))
