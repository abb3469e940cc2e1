"""Signing in through OpenID Connect, where `.streamlit/secrets.toml` names a provider; who may do what follows."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from importlib.util import find_spec

import streamlit as st
from streamlit.errors import StreamlitAuthError

from kb.access.binding import is_local
from kb.access.policy import listed
from kb.access.tokens import Role
from kb.access.visitors import SIGNED_IN, Door, Visitor
from kb.config import Settings
from kb.present import html
from kb.ui.context import Page
from kb.ui.notices import notice

VIEW = "account"
ROLES = {Role.READER: "查询", Role.EDITOR: "查询、收录和移除", Role.ADMIN: "全部"}

NOT_SET = (
    "这个地址别的机器也能访问，而登录还没有设置好，所以不开放。请管理员按 docs/app.md 设置登录，"
    "或设置 KB_ANONYMOUS_READ=true 让所有人都能查询；也可以只在本机打开：kb app --host 127.0.0.1。"
)
SIGN_IN = "请先登录。"
NO_ROLE = "这个账号还没有权限。请管理员把它写进 KB_APP_READERS、KB_APP_EDITORS 或 KB_APP_ADMINS："
TOO_LOW = "这一页要更高的权限。请用别的账号登录，或请管理员调整："
ONLY_READING = "这里只能查询。要收录或移除，请在服务器上用 kb add、kb remove，或请管理员设置登录（docs/app.md）。"
MISSING = "登录要另装一个库。请管理员在服务器上运行：pip install 'kb[oidc]'"
BROKEN = "登录的设置有误，请管理员检查 .streamlit/secrets.toml 的 [auth]（docs/app.md）。"


def visitor(settings: Settings) -> Visitor:
    """The one in front of this page."""
    members = {
        Role.READER: listed(settings.app_readers),
        Role.EDITOR: listed(settings.app_editors),
        Role.ADMIN: listed(settings.app_admins),
    }
    local = is_local(str(st.get_option("server.address") or ""))  # Without one Streamlit listens on all of them.
    door = Door(members, settings.app_claim, local=local, anonymous_read=settings.anonymous_read)
    return door.visitor(st.user.to_dict())


def link(page: Page) -> str:
    """The way to one's account, where there is one to have."""
    if not page.visitor.signing:
        return ""
    return html.link(page.visitor.name or page.say("登录"), **page.keep, view=VIEW)


def show(page: Page) -> None:
    """Who one is and what one may do, with the button that signs out; or those that sign in."""
    st.html(f'<h1 class="kb-area">{page.say("账号")}</h1>')
    if not page.visitor.name:
        _sign_in(page)
        return
    may = ROLES[page.visitor.role] if page.visitor.role else "没有"
    facts = ((page.say("账号"), page.visitor.name), (page.say("权限"), page.say(may)))
    rows = "".join(f"<div><dt>{name}</dt><dd><bdi>{escape(value)}</bdi></dd></div>" for name, value in facts)
    st.html(f'<dl class="kb-facts kb-receipt">{rows}</dl>')
    if page.visitor.role is None:
        notice(page, "warn", NO_ROLE, page.visitor.name)
    if st.button(page.say("退出登录"), key="sign-out"):
        st.logout()


def refuse(page: Page) -> None:
    """Why a page is not shown, and what to do."""
    st.html(f'<h1 class="kb-area">{page.say("没有权限")}</h1>')
    visitor = page.visitor
    if visitor.name:
        notice(page, "warn", TOO_LOW if visitor.role else NO_ROLE, visitor.name)
        if st.button(page.say("退出登录"), key="sign-out"):
            st.logout()
    elif visitor.signing:
        notice(page, "warn", SIGN_IN)
        _sign_in(page)
    else:
        notice(page, "warn", ONLY_READING if visitor.role else NOT_SET)


def _sign_in(page: Page) -> None:
    if SIGNED_IN not in st.user.to_dict():
        notice(page, "bad", BROKEN)
        return
    if find_spec("authlib") is None:
        notice(page, "bad", MISSING)
        return
    for provider in _providers():
        if st.button(page.say("登录") + (f"（{provider}）" if provider else ""), type="primary", key=f"in-{provider}"):
            try:
                st.login(provider or None)
            except StreamlitAuthError:
                notice(page, "bad", BROKEN)


def _providers() -> list[str]:
    """The names of [auth.NAME]; "" for the one that [auth] itself describes."""
    section = st.secrets["auth"]
    named = [name for name, value in section.items() if isinstance(value, Mapping) and name != "client_kwargs"]
    return ([""] if "client_id" in section else []) + named
