"""The description of the API (OpenAPI): problems of every address, the model of a problem, the page that shows it."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.openapi.utils import get_openapi
from fastapi.security import HTTPBearer
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

from kb.access.problems import MEDIA_TYPE, Kind, Problem

Responses = dict[int | str, dict[str, Any]]

ABOUT = """基层治理政策文章的检索、问答、实践目录、引文核对和课程材料。与命令行 `kb` 的 `--json` 逐项相同。

- 位置（`start`、`end`、`highlights`）数的是文章的字，不含末位。
- 出错时返回 `application/problem+json`（RFC 9457），`type` 供程序分辨，`detail` 写明出了什么错、该怎么办。
- 只监听本机时查询不用令牌；收录和移除总要 editor 令牌：`Authorization: Bearer kb_…`。
- 文章和实践带 `ETag`，可用 `If-None-Match`；列表用 `limit` 和 `offset` 翻页，下一页的地址在 `next` 和 `Link` 里。
"""

ALWAYS = (
    Kind.INVALID,
    Kind.UNAUTHORIZED,
    Kind.FORBIDDEN,
    Kind.URI_TOO_LONG,
    Kind.UNUSABLE,
    Kind.TOO_MANY,
    Kind.UNAVAILABLE,
)
"""What every look-up may answer."""

BEARER = Depends(
    HTTPBearer(auto_error=False, bearerFormat="kb_…", description="kb token add 名字 --role reader|editor|admin")
)
"""Only tells the description of tokens: `kb.access` has looked at them before."""


class ProblemDocument(BaseModel):
    """RFC 9457"""

    class Fault(BaseModel):
        """有误的一项"""

        field: str
        message: str

    type: str = Field(examples=[Kind.INVALID.type])
    title: str
    status: int
    detail: str
    errors: list[Fault] | None = None


def problems(*kinds: Kind) -> Responses:
    """The responses of an address that refuses so."""
    return {kind.status: _described(kind) for kind in (*kinds, *ALWAYS)}


def _described(kind: Kind) -> dict[str, Any]:
    example = Problem(kind, kind.title + "。").plain(str)
    schema = {"$ref": "#/components/schemas/ProblemDocument"}
    return {"description": kind.title, "content": {MEDIA_TYPE: {"schema": schema, "example": example}}}


def document(model: type[BaseModel], example: Any = None, description: str = "") -> dict[str, Any]:
    """A response in OpenAPI, of this model."""
    content = {"application/json": {"example": example}} if example is not None else {}
    return {"model": model, "description": description or (model.__doc__ or ""), "content": content}


def describe(app: FastAPI, needs_token: Callable[[str, str], bool]) -> None:
    """/openapi.json with the model of a problem, and /docs, whose files come with the package.

    `needs_token` tells of a method and an address whether nobody is let in without one.
    """

    def openapi() -> dict[str, Any]:
        if not app.openapi_schema:
            made = get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                routes=app.routes,
                tags=app.openapi_tags,
            )
            schemas = made.setdefault("components", {}).setdefault("schemas", {})
            own = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(own.pop("$defs"))
            schemas["ProblemDocument"] = own
            for path, methods in made["paths"].items():
                for method, operation in methods.items():
                    if "security" in operation and not needs_token(method.upper(), path):
                        operation["security"].append({})  # OpenAPI's way to say that it may be left out.
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # the way FastAPI documents
    app.mount("/static", StaticFiles(directory=str(files("fastapi_offline") / "static")), name="static")

    @app.get("/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url="/openapi.json",
            title=app.title,
            swagger_js_url="/static/swagger-ui-bundle.js",
            swagger_css_url="/static/swagger-ui.css",
            swagger_favicon_url="/static/favicon.png",
        )
