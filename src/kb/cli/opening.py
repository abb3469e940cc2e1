"""What commands share: the open knowledge base, the settings, and how a result is printed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb.cli.frame import say

if TYPE_CHECKING:
    from kb.config import Settings
    from kb.knowledge import KnowledgeBase


@dataclass(frozen=True, slots=True)
class Chosen:
    """What stands before the command's name: where the index is, and whose sealed libraries are trusted."""

    index: Path | None
    trusted_keys: str | None


@contextmanager
def opened(context: click.Context) -> Iterator[KnowledgeBase]:
    """The knowledge base that the options name; notices go to the user."""
    from kb.knowledge import KnowledgeBase

    with KnowledgeBase.open(settings=settings_of(context), notice=say) as knowledge:
        yield knowledge


def settings_of(context: click.Context) -> Settings:
    """The settings of the environment, and what the options before the command's name say instead."""
    from kb.config import load_settings

    chosen: Chosen = context.obj
    return load_settings(index=chosen.index, trusted_keys=chosen.trusted_keys)


def print_result(plain: Any, text: Callable[[], str], as_json: bool) -> None:
    """One JSON document, or the text for people."""
    click.echo(json.dumps(plain, ensure_ascii=False, indent=2) if as_json else text())


json_option = click.option("--json", "as_json", is_flag=True, help="输出一个 JSON 文档。")
