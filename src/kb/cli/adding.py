"""`kb build`, `kb add`, `kb remove`: what goes into the index and out of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from kb.cli.frame import Bar, ChineseCommand, say
from kb.cli.opening import json_option, opened, print_result
from kb.errors import SourceError

if TYPE_CHECKING:
    from kb.knowledge import KnowledgeBase
    from kb.types import BuildReport, Receipt

DEFAULT_CORPUS = Path("corpus")


MOST_SHOWN = 20
"""Receipts printed; all of them are in the file of --receipt and in the index."""


class Receipts:
    """Takes receipts as they come: into the file of --receipt, and the ones to be shown."""

    def __init__(self, file: IO[str] | None, *, every: bool) -> None:
        self._file, self._every = file, every
        self.shown: list[str] = []
        self.more = 0

    def __call__(self, receipt: Receipt) -> None:
        """Keep one; without `every` only what was repaired, lost or is there already is shown."""
        from kb.present import receipts

        self.write(receipts.plain(receipt))
        if not (self._every or receipt.repairs or receipt.lost or receipt.duplicates or receipt.undecodable):
            return
        if len(self.shown) < MOST_SHOWN:
            self.shown.append(receipts.summary(receipt))
        else:
            self.more += 1

    def write(self, plain: dict[str, Any]) -> None:
        """One line of the file."""
        if self._file is not None:
            self._file.write(json.dumps(plain, ensure_ascii=False) + "\n")
            self._file.flush()

    def lines(self) -> list[str]:
        """What to show."""
        more = [f"另有 {self.more} 篇未列出，用 --receipt 文件名 写出全部回执。"] if self.more else []
        return [*self.shown, *more]


Work = Callable[["KnowledgeBase", Bar, Receipts], "BuildReport"]


def report_of(context: click.Context, work: Work, receipt: Path | None, as_json: bool, *, every: bool) -> None:
    """Do it with a progress bar, and print what came of it."""
    from kb.present import plain, terminal

    bar = Bar()
    with opened(context) as knowledge, _file(receipt) as file:
        receipts = Receipts(file, every=every)
        try:
            report = work(knowledge, bar, receipts)
        finally:
            bar.close()
        for failure in report.failures:
            receipts.write({"origin": failure.origin, "error": failure.reason})
    print_result(plain.report(report), lambda: terminal.build_report(report), as_json)
    for line in () if as_json else receipts.lines():
        click.echo(line)
    for warning in report.warnings:
        say(f"提醒：{warning}")
    for failure in report.failures:
        say(f"未收录：{failure.reason}")
    if report.failures:
        sys.exit(1)


@contextmanager
def _file(path: Path | None) -> Iterator[IO[str] | None]:
    if path is None:
        yield None
        return
    try:
        file = path.open("w", encoding="utf-8")
    except OSError as error:
        raise SourceError(f"无法写回执文件 {path}（{error.strerror}）。请检查路径和权限。") from error
    with file:
        yield file


receipt_option = click.option(
    "--receipt", type=click.Path(path_type=Path), help="把每个文件的收录回执写到这个文件，一行一个 JSON。"
)


@click.command(cls=ChineseCommand)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@receipt_option
@json_option
@click.pass_context
def build(context: click.Context, paths: tuple[Path, ...], receipt: Path | None, as_json: bool) -> None:
    """建立或更新索引，使它与 PATH（默认 corpus/）里的文章一致；可随时中断，再次运行会接着做。"""
    chosen = paths or (DEFAULT_CORPUS,)
    report_of(context, lambda knowledge, bar, told: knowledge.build(chosen, bar, told), receipt, as_json, every=False)


@click.command(cls=ChineseCommand)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@receipt_option
@json_option
@click.pass_context
def add(context: click.Context, paths: tuple[Path, ...], receipt: Path | None, as_json: bool) -> None:
    """收录 PATH（文件或文件夹），不动其他文章；每个文件给出收录回执。"""
    report_of(context, lambda knowledge, bar, told: knowledge.add(paths, bar, told), receipt, as_json, every=True)


@click.command(cls=ChineseCommand)
@click.argument("ids", nargs=-1, required=True)
@click.pass_context
def remove(context: click.Context, ids: tuple[str, ...]) -> None:
    """按编号移除文章。"""
    with opened(context) as knowledge:
        click.echo(f"已移除 {knowledge.remove(ids)} 篇。")
