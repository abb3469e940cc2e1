"""`kb course`: a course kit from a basket, or from practices, passages and questions named on the spot."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb.cli.frame import ChineseCommand, say
from kb.cli.opening import json_option, opened, print_result, settings_of
from kb.errors import QueryError

if TYPE_CHECKING:
    from kb.course.basket import Basket
    from kb.knowledge import KnowledgeBase
    from kb.present.course_kit import Kit

FORMATS = ("docx", "pptx", "md")
SCRIPTS = ("original", "cn", "tw", "hk")


@click.command(cls=ChineseCommand)
@click.argument("basket", required=False, type=click.Path(path_type=Path))
@click.option("--topic", default="", help="课程主题；不写时用篮子里的，再不然用实践的名称。")
@click.option("--practice", "practices", multiple=True, metavar="NAME", help="放进一个实践；可以写几次。")
@click.option("--article", "articles", multiple=True, metavar="PLACE",
              help="放进原文：编号（全文）、编号#3（第 3 个段落）或编号@120-180（起止）；可以写几次。")  # fmt: skip
@click.option("--question", "questions", multiple=True, metavar="TEXT", help="放进一个问题的原文回答；可以写几次。")
@click.option("--format", "kind", type=click.Choice(FORMATS), help="不写时看文件名的后缀，再不然是 md。")
@click.option("-o", "--out", type=click.Path(path_type=Path), help="写到这个文件；md 不写时输出到标准输出。")
@click.option("--script", type=click.Choice(SCRIPTS), default="original",
              help="字形：original 原文（默认），cn 简体，tw 繁體台，hk 繁體港。")  # fmt: skip
@click.option("--save-basket", type=click.Path(path_type=Path), help="把篮子存成文件，下次接着用。")
@json_option
@click.pass_context
def course(
    context: click.Context,
    /,
    basket: Path | None,
    kind: str | None,
    out: Path | None,
    script: str,
    save_basket: Path | None,
    as_json: bool,
    **wanted: Any,
) -> None:
    """生成课程材料：教学目标、政策依据、案例、比较表、讨论题和参考文献，每句带出处。"""
    kind = kind or (out.suffix[1:].lower() if out and out.suffix[1:].lower() in FORMATS else "md")
    if out is None and kind != "md" and not as_json:
        raise QueryError(f"{kind} 文件要写明存到哪里，例如：-o 课程.{kind}")
    with opened(context) as knowledge:
        collected = _collected(knowledge, basket, **wanted)
        plan = knowledge.course(collected)
    if save_basket is not None:
        from kb.course.basket_json import to_json

        _write(save_basket, to_json(collected).encode())
    from kb.present import course_plain
    from kb.present.course_kit import kit
    from kb.present.display import FORM_KEYS

    form = next(form for form, key in FORM_KEYS.items() if key == ("" if script == "original" else script))
    made = kit(plan, form, settings_of(context).script)
    if out is not None:
        _write(out, _exported(made, kind))
        say(f"已写入 {out}：{len(plan.sections)} 节，{len(plan.references)} 条参考文献。")
    for one in plan.missing:
        say(f"篮子里有一处{one.reason}：{one.item.title or one.item.practice}。已列在文末。")
    if as_json:
        print_result(course_plain.plan(made), str, as_json)
    elif out is None:
        click.echo(_exported(made, "md").decode(), nl=False)


def _collected(
    knowledge: KnowledgeBase,
    file: Path | None,
    topic: str,
    practices: tuple[str, ...],
    articles: tuple[str, ...],
    questions: tuple[str, ...],
) -> Basket:
    """What stands in the file, then what was named."""
    answers = [knowledge.ask(question) for question in questions]
    into = _read(file) if file is not None else None
    return knowledge.basket(topic, practices=practices, articles=articles, answers=answers, into=into)


def _read(file: Path) -> Basket:
    from kb.course.basket_json import from_json

    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise QueryError(f"打不开篮子文件 {file}（{error.strerror}）。请检查文件名。") from error
    except UnicodeDecodeError as error:
        raise QueryError(f"篮子文件 {file} 不是 UTF-8 文本。请选由本软件保存的篮子。") from error
    return from_json(text)


def _exported(made: Kit, kind: str) -> bytes:
    if kind == "docx":
        from kb.present.course_docx import course_docx

        return course_docx(made)
    if kind == "pptx":
        from kb.present.course_pptx import course_pptx

        return course_pptx(made)
    from kb.present.course_markdown import course_markdown

    return course_markdown(made).encode()


def _write(file: Path, data: bytes) -> None:
    try:
        file.write_bytes(data)
    except OSError as error:
        raise QueryError(
            f"写不了文件 {file}（{error.strerror}）。请检查文件夹和权限，或关闭正打开它的程序。"
        ) from error
