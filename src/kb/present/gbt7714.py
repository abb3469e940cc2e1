"""Sources as entries of a list of references after GB/T 7714-2015.

Nothing is guessed: authors are named only where they are known as such (a name in brackets behind a title stays there),
what is not stated is said not to be, and there is no date of access, which nobody recorded.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from kb.catalogue.surroundings import is_law
from kb.types import Article, Source

NO_PUBLISHER, NO_DATE = "[出版者不详]", "[日期不详]"

_JOURNAL = re.compile(r"期刊|学报|學報|杂志|雜誌|\d{1,4}年(?:第)?\d{1,4}期")
_NEWSPAPER = re.compile(r"[\u4e00-\u9fff][报報](?![道告刊到备備送名])")


def gbt7714(source: Source, author: str = "", say: Callable[[str], str] = str) -> str:
    """One entry, without its number; `say` puts our own words into the reader's script.

    >>> gbt7714(Source("市域基层治理“光明模式”成绩亮眼", "深圳特区报", "2021-11-23", "http://www.dutenews.com/n/1"))
    '市域基层治理“光明模式”成绩亮眼[N/OL]. 深圳特区报, 2021-11-23. http://www.dutenews.com/n/1.'
    >>> gbt7714(Source("信访工作条例", "中共中央、国务院", "2022-02-25", note="第十五条"))
    '中共中央、国务院. 信访工作条例[Z]. 2022-02-25（第十五条）.'
    """
    kind = kind_of(source)
    responsible, publisher = _names(author), _one_line(source.publisher)
    if is_law(source.title) and publisher and not responsible:
        responsible, publisher = publisher, ""
    elif not publisher:
        publisher = say(NO_PUBLISHER)
    note = f"（{_one_line(source.note)}）" if source.note.strip() else ""
    published = ", ".join(filter(None, (publisher, source.date.strip() or say(NO_DATE)))) + note
    pieces = (responsible, f"{_one_line(source.title)}[{kind}]", published, _one_line(source.url))
    return ". ".join(piece.removesuffix(".") for piece in pieces if piece) + "."


def kind_of(source: Source) -> str:
    """N newspaper, J journal, Z other; with an address /OL, and EB where nothing else is known of it."""
    kind = "Z"
    if not is_law(source.title):
        paper = _NEWSPAPER.search(re.split(r"[（(]", source.publisher)[0])
        kind = "J" if _JOURNAL.search(source.publisher) else "N" if paper else "Z"
    if source.url.strip():
        return f"{'EB' if kind == 'Z' else kind}/OL"
    return kind


def article_source(article: Article) -> Source:
    """What an article states of itself, as a source."""
    return Source(article.title, article.source, article.date, article.url)


def _names(author: str) -> str:
    """Authors between commas."""
    return ", ".join(filter(None, map(_one_line, re.split(r"[、，,；;\s]+", author))))


def _one_line(text: str) -> str:
    return " ".join(text.split())
