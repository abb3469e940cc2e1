"""`kb ask`: an answer in the sources' own sentences."""

from __future__ import annotations

import click

from kb.cli.commands import filter_options
from kb.cli.frame import ChineseCommand
from kb.cli.opening import json_option, opened, print_result


@click.command(cls=ChineseCommand)
@click.argument("question")
@filter_options
@json_option
@click.pass_context
def ask(context: click.Context, /, question: str, as_json: bool, **filters: str) -> None:
    """用收录文章的原句回答，每句带出处；文章里没有依据时直说没有。"""
    from kb.present import answers
    from kb.types import Filters

    with opened(context) as knowledge:
        found = knowledge.ask(question, filters=Filters(**filters))
    print_result(answers.plain(found), lambda: answers.text(found), as_json)
