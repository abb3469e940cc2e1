"""`kb segment`: how a phrase is cut into words and why; `kb terms`: the words of our own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from kb.cli.frame import ChineseCommand, Failing, say
from kb.cli.opening import json_option, opened, print_result


@click.command(cls=ChineseCommand)
@click.argument("text")
@json_option
@click.pass_context
def segment(context: click.Context, text: str, as_json: bool) -> None:
    """TEXT 怎样切成词，每个词从哪里来，只用 jieba 会怎样切。"""
    from kb.present import words

    with opened(context) as knowledge:
        found = knowledge.segment(text)
    print_result([words.plain_word(word) for word in found], lambda: words.word_table(found), as_json)


@click.group(cls=Failing, invoke_without_command=True)
@json_option
@click.pass_context
def terms(context: click.Context, as_json: bool) -> None:
    """自己的词：列出；terms add 添加，terms remove 移除，terms suggest 从文章里找。"""
    if context.invoked_subcommand is not None:
        return
    from kb.present import words

    with opened(context) as knowledge:
        found = knowledge.terms()
    print_result([words.plain_term(term) for term in found], lambda: words.term_list(found), as_json)


dry_run_option = click.option("--dry-run", is_flag=True, help="只说明哪些文章的切分会变，不改动索引。")


@terms.command("add")
@click.argument("wanted", metavar="TERM...", nargs=-1, required=True)
@dry_run_option
@json_option
@click.pass_context
def add_terms(context: click.Context, wanted: tuple[str, ...], dry_run: bool, as_json: bool) -> None:
    """今后把 TERM 当作一个词；只重排受影响的文章，不重算向量。"""
    _change(context, "add", wanted, dry_run, as_json)


@terms.command("remove")
@click.argument("wanted", metavar="TERM...", nargs=-1, required=True)
@dry_run_option
@json_option
@click.pass_context
def remove_terms(context: click.Context, wanted: tuple[str, ...], dry_run: bool, as_json: bool) -> None:
    """去掉自己加的词 TERM。"""
    _change(context, "remove", wanted, dry_run, as_json)


@terms.command("suggest")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
@json_option
@click.pass_context
def suggest_terms(context: click.Context, paths: tuple[Path, ...], as_json: bool) -> None:
    """从 PATH（默认已收录的文章）里找可能成词、现在被切开的说法，各带依据；看过再用 terms add 添加。"""
    from kb.present import words

    with opened(context) as knowledge:
        found = knowledge.suggest_terms(list(_texts(paths)) if paths else None)
    print_result([words.plain_candidate(one) for one in found], lambda: words.candidate_table(found), as_json)


def _texts(paths: tuple[Path, ...]) -> Iterator[str]:
    """The articles of files; what cannot be read is told and left out."""
    from kb.sources.read import find_files, read_file
    from kb.types import Document

    for file in find_files(paths):
        for found in read_file(file):
            if isinstance(found, Document):
                yield found.article.text
            else:
                say(f"{found.origin}：{found.reason}")


def _change(context: click.Context, what: str, wanted: tuple[str, ...], dry_run: bool, as_json: bool) -> None:
    from kb.present import words

    with opened(context) as knowledge:
        change_terms = knowledge.add_terms if what == "add" else knowledge.remove_terms
        change = change_terms(wanted, dry_run=dry_run)
    verb = "添加" if what == "add" else "移除"
    print_result(words.plain_change(change), lambda: words.term_change(change, verb=verb, dry_run=dry_run), as_json)
