"""`kb verify`: whether a quotation, a draft or a citation agrees with the articles."""

from __future__ import annotations

from pathlib import Path

import click

from kb.cli.frame import ChineseCommand
from kb.cli.opening import json_option, opened, print_result, settings_of


@click.command(cls=ChineseCommand)
@click.argument("what")
@json_option
@click.pass_context
def verify(context: click.Context, what: str, as_json: bool) -> None:
    """核对引文：WHAT 是一句引文、一份稿件（docx、md、txt 等文件）或一个引用编号。

    引文逐字与收录的文章比较，简体繁体均可：一致、标点不同、有改动（指出改在哪里）或未找到，并给出出处。

    引用编号（kb ask --citations 给出）说明被引文字未变、已改动或已移除。
    """
    from kb.present import verifying
    from kb.present.verdict_text import VerdictText

    text = VerdictText(settings_of(context).script)
    with opened(context) as knowledge:
        if _is_draft(what):
            draft = knowledge.verify_draft(what)
            print_result(verifying.draft(draft), lambda: text.draft(draft), as_json)
        else:
            found = knowledge.verify(what)
            print_result(verifying.verification(found), lambda: text.verification(found), as_json)


def _is_draft(what: str) -> bool:
    """A path that exists; or one that was mistyped: it ends like a file's name and is no sentence."""
    from kb.sources.quotations import DRAFT_SUFFIXES

    try:
        if what and Path(what).exists():
            return True
    except (OSError, ValueError):
        return False  # Too long for a path, or with a character that no path can have.
    return what.lower().endswith(DRAFT_SUFFIXES) and not any(mark in what for mark in "，。；：“”「」\n")
