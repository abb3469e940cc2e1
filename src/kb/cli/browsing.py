"""`kb figures`, `kb compare`, `kb suit`: what the catalogue of practices tells."""

from __future__ import annotations

import click

from kb.cli.frame import ChineseCommand
from kb.cli.opening import json_option, opened, print_result


@click.command(cls=ChineseCommand)
@click.argument("name", required=False)
@json_option
@click.pass_context
def figures(context: click.Context, name: str | None, as_json: bool) -> None:
    """数字台账：一个实践（默认全部）里的数字，各带原句、日期和谁的说法。"""
    from kb.present import catalogue_plain, catalogue_text

    with opened(context) as knowledge:
        found = knowledge.figures(name)
        names = {practice.id: practice.name for practice in knowledge.practices()}
    print_result(catalogue_plain.figures(found), lambda: catalogue_text.figures(found, names), as_json)


@click.command(cls=ChineseCommand)
@click.argument("names", nargs=-1, required=True)
@click.option("--table", is_flag=True, help="输出一张 Markdown 表格。")
@json_option
@click.pass_context
def compare(context: click.Context, names: tuple[str, ...], table: bool, as_json: bool) -> None:
    """把两到五个实践逐项并排，每句带来源和标记。"""
    from kb.present import catalogue_plain, catalogue_text

    with opened(context) as knowledge:
        found = knowledge.compare(names)
    show = catalogue_text.comparison_table if table else catalogue_text.comparison
    print_result(catalogue_plain.comparison(found), lambda: show(found), as_json)


@click.command(cls=ChineseCommand)
@click.argument("names", nargs=-1)
@click.option("--rural", "setting", flag_value="rural", help="在农村。")
@click.option("--urban", "setting", flag_value="urban", help="在城市。")
@click.option("--people", type=click.IntRange(min=1), help="多少人。")
@click.option("--grid-workers", type=click.IntRange(min=0), help="多少网格员，没有写 0。")
@click.option("--money/--no-money", default=None, help="有没有经费。")
@click.option("--platform/--no-platform", default=None, help="有没有信息平台或热线。")
@click.option("--staff/--no-staff", default=None, help="有没有专职人员。")
@click.option("--volunteers/--no-volunteers", default=None, help="有没有志愿者。")
@json_option
@click.pass_context
def suit(
    context: click.Context,
    /,
    names: tuple[str, ...],
    setting: str | None,
    as_json: bool,
    **known: int | bool | None,
) -> None:
    """对照我的地方：实践页写明的条件，哪些具备、哪些不具备、哪些未载明。"""
    from kb.catalogue.values import Place, Setting
    from kb.present import catalogue_plain, catalogue_text

    place = Place(setting=Setting(setting) if setting else None, **known)  # type: ignore[arg-type]
    with opened(context) as knowledge:
        found = knowledge.suit(place, names)
    print_result(
        catalogue_plain.fits(place, found), lambda: catalogue_text.fits(place, found, everything=bool(names)), as_json
    )
