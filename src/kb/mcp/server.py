"""The MCP server: every tool parses, calls `KnowledgeBase`, hands the result to `kb.present`. Nothing here writes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Annotated, Any, ParamSpec, TypeVar
from urllib.parse import quote, unquote

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError
from mcp.types import Resource, ToolAnnotations
from pydantic import Field

from kb import __version__
from kb.errors import KBError, NotFoundError
from kb.knowledge import KnowledgeBase
from kb.mcp.reading import read_article
from kb.present import answers, catalogue_plain, plain, verifying
from kb.present.practice_markdown import practice_markdown
from kb.types import Filters, Mode

P = ParamSpec("P")
R = TypeVar("R")
Words = Callable[[KBError], str]
Plain = dict[str, Any]

ABOUT = """基层治理政策文章的知识库。返回的 text 都是收录文章的原句，逐字不改，可以直接引用；位置数的是文章的字。
先用 ask 找能回答问题的原句（refused 为 true 表示文章里没有依据，请照实说没有），或用 search 找段落；要看上下文用 read；
讲某个做法用 practice；引用之前用 verify 核对。引用时请写明文章标题和引用编号（citation）。"""

MOST_LISTED = 500
"""Articles in the list of resources; a larger corpus is searched, not listed."""

_READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)

Region = Annotated[str, Field(description="只查这个地区，写一部分即可，如 北京")]
Category = Annotated[str, Field(description="只查这个类别")]
Origin = Annotated[str, Field(description="只查这个来源，写一部分即可")]
Since = Annotated[str, Field(description="不早于这一天，如 2023 或 2023-09-20")]
Until = Annotated[str, Field(description="不晚于这一天")]


class KnowledgeServer(MCPServer[Any]):
    """The server, which lists what the index holds when it is asked."""

    def __init__(self, knowledge: KnowledgeBase, words: Words) -> None:
        super().__init__(
            "kb",
            title="基层治理知识库",
            instructions=ABOUT,
            version=__version__,
            log_level="WARNING",
            subscriptions=False,
        )
        self._knowledge = knowledge
        self._told = partial(telling, words)
        for add in (self._searching, self._reading, self._verifying, self._resources):
            add()

    async def list_resources(self) -> list[Resource]:
        """The two lists, every practice, and the articles of a small corpus."""
        listed = await super().list_resources()
        try:
            practices, articles = self._knowledge.practices(), self._knowledge.articles()
        except KBError:
            return listed  # Nothing was built yet; every tool says so.
        listed += [_resource("practices", one.id, one.name, "text/markdown") for one in practices]
        listed += [_resource("articles", one.id, one.title, "text/plain") for one in articles[:MOST_LISTED]]
        return listed

    def _searching(self) -> None:
        @self.tool(title="检索段落", annotations=_READS)
        @self._told
        def search(
            context: Context,
            query: Annotated[str, Field(description="问题或词语，简体繁体均可")],
            k: Annotated[int, Field(ge=1, le=50, description="返回几个段落")] = 5,
            mode: Annotated[Mode, Field(description="hybrid 混合，dense 只按语义，lexical 只按字面")] = Mode.HYBRID,
            region: Region = "",
            category: Category = "",
            source: Origin = "",
            since: Since = "",
            until: Until = "",
        ) -> Plain:
            """按意思和字面检索收录的文章，返回原文段落（出处、起止位置）和合适的治理实践，最合适的在前。"""
            note(context, "search", query)
            filters = Filters(region, category, source, since, until)
            return plain.search_result(self._knowledge.search(query, k=k, mode=mode, filters=filters))

        @self.tool(title="用原句回答", annotations=_READS)
        @self._told
        def ask(
            context: Context,
            question: Annotated[str, Field(description="一个完整的问题，如 老旧小区没有物业怎么办")],
            region: Region = "",
            category: Category = "",
            source: Origin = "",
            since: Since = "",
            until: Until = "",
        ) -> Plain:
            """用文章的原句回答，每句带出处和引用编号；refused 为 true 表示文章里没有依据，nearest 是相近的内容。"""
            note(context, "ask", question)
            filters = Filters(region, category, source, since, until)
            return answers.plain(self._knowledge.ask(question, filters=filters), citations=True)

    def _reading(self) -> None:
        @self.tool(title="一个治理实践", annotations=_READS)
        @self._told
        def practice(
            context: Context,
            name: Annotated[str, Field(description="名称、别名或编号，如 枫桥经验、12345")],
        ) -> Plain:
            """一个治理实践的全部内容：针对的问题、做法、步骤、数字、成效、局限、相关实践和法规依据，每句带来源。"""
            note(context, "practice", name)
            found = self._knowledge.practice(name)
            around, figures = self._knowledge.surroundings(found.id), self._knowledge.figures(found.id)
            return catalogue_plain.page(found, around, figures)

        @self.tool(title="读原文", annotations=_READS)
        @self._told
        def read(
            context: Context,
            article_id: Annotated[str, Field(description="文章编号，取自 search 或 ask 的结果")],
            start: Annotated[int, Field(ge=0, description="从第几个字起")] = 0,
            characters: Annotated[int, Field(ge=1, le=20_000, description="读几个字")] = 4_000,
        ) -> Plain:
            """一篇文章的原文，逐字不改；next 是接着读的 start，读完了为 null。flags 是缺字、推断的字等要当心的地方。"""
            note(context, "read", article_id)
            return read_article(self._knowledge, article_id, start, characters)

    def _verifying(self) -> None:
        @self.tool(title="核对引文", annotations=_READS)
        @self._told
        def verify(
            context: Context,
            text: Annotated[str, Field(description="一句引文、一个引用编号，或引文连同编号")],
        ) -> Plain:
            """核对引文是否与文章逐字一致：exact 一致，punctuation 只有标点不同，altered 有改动（edits 逐处列出），
            not_found 未找到。"""
            note(context, "verify", text)
            return verifying.verification(self._knowledge.verify(text))

    def _resources(self) -> None:
        knowledge = self._knowledge

        @self.resource("kb://practices", title="实践目录", mime_type="application/json")
        def practices() -> list[Plain]:
            """全部治理实践：编号、名称、类别、地区、时间。"""
            return [plain.practice_line(one) for one in knowledge.practices()]

        @self.resource("kb://articles", title="文章目录", mime_type="application/json")
        def articles() -> list[Plain]:
            """收录的全部文章，不含正文。"""
            return [plain.summary(one) for one in knowledge.articles()]

        @self.resource("kb://practices/{name}", title="一个实践", mime_type="text/markdown")
        @self._told
        def practice_page(name: str) -> str:
            """一个实践的全部内容，Markdown。"""
            found = knowledge.practice(unquote(name))
            return practice_markdown(found, knowledge.surroundings(found.id), knowledge.figures(found.id))

        @self.resource("kb://articles/{key}", title="一篇文章", mime_type="text/plain")
        @self._told
        def article_text(key: str) -> str:
            """一篇文章的全文，逐字不改。"""
            return knowledge.article(unquote(key)).text


def telling(words: Words, call: Callable[P, R]) -> Callable[P, R]:
    """The same function with our errors as ones that the client is told."""

    @wraps(call)
    def told(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return call(*args, **kwargs)
        except NotFoundError as error:
            raise ResourceNotFoundError(words(error)) from error
        except KBError as error:
            raise ResourceError(words(error)) from error  # The SDK tells it to the callers of tools as well.

    return told


def note(context: Context, tool: str, asked: str) -> None:
    """For the audit log of a server over HTTP: which tool, and what was asked."""
    request = context.request_context.request
    if request is not None:
        request.state.what, request.state.question = tool, asked


def _resource(kind: str, key: str, title: str, mime_type: str) -> Resource:
    return Resource(uri=f"kb://{kind}/{quote(key, safe='')}", name=key, title=title, mime_type=mime_type)
