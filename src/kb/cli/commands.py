"""The command line: parses, calls `KnowledgeBase`, hands the result to `kb.present`.

Nothing heavy is imported before a command runs, so that `kb --help` answers at once.
Exit codes: 0 fine, 1 a failure told in one sentence, 2 wrong usage.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb.cli.frame import Bar, Failing, say
from kb.cli.opening import Chosen, json_option, opened, print_result, settings_of

if TYPE_CHECKING:
    from kb.types import Filters


@click.group(cls=Failing, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--index", type=click.Path(path_type=Path),
              help="索引文件夹或封存库文件（默认取 KB_INDEX，再默认 ./index）。")  # fmt: skip
@click.option("--trust", multiple=True, metavar="公钥",
              help="信任这把公钥（ed25519:… 或 .pub 文件）签的封存库，可写几次；默认取 KB_TRUSTED_KEYS。")  # fmt: skip
@click.version_option(package_name="kb", message="kb %(version)s", help="显示版本。")
@click.pass_context
def main(context: click.Context, index: Path | None, trust: tuple[str, ...]) -> None:
    """基层治理知识库：收录文章，按意思和字面检索，引用原文。"""
    context.obj = Chosen(index, ",".join(trust) or None)


@main.command("list")
@json_option
@click.pass_context
def list_articles(context: click.Context, as_json: bool) -> None:
    """列出收录的文章。"""
    from kb.present import plain, terminal

    with opened(context) as knowledge:
        articles = knowledge.articles()
    print_result([plain.summary(article) for article in articles], lambda: terminal.summaries(articles), as_json)


@main.command()
@json_option
@click.pass_context
def info(context: click.Context, as_json: bool) -> None:
    """索引里有什么、怎样建的。"""
    from kb.present import plain, terminal

    with opened(context) as knowledge:
        index = knowledge.info()
    print_result(plain.info(index), lambda: terminal.info(index), as_json)


def filter_options(command: Callable[..., None]) -> Callable[..., None]:
    """The filters, as options of a command."""
    options = {
        "--region": "地区，写一部分即可，如 北京。",
        "--category": "类别。",
        "--source": "来源，写一部分即可。",
        "--since": "不早于这一天，如 2023 或 2023-09-20。",
        "--until": "不晚于这一天。",
    }
    for name, text in reversed(options.items()):
        command = click.option(name, default="", help=text)(command)
    return command


def _filters(**given: str) -> Filters:
    from kb.types import Filters

    return Filters(**given)


@main.command()
@click.argument("query")
@click.option("-k", default=10, help="返回几个段落（默认 10）。")
@click.option("--mode", type=click.Choice(["hybrid", "dense", "lexical"]), default="hybrid",
              help="混合（默认）、只按语义、只按字面。")  # fmt: skip
@filter_options
@click.option("--no-expand", is_flag=True, help="只查问题里的词，不另查别处的叫法（志工＝志愿者）。")
@click.option("--without", multiple=True, metavar="叫法", help="不另查这个叫法；可以写几次。")
@click.option("--explain", is_flag=True, help="同时说明每个结果的名次、分词和用时。")
@json_option
@click.pass_context
def search(
    context: click.Context,
    /,
    query: str,
    k: int,
    mode: str,
    no_expand: bool,
    without: tuple[str, ...],
    explain: bool,
    as_json: bool,
    **filters: str,
) -> None:
    """检索段落和实践；简体、繁体写法结果相同，别处的叫法一并查。"""
    from kb.present import plain, terminal

    with opened(context) as knowledge:
        result = knowledge.search(
            query, k=k, mode=mode, filters=_filters(**filters), expand=not no_expand, without=without
        )
    print_result(
        plain.search_result(result, explain=explain), lambda: terminal.search_result(result, explain=explain), as_json
    )


@main.command()
@click.option("--category", default="", help="只列这一类。")
@json_option
@click.pass_context
def practices(context: click.Context, category: str, as_json: bool) -> None:
    """列出实践目录。"""
    from kb.present import plain, terminal

    with opened(context) as knowledge:
        found = knowledge.practices(category)
    print_result([plain.practice_line(practice) for practice in found], lambda: terminal.practice_lines(found), as_json)


@main.command()
@click.argument("name")
@json_option
@click.pass_context
def practice(context: click.Context, name: str, as_json: bool) -> None:
    """一个实践的全部内容；NAME 是名称、别名或编号，简体繁体均可。"""
    from kb.present import catalogue_plain, plain
    from kb.present.practice_markdown import practice_markdown

    with opened(context) as knowledge:
        found = knowledge.practice(name)
        around, figures = knowledge.surroundings(found.id), knowledge.figures(found.id)
    page = plain.practice_page(found) | catalogue_plain.surroundings(around)
    page |= catalogue_plain.figures(figures, "ledger")
    print_result(page, lambda: practice_markdown(found, around, figures).rstrip("\n"), as_json)


@main.command("eval")
@click.option("--corpus", required=True, type=click.Path(path_type=Path), help="JSON 行：id、text，可有 title 等。")
@click.option("--queries", required=True, type=click.Path(path_type=Path), help="JSON 行：qid、query、answerable。")
@click.option("--qrels", required=True, type=click.Path(path_type=Path), help="制表符分隔：qid、段落编号、等级。")
@json_option
@click.pass_context
def evaluate(context: click.Context, corpus: Path, queries: Path, qrels: Path, as_json: bool) -> None:
    """在一组带标准答案的问题上测量检索质量。"""
    from kb.evaluation import evaluate_files

    bar = Bar()
    try:
        scores = evaluate_files(corpus, queries, qrels, settings_of(context), bar)
    finally:
        bar.close()
    print_result(scores.as_plain(), scores.as_text, as_json)


@main.command()
@json_option
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """检查机器、模型和索引，说明该怎么办。"""
    from kb.checking import check_all
    from kb.present import plain, terminal

    found = check_all(settings_of(context), say)
    print_result(plain.checks(found), lambda: terminal.checks(found), as_json)
    if not all(check.ok for check in found):
        sys.exit(1)


@main.command()
@click.option("--host", default="127.0.0.1", help="监听的地址（默认 127.0.0.1）。")
@click.option("--port", default=8501, help="监听的端口（默认 8501）。")
@click.pass_context
def app(context: click.Context, host: str, port: int) -> None:
    """打开浏览器界面。"""
    from kb.ui.launch import launch

    launch(settings_of(context), host, port)
