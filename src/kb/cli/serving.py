"""`kb serve`, `kb mcp`, `kb token`: the look-ups for other tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kb.cli.frame import ChineseCommand, Failing, say
from kb.cli.opening import json_option, print_result, settings_of

if TYPE_CHECKING:
    from kb.access.tokens import TokenFile

ROLES = ("reader", "editor", "admin")

host_option = click.option("--host", default="127.0.0.1", help="监听的地址（默认 127.0.0.1，只有本机能访问）。")


@click.command(cls=ChineseCommand)
@host_option
@click.option("--port", default=8000, help="监听的端口（默认 8000）。")
@click.option("--workers", default=1, help="几个进程（默认 1）；各有一份模型。")
@click.pass_context
def serve(context: click.Context, host: str, port: int, workers: int) -> None:
    """REST 接口：检索、问答、实践、文章、核对、课程材料；说明在 /docs。"""
    from kb.api.serve import serve as serve_api

    serve_api(settings_of(context), host, port, workers)


@click.command(cls=ChineseCommand)
@click.option("--http", "over_http", is_flag=True, help="经 HTTP（Streamable HTTP，地址 /mcp）；不写时经标准输入输出。")
@host_option
@click.option("--port", default=8001, help="--http 时监听的端口（默认 8001）。")
@click.pass_context
def mcp(context: click.Context, over_http: bool, host: str, port: int) -> None:
    """MCP 服务：供大模型客户端检索、问答、读原文、核对引文。"""
    from kb.mcp.serve import serve_http, serve_stdio

    if over_http:
        serve_http(settings_of(context), host, port)
    else:
        serve_stdio(settings_of(context))


@click.group(cls=Failing)
def token() -> None:
    """接口的令牌：token add 发放，token list 列出，token revoke 收回。"""


@token.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default="reader",
              help="reader 查询（默认），editor 还能收录和移除，admin 全部。")  # fmt: skip
@click.option("--days", type=int, help="几天后过期；不写时不过期。")
@click.pass_context
def add_token(context: click.Context, name: str, role: str, days: int | None) -> None:
    """发放名为 NAME 的令牌；令牌只显示这一次。"""
    from kb.access.tokens import Role

    click.echo(_tokens(context).add(name, Role(role), days))
    say(f"已发放令牌 {name}（{role}）。它只显示这一次，请现在存好；丢了就收回再发。")


@token.command("list")
@json_option
@click.pass_context
def list_tokens(context: click.Context, as_json: bool) -> None:
    """列出发放的令牌：名字、权限、何时发放、何时过期。"""
    from kb.present import tokens

    file = _tokens(context)
    found, now = file.all(), file.now()
    print_result([tokens.plain(one, now) for one in found], lambda: tokens.text(found, now), as_json)


@token.command("revoke")
@click.argument("name")
@click.pass_context
def revoke_token(context: click.Context, name: str) -> None:
    """收回名为 NAME 的令牌，立即生效。"""
    _tokens(context).revoke(name)
    say(f"已收回令牌 {name}。")


def _tokens(context: click.Context) -> TokenFile:
    from kb.access.tokens import TokenFile, beside

    return TokenFile(beside(settings_of(context).index))
