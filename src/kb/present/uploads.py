"""An uploaded file before it is kept, as HTML: what it is, how it was read, what is to be seen to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from html import escape
from pathlib import PurePath

from kb.present import html, receipts
from kb.present.repairs import KINDS
from kb.types import DuplicateKind, Preview, Receipt

BEGINNING = 500
"""Characters of the text that are shown before it is kept."""

MOST_PRACTICES = 8

AS_WRITTEN = frozenset({"文件", "重复", *receipts.STATED.values()})
"""Rows of a receipt whose values are not ours."""

SCRIPTS = {"hans": "简体", "hant": "繁体", "mixed": "繁简混用"}


def wanted(preview: Preview) -> bool:
    """Whether it is marked for keeping at first: not where the same text is there already."""
    copies = {found.kind for found in preview.receipt.duplicates}
    return not preview.present and DuplicateKind.EXACT not in copies


def facts(preview: Preview) -> str:
    """How it was read, in one line."""
    receipt = preview.receipt
    parts = [receipts.FORMATS.get(receipt.format, receipt.format)]
    if receipt.encoding:
        parts.append(receipt.encoding.upper())
    parts.append(SCRIPTS[preview.document.article.script.value])
    parts.append(f"收到 {receipt.han_received} 个汉字，保留 {receipt.han_characters} 个")
    parts.append(f"{receipt.passages} 段")
    return " · ".join(filter(None, parts))


def remarks(preview: Preview) -> Iterator[tuple[str, str]]:
    """(How serious: "good", "note" or "warn"; a sentence of ours) for everything that somebody should know of."""
    receipt = preview.receipt
    if preview.present:
        yield "warn", "同一个文件已经收录过；再收录只会更新它的信息。"
    yield from _of_the_text(receipt)
    if receipt.boilerplate:
        yield "note", f"移出正文的网页文字 {len(receipt.boilerplate)} 行。"


def _of_the_text(receipt: Receipt) -> Iterator[tuple[str, str]]:
    if receipt.format == receipts.SCAN:
        yield "note", "文字是从图像里认出来的，可能有认错的字，收录前请对照原件。"
    if receipt.repairs:
        repaired = "、".join(f"{KINDS[kind]} {count} 处" for kind, count in receipt.repairs.items())
        yield "good", f"已修复：{repaired}。"
    if receipt.guessed:
        yield "note", f"有 {receipt.guessed} 个字是推断的，正文里会标出。"
    if receipt.lost:
        yield "warn", f"有 {receipt.lost} 处缺字或乱码，无法补回，正文里会标出。"
    if receipt.undecodable:
        yield "warn", f"有 {receipt.undecodable} 个字节读不出来。"
    if receipt.private_use:
        yield "warn", f"有 {receipt.private_use} 个字要用原文的字体才能显示。"


def _copies(receipt: Receipt, say: html.Say) -> str:
    """The articles that say the same; their titles stay as they are written."""
    return "".join(
        f'<li class="kb-is-warn">{escape(say(receipts.DUPLICATES[found.kind]))}：《{escape(found.title)}》'
        f"（{found.similarity:.0%}）</li>"
        for found in receipt.duplicates
    )


def card(preview: Preview, names: Mapping[str, str], say: html.Say, **keep: str) -> str:
    """The head of a card: file, title, facts, remarks, and the practices that are named (`names` by id)."""
    article, receipt = preview.document.article, preview.receipt
    rows = _copies(receipt, say)
    rows += "".join(f'<li class="kb-is-{kind}">{escape(say(line))}</li>' for kind, line in remarks(preview))
    known = [key for key in receipt.practices if key in names]
    chips = "".join(html.link(names[key], "kb-chip", **keep, practice=key) for key in known[:MOST_PRACTICES])
    label = say(f"提到 {len(known)} 个实践" + ("，如" if len(known) > MOST_PRACTICES else ""))
    named = f'<div class="kb-chips"><span>{label}</span>{chips}</div>' if chips else ""
    return (
        f'<div class="kb-upload"><div class="kb-file"><bdi>{escape(receipt.origin)}</bdi></div>'
        f'<h3 lang="{html.LANGUAGES[article.script]}">{escape(article.title)}</h3>'
        f'<div class="kb-path">{escape(say(facts(preview)))}</div>'
        f'<ul class="kb-remarks">{rows}</ul>{named}</div>'
    )


def beginning(preview: Preview) -> str:
    """The first characters of the text as it would be kept."""
    article = preview.document.article
    text = article.text[:BEGINNING]
    more = "<p>……</p>" if len(article.text) > BEGINNING else ""
    body = html.marked(text, 0, [], article.sources, article.flags)
    return f'<div class="kb-body kb-beginning" lang="{html.LANGUAGES[article.script]}">{body}{more}</div>'


def receipt_table(receipt: Receipt, say: html.Say) -> str:
    """Everything a receipt says."""
    rows = "".join(
        f"<div><dt>{escape(say(name))}</dt><dd>{escape(value if name in AS_WRITTEN else say(value))}</dd></div>"
        for name, value in receipts.rows(replace(receipt, origin=named(receipt.origin)))
    )
    return f'<dl class="kb-facts kb-receipt">{rows}</dl>'


def named(origin: str) -> str:
    """A file of the server by its name: the folders it lies in are nobody's concern."""
    return PurePath(origin).name if PurePath(origin).is_absolute() else origin


def failures(told: Mapping[str, str], say: html.Say) -> str:
    """Files that were left out, each with the reason."""
    rows = "".join(f"<li><bdi>{escape(name)}</bdi><span>{escape(say(why))}</span></li>" for name, why in told.items())
    return f'<ul class="kb-failures">{rows}</ul>'
