"""`kb parity` and `kb bulk`: a library beyond one machine."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kb.cli.frame import Bar, ChineseCommand, say
from kb.cli.opening import json_option, print_result, settings_of


@click.command(cls=ChineseCommand)
@click.option("--store", default="", metavar="地址", help="与哪个引擎比（默认取 KB_STORE_URL）。")
@click.option("--queries", type=click.Path(path_type=Path), help="JSON 行：qid、query；不给就从库里取标题和句子来问。")
@click.option("--qrels", type=click.Path(path_type=Path), help="制表符分隔：qid、段落编号、等级；给了就比 nDCG@10。")
@json_option
@click.pass_context
def parity(context: click.Context, store: str, queries: Path | None, qrels: Path | None, as_json: bool) -> None:
    """同样的问题问本机索引文件和检索引擎，两边相差超过规定就算不合格。"""
    from kb.parity import compare_stores

    bar = Bar()
    try:
        found = compare_stores(settings_of(context), store, queries, qrels, bar)
    finally:
        bar.close()
    print_result(found.as_plain(), found.as_text, as_json)
    if found.broken():
        say("两边相差超过规定。")
        sys.exit(1)
