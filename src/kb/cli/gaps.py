"""`kb gaps`: the questions that the texts do not answer, for the editors."""

from __future__ import annotations

import click

from kb.cli.frame import Failing, say
from kb.cli.opening import json_option, opened, print_result


@click.group(cls=Failing, invoke_without_command=True)
@json_option
@click.pass_context
def gaps(context: click.Context, as_json: bool) -> None:
    """待补清单：答不上来的问题；gaps add 记一条，gaps check 重问一遍，gaps remove 划掉。"""
    if context.invoked_subcommand is not None:
        return
    from kb.present import gaps as present

    with opened(context) as knowledge:
        found = knowledge.gaps()
    print_result([present.plain(one) for one in found], lambda: present.text(found), as_json)


@gaps.command("add")
@click.argument("question")
@json_option
@click.pass_context
def add_gap(context: click.Context, question: str, as_json: bool) -> None:
    """把 QUESTION 记到待补清单；文章里有答案时不记，直接给出。"""
    from kb.present import answers
    from kb.present import gaps as present

    with opened(context) as knowledge:
        answer = knowledge.ask(question)
        if answer.refused:
            gap = knowledge.report_gap(answer)
            print_result(present.plain(gap), lambda: f"已记到待补清单：{gap.question}（{gap.times} 次）", as_json)
            return
    say("文章里有依据，没有记到待补清单：")
    print_result(answers.plain(answer), lambda: answers.text(answer), as_json)


@gaps.command("check")
@json_option
@click.pass_context
def check_gaps(context: click.Context, as_json: bool) -> None:
    """把清单上的问题重问一遍，说明哪些现在有依据了。"""
    with opened(context) as knowledge:
        asked = [(gap, knowledge.ask(gap.question)) for gap in knowledge.gaps()]
    plain = [{"question": gap.question, "answered": not answer.refused} for gap, answer in asked]
    lines = [("有依据了" if not answer.refused else "仍无依据") + f"  {gap.question}" for gap, answer in asked]
    print_result(plain, lambda: "\n".join(lines) or "待补清单是空的。", as_json)


@gaps.command("remove")
@click.argument("question")
@click.pass_context
def remove_gap(context: click.Context, question: str) -> None:
    """从清单上划掉 QUESTION。"""
    with opened(context) as knowledge:
        knowledge.close_gap(question)
    say(f"已从待补清单划掉：{question}")
