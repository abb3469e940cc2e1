"""`kb parity` and `kb bulk`: a library beyond one machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from kb.cli.adding import receipt_option, report_of
from kb.cli.frame import Bar, ChineseCommand, say
from kb.cli.opening import json_option, opened, print_result, settings_of


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


@click.command(cls=ChineseCommand)
@click.argument("paths", nargs=-1, required=True)
@click.option("--workers", type=click.IntRange(min=1), default=os.cpu_count() or 1, help="工作进程数（默认每核一个）。")
@click.option("--only", default="", metavar="N/M", help="只算 M 台机器里第 N 台的那一份向量，不入库。")
@receipt_option
@json_option
@click.pass_context
def bulk(
    context: click.Context, paths: tuple[str, ...], workers: int, only: str, receipt: Path | None, as_json: bool
) -> None:
    """用多个进程建立索引，结果与 kb build 相同；PATH 也可以是对象存储地址，如 s3://桶/文件夹。可随时中断，再次运行会接着做。"""
    from kb.knowledge.bulking import Share, embed_share
    from kb.knowledge.bulking import bulk as build

    if not only:
        report_of(
            context,
            lambda knowledge, bar, told: build(knowledge, paths, workers=workers, progress=bar, on_receipt=told),
            receipt,
            as_json,
            every=False,
        )
        return
    share, bar = Share.read(only), Bar()
    try:
        with opened(context) as knowledge:
            done = embed_share(knowledge, paths, share, workers=workers, progress=bar)
    finally:
        bar.close()
    text = f"第 {share.number}/{share.of} 份已算完：{done} 个分区。各份都算完后，运行不带 --only 的 kb bulk 入库。"
    print_result({"share": only, "parts": done}, lambda: text, as_json)
