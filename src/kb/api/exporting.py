"""/v1/export: a course kit from a basket."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Body, Query, Response

from kb.access.problems import Kind
from kb.api import examples
from kb.api.describing import BEARER, Responses, problems
from kb.api.documents.form import Whole
from kb.api.replies import reply
from kb.api.services import Serving
from kb.course.basket_json import from_plain
from kb.present import course_plain
from kb.present.course_file import MEDIA_TYPES, FileKind, course_file
from kb.present.course_kit import kit
from kb.present.display import Form

router = APIRouter(prefix="/v1", tags=["课程"], dependencies=[BEARER])


class Wanted(str, Enum):
    """What is sent: a file, or the plan as JSON."""

    DOCX = FileKind.DOCX.value
    PPTX = FileKind.PPTX.value
    MARKDOWN = FileKind.MARKDOWN.value
    JSON = "json"


class Writing(str, Enum):
    """The form of the texts."""

    ORIGINAL = "original"
    SIMPLIFIED = "cn"
    TAIWAN = "tw"
    HONG_KONG = "hk"


_FORMS = dict(zip(Writing, (Form.ORIGINAL, Form.SIMPLIFIED, Form.TAIWAN, Form.HONG_KONG), strict=True))
_FILES: Responses = {
    200: {
        "description": "课程材料；json 时是与 kb course --json 相同的提纲",
        "content": {
            "application/json": {"schema": {"type": "object"}},
            **{media: {"schema": {"type": "string", "format": "binary"}} for media in MEDIA_TYPES.values()},
        },
    }
}


@router.post(
    "/export",
    summary="由篮子生成课程材料",
    response_class=Response,
    responses=_FILES | problems(Kind.NOT_FOUND, Kind.TOO_LARGE),
)
def export(
    serving: Serving,
    basket: Annotated[dict[str, Any], Whole, Body(openapi_examples={"篮子": {"value": examples.BASKET}})],
    wanted: Annotated[Wanted, Query(alias="format")] = Wanted.DOCX,
    script: Annotated[Writing, Query(description="原文、简体、繁體台、繁體港")] = Writing.ORIGINAL,
) -> Response:
    """篮子的写法见 docs/course.md，与 kb course --save-basket 存的相同。"""
    plan = serving.knowledge.course(from_plain(basket))
    made = kit(plan, _FORMS[script], serving.settings.script)
    if wanted is Wanted.JSON:
        return reply(course_plain.plan(made))
    kind = FileKind(wanted.value)
    name = quote(f"{plan.topic or '课程'}.{kind.value}", safe="")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(course_file(made, kind), headers=headers, media_type=MEDIA_TYPES[kind])
