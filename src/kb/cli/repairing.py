"""`kb repair`: the repaired text of one file, and what was done to it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kb.cli.frame import ChineseCommand, say


@click.command(cls=ChineseCommand)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="输出一个 JSON 文档。")
def repair(file: Path, as_json: bool) -> None:
    """修复 FILE 中抓取造成的损坏：修好的文字输出到标准输出，做了什么写到标准错误。"""
    from kb.present import repairs
    from kb.sources.decode import decode
    from kb.sources.read import read_bytes
    from kb.text.repair import repair as repair_text

    repaired = repair_text(decode(read_bytes(file), str(file)))
    if as_json:
        click.echo(json.dumps(repairs.plain(repaired), ensure_ascii=False, indent=2))
        return
    click.echo(repaired.text, nl=not repaired.text.endswith("\n"))
    for line in repairs.lines(repaired):
        say(line)
