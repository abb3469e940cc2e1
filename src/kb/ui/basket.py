"""The basket of this browser: kept in the session while a page is open, and by the browser itself between pages.

Every link of the app opens a page anew, and with it a session; the script of `kb.ui.browser` tells each session what
lies in the storage of its browser, and keeps there what the session made of it. No other browser is told anything.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from html import escape

import streamlit as st

from kb.course import basket as course
from kb.course.basket import Basket, Item
from kb.course.basket_json import from_json, to_plain
from kb.errors import KBError, QueryError
from kb.present.html import in_markdown
from kb.ui import browser
from kb.ui.context import Page
from kb.ui.notices import notice

PUT, IN = "＋ 放进课程资料", "✓ 已放进，再按移出"
ADD, HERE = "＋ 放进", "✓ 已放进"
PUT_ALL, ALL_IN = "＋ 全部放进课程资料", "✓ 已全部放进，再按移出"
MOST_KEPT = 2_000_000
"""Characters of the JSON. Browsers keep five million of one site, the recent questions among them."""

UNREADABLE = "这个浏览器里存的课程资料读不出来，先放在一边；再放进东西时会换成新的。原因："
UNKEPT = "这个浏览器不让保存课程资料，离开这一页就没有了。请在课程页把它存成文件。"
LONGEST_NAME = 30

COURSE = "course"
"""The page of the basket, as the address names it."""

_KEY = "basket"


@dataclass
class Kept:
    """The basket of a session.

    `known` says that the browser has told what it keeps, `turn` counts what is to be kept there, `focus` are the
    buttons of which the first that is there gets the focus. `told` is what was done and with what, `refused` why
    something was not, `fault` what is wrong with what the browser keeps, `unkept` that it keeps nothing.
    """

    session: str = field(default_factory=lambda: uuid.uuid4().hex)
    basket: Basket = field(default_factory=Basket)
    known: bool = False
    turn: int = 0
    focus: tuple[str, ...] = ()
    told: tuple[str, str] = ("", "")
    refused: str = ""
    fault: str = ""
    unkept: bool = False


def kept() -> Kept:
    """That of this session."""
    found: Kept = st.session_state.setdefault(_KEY, Kept())
    return found


def mount() -> None:
    """On every page: ask the browser what it keeps, and have it keep what was made of it."""
    own = kept()
    data = {
        "session": own.session,
        "turn": own.turn,
        "text": _text(own.basket) if own.turn else None,
        "answer": st.query_params.get("view", "") == COURSE,
        "focus": list(own.focus),
    }
    browser.basket(data, _stored, _unkept)


def announced(page: Page) -> str:
    """What the last change did, for those who do not see the page; once."""
    own = kept()
    (text, quoted), own.told = own.told, ("", "")
    return f'<p class="kb-unseen" role="status">{escape(page.say(text))}{escape(quoted)}</p>'


def notices(page: Page) -> None:
    """What was refused, and what is wrong with what the browser keeps."""
    own = kept()
    refused, own.refused = own.refused, ""
    if refused:
        notice(page, "bad", refused)
    if own.fault:
        notice(page, "warn", UNREADABLE, page.say(own.fault))
    if own.unkept and own.basket != Basket():
        notice(page, "warn", UNKEPT)


def change(make: Callable[[Basket], Basket], *focus: str, told: str = "", quoted: str = "") -> None:
    """Make another basket of this one, or say why not. `focus` are keys of the buttons to stand at afterwards."""
    own = kept()
    try:
        own.basket = _fitting(make(own.basket))
    except KBError as error:
        own.refused = str(error)
        return
    own.turn += 1
    own.focus, own.fault, own.told = focus, "", (told, quoted)


def button(page: Page, item: Item, key: str, name: str = "") -> None:
    """Put something in or take it out again; `name` tells those who do not see the page what."""
    _toggle(page, (item,), key, (PUT, IN), name or item.title)


def small(page: Page, item: Item, key: str, name: str) -> None:
    """The same where there is little room."""
    there = item.key in kept().basket
    about = page.say("课程资料：") + name
    _pressed(page.say(HERE if there else ADD) + naming(about), (item,), key, there)


def button_for_all(page: Page, items: Sequence[Item], key: str) -> None:
    """Put all of these in, or take all of them out again."""
    _toggle(page, items, key, (PUT_ALL, ALL_IN), "、".join(item.title for item in items))


def named(page: Page, item: Item, key: str, name: str) -> None:
    """The same where the name of the thing is all that is seen of the button."""
    there = item.key in kept().basket
    sign = "✓" if there else "＋"
    _pressed(f"{sign} {in_markdown(name)}{naming(page.say((IN if there else PUT)[2:]))}", (item,), key, there)


def naming(name: str) -> str:
    """Behind the label of a button: what it is about. The style keeps it from those who see that anyway."""
    words = " ".join(name.split())
    shown = words[:LONGEST_NAME] + ("……" if len(words) > LONGEST_NAME else "")
    return f" :gray[{in_markdown(shown)}]" if shown else ""


def _toggle(page: Page, items: Sequence[Item], key: str, labels: tuple[str, str], name: str) -> None:
    there = all(item.key in kept().basket for item in items)
    _pressed(page.say(labels[there]) + naming(name), items, key, there)


def _pressed(label: str, items: Sequence[Item], key: str, there: bool) -> None:
    make, told = partial(_without if there else _with, items), "已移出课程资料" if there else "已放进课程资料"
    st.button(label, key=f"collect-{key}", type="tertiary", on_click=change, args=(make,), kwargs={"told": told})


def _with(items: Sequence[Item], basket: Basket) -> Basket:
    return course.add(basket, *items)


def _without(items: Sequence[Item], basket: Basket) -> Basket:
    for item in items:
        if item.key in basket:
            basket = course.remove(basket, item.key)
    return basket


def _stored() -> None:
    """The browser has told what it keeps: what was put in before it could, stands behind that."""
    own, text = kept(), browser.told()
    was_known, own.known = own.known, True
    if not text:
        if was_known:
            own.basket = Basket()  # Another page of this browser has emptied it.
        return
    try:
        found = from_json(text)
        joined = found if was_known else course.add(found, *own.basket.items)
    except QueryError as error:
        own.fault = str(error)
        return
    own.fault = ""
    own.basket = joined
    if joined != found:
        own.turn += 1


def _unkept() -> None:
    kept().unkept = True


def _text(basket: Basket) -> str:
    """What the browser keeps; nothing of an empty basket."""
    plain = to_plain(basket)
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")) if basket != Basket() else ""


def _fitting(basket: Basket) -> Basket:
    """
    Raises:
        QueryError: the browser could not keep it.
    """
    size = len(_text(basket))
    if size > MOST_KEPT:
        raise QueryError(
            f"课程资料太多，浏览器存不下（{size} 字，最多 {MOST_KEPT} 字）。请先移出一些，或少放整篇文章。"
        )
    return basket
