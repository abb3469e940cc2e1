"""`kb ask`: an answer in the sources' own sentences."""

from __future__ import annotations

import click

from kb.cli.commands import filter_options
from kb.cli.frame import ChineseCommand
from kb.cli.opening import json_option, opened, print_result


@click.command(cls=ChineseCommand)
@click.argument("question")
@filter_options
@click.option("--citations", is_flag=True, help="每句附引用编号，日后用 kb verify 核对是否改动。")
@click.option("--prose/--no-prose", default=False,
              help="另用 KB_LLM_URL 的模型写一段综述，逐句核对；默认不写，只给原文。")  # fmt: skip
@json_option
@click.pass_context
def ask(context: click.Context, /, question: str, citations: bool, prose: bool, as_json: bool, **filters: str) -> None:
    """用收录文章的原句回答，每句带出处；文章里没有依据时直说没有。"""
    from kb.present import answers
    from kb.types import Filters

    with opened(context) as knowledge:
        found = knowledge.ask(question, filters=Filters(**filters), prose=prose)
    print_result(answers.plain(found, citations=citations), lambda: answers.text(found, citations=citations), as_json)
