"""`kb backup`, `kb restore`, `kb seal`, `kb apply`, `kb key`: the library as one file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from kb.cli.frame import Bar, ChineseCommand, Failing, say
from kb.cli.opening import json_option, opened, print_result, settings_of
from kb.errors import ArchiveError

file_type = click.Path(path_type=Path)
force_option = click.option("--force", is_flag=True, help="文件已经存在时换掉它；新的写好并核对之后才换。")


@contextmanager
def _progress(interrupted: str) -> Iterator[Bar]:
    """A bar for the stages; an interruption is told in the words of the command."""
    bar = Bar()
    try:
        yield bar
    except KeyboardInterrupt as error:
        raise ArchiveError(f"已中断。{interrupted}") from error
    finally:
        bar.close()


@click.command(cls=ChineseCommand)
@click.argument("file", type=file_type)
@click.option("--with-caches", is_flag=True, help="索引文件也放进去：文件大一半，换台机器恢复后不用重建。")
@force_option
@json_option
@click.pass_context
def backup(context: click.Context, file: Path, with_caches: bool, force: bool, as_json: bool) -> None:
    """把整个库备份成一个文件 FILE；收录和检索可以照常进行。

    包含文章（连同收到时的原样）、词、回执、待补清单、向量和模型的标识；不含令牌和审计日志，它们属于这台机器。
    """
    from kb.present import archives

    with opened(context) as knowledge, _progress("没有写成备份，原有文件没有改动。") as bar:
        made = knowledge.backup(file, with_caches=with_caches, force=force, progress=bar)
    print_result(archives.plain(made, file), lambda: archives.backup(made, file), as_json)


@click.command(cls=ChineseCommand)
@click.argument("file", type=file_type)
@click.option("--check", is_flag=True, help="只核对备份是否完好，不恢复。")
@click.option("--force", is_flag=True, help="索引文件夹里已有索引时换掉它；备份核对无误之后才换。")
@json_option
@click.pass_context
def restore(context: click.Context, file: Path, check: bool, force: bool, as_json: bool) -> None:
    """从备份 FILE 恢复索引，到 --index 指定的文件夹。"""
    from kb.knowledge.engine import Engine
    from kb.knowledge.restoring import check_backup
    from kb.knowledge.restoring import restore as put_back
    from kb.present import archives

    settings = settings_of(context)
    with _progress("没有恢复，原有索引没有改动。") as bar:
        found = check_backup(file, bar) if check else put_back(Engine(settings, say, None), file, force, bar)
    text = archives.checked(found, file) if check else archives.restored(found, file, settings.index)
    print_result(archives.plain(found, file), lambda: text, as_json)


@click.command(cls=ChineseCommand)
@click.argument("file", type=file_type)
@click.option("--key", required=True, type=file_type, help="签署用的私钥文件（kb key new 生成）。")
@click.option("--since", type=file_type, help="只写自这个封存库以来的变动，成为一份更新。")
@force_option
@json_option
@click.pass_context
def seal(context: click.Context, file: Path, key: Path, since: Path | None, force: bool, as_json: bool) -> None:
    """把整个库封存成一个签了名的文件 FILE，供内网等处只读查阅；--since 只写变动。

    不含本机的文件夹路径、待补清单、令牌和审计日志。
    """
    from kb.archive.keys import read_private
    from kb.present import archives

    signing = read_private(key)
    with opened(context) as knowledge, _progress("没有写成，原有文件没有改动。") as bar:
        made = knowledge.seal(file, signing, since=since, force=force, progress=bar)
    print_result(archives.plain(made, file), lambda: archives.sealed(made, file, signing.public), as_json)


@click.command(cls=ChineseCommand)
@click.argument("delta", type=file_type)
@click.option("-o", "--out", required=True, type=file_type, help="新的封存库写到这个文件。")
@force_option
@json_option
@click.pass_context
def apply(context: click.Context, delta: Path, out: Path, force: bool, as_json: bool) -> None:
    """把发布者的更新 DELTA 装到 --index 指定的封存库上，写成新的封存库；原来的文件不动。"""
    from kb.present import archives

    with opened(context) as knowledge, _progress("没有写成，原有文件没有改动。") as bar:
        made = knowledge.apply(delta, out, force=force, progress=bar)
    print_result(archives.plain(made, out), lambda: archives.applied(made, out), as_json)


@click.group(cls=Failing)
def key() -> None:
    """签署封存库的钥匙：key new 做一对，key show 看公钥和指纹。"""


@key.command("new")
@click.argument("file", type=file_type)
@json_option
def new_key(file: Path, as_json: bool) -> None:
    """做一对钥匙：私钥写到 FILE（只有自己能读），公钥写到 FILE.pub。"""
    from kb.archive.keys import make_pair
    from kb.present import archives

    public = make_pair(file)
    print_result(archives.plain_key(public, file), lambda: archives.key(public), as_json)
    say(f"私钥在 {file}，不要给任何人，另存一份；公钥在 {file}.pub，交给要打开封存库的人。")


@key.command("show")
@click.argument("file", type=file_type)
@json_option
def show_key(file: Path, as_json: bool) -> None:
    """私钥文件或 .pub 文件的公钥和指纹；私钥本身从不显示。"""
    from kb.archive.keys import PUBLIC_SUFFIX, read_private, read_trusted
    from kb.present import archives

    found = read_trusted([str(file)]) if file.suffix == PUBLIC_SUFFIX else (read_private(file).public,)
    print_result([archives.plain_key(one, file) for one in found], lambda: "\n".join(map(archives.key, found)), as_json)
