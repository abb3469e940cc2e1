"""What commands share: the open knowledge base, the settings, and how a result is printed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from kb.cli.frame import say

if TYPE_CHECKING:
    from kb.config import Settings
    from kb.knowledge import KnowledgeBase


@contextmanager
def opened(context: click.Context) -> Iterator[KnowledgeBase]:
    """The knowledge base that the options name; notices go to the user."""
    from kb.knowledge import KnowledgeBase

    with KnowledgeBase.open(settings=settings_of(context), notice=say) as knowledge:
        yield knowledge


def settings_of(context: click.Context) -> Settings:
    """The settings of the environment and of `--index`."""
    from kb.config import load_settings

    return load_settings(index=context.obj)


def print_result(plain: Any, text: Callable[[], str], as_json: bool) -> None:
    """One JSON document, or the text for people."""
    click.echo(json.dumps(plain, ensure_ascii=False, indent=2) if as_json else text())


json_option = click.option("--json", "as_json", is_flag=True, help="输出一个 JSON 文档。")
