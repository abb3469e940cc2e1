"""What every command shares: how errors, usage, help and progress look. All of it speaks Chinese."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import click

from kb.errors import KBError, out_of_memory

_NO_MEMORY = "内存不足，没有做完。原有索引不受影响，已经收录的文章都已存好。请关掉别的程序后再运行一次。"
_HEADINGS = {"Options": "选项", "Commands": "命令", "Arguments": "参数"}


class ChineseHelp(click.HelpFormatter):
    """click's help with our headings."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The first line of a help text."""
        super().write_usage(prog, args, prefix="用法：" if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        """The line above options and commands."""
        super().write_heading(_HEADINGS.get(heading, heading))


class ChineseContext(click.Context):
    """A context whose help is written by `ChineseHelp`."""

    formatter_class = ChineseHelp


class ChineseCommand(click.Command):
    """A command whose help option explains itself in Chinese."""

    context_class = ChineseContext

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """click's own, with our words."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "显示这段说明。"
        return option


class Failing(ChineseCommand, click.Group):
    """Turns errors that a user can do something about into one sentence and exit code 1."""

    command_class = ChineseCommand

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """click's own entry, with our exit codes."""
        try:
            return super().main(*args, **{**kwargs, "standalone_mode": False})
        except KBError as error:
            say(str(error))
        except (click.Abort, KeyboardInterrupt):
            say("已中断。已经收录的文章都已存好，再次运行会接着做。")
        except click.UsageError as error:
            _show(error)
            sys.exit(2)
        except click.ClickException as error:
            error.show()
        except BrokenPipeError:
            sys.stderr.close()  # The reader of our output went away (`kb list | head`): nothing to tell.
        except (MemoryError, ImportError, LookupError, OSError, RuntimeError) as error:
            if not out_of_memory(error):
                raise
            _tell_shortage()
        sys.exit(1)


def _tell_shortage() -> None:
    """In the user's script, where there is room for what writes it."""
    try:
        say(_NO_MEMORY)
    except (MemoryError, ImportError):
        click.echo(_NO_MEMORY, err=True)


def _show(error: click.UsageError) -> None:
    """The help where nothing was written behind a command of several; else what is wrong."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
    else:
        say("\n".join(_usage(error)))


def _usage(error: click.UsageError) -> Iterator[str]:
    """What is wrong with the call, and where to read how it is meant."""
    if isinstance(error, click.exceptions.NoSuchCommand):
        yield f"没有 {error.command_name} 这个命令。"
    elif isinstance(error, click.NoSuchOption):
        yield f"没有 {error.option_name} 这个选项。"
    elif isinstance(error, click.MissingParameter) and error.param is not None:
        yield f"缺少 {_name(error.param)}。"
    elif isinstance(error, click.BadParameter) and error.param is not None:
        choices = getattr(error.param.type, "choices", ())
        yield f"{_name(error.param)} 的值不对。" + (f"可用：{'、'.join(choices)}。" if choices else "")
    else:
        yield "命令写得不对。"
    if error.ctx is not None:
        pieces = " ".join(error.ctx.command.collect_usage_pieces(error.ctx))
        yield f"用法：{error.ctx.command_path} {pieces}"
        yield f"详见：{error.ctx.command_path} --help"


def _name(parameter: click.Parameter) -> str:
    """As the user writes it: --mode, QUERY."""
    return parameter.opts[-1] if isinstance(parameter, click.Option) else parameter.human_readable_name.upper()


def say(text: str) -> None:
    """A sentence for the user, on stderr, in the script of the settings."""
    from kb.config import load_settings
    from kb.present.script import in_script

    try:
        script = load_settings().script
    except KBError:
        script = "hans"
    click.echo(in_script(text, script), err=True)


class Bar:
    """One progress bar a stage on stderr; lines instead where stderr is not a terminal."""

    def __init__(self) -> None:
        self._stage = ""
        self._bar: Any = None

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show that `done` of `total` are done; another stage begins another bar."""
        if stage != self._stage:
            self.close()
            self._stage = stage
            self._bar = click.progressbar(length=total, label=stage, file=sys.stderr, show_pos=True)
            self._bar.__enter__()
        self._bar.update(done - self._bar.pos)

    def close(self) -> None:
        """Leave the cursor on a new line."""
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
        self._bar = None
