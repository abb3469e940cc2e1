"""/v1/practices: the list, one, two to five side by side."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from kb.access.problems import Kind
from kb.api import examples
from kb.api.describing import BEARER, document, problems
from kb.api.documents.catalogue import ComparisonDocument, PracticeDocument, PracticePage
from kb.api.documents.form import Text
from kb.api.replies import page, tagged
from kb.api.requests import LONGEST_VALUE, Limit, Offset
from kb.api.services import Serving
from kb.present import catalogue_plain, plain

router = APIRouter(prefix="/v1/practices", tags=["实践"], dependencies=[BEARER])

_Name = Annotated[Text, Query(max_length=LONGEST_VALUE)]


@router.get("", summary="实践目录", responses={200: document(PracticePage, examples.PRACTICES), **problems()})
def practices(
    request: Request, serving: Serving, category: _Name = "", limit: Limit = 50, offset: Offset = 0
) -> Response:
    """按编号排列；category 只列这一类。"""
    found = serving.knowledge.practices(category)
    return page(request, [plain.practice_line(one) for one in found], limit, offset)


@router.get(
    "/compare",
    summary="并排比较",
    responses={200: document(ComparisonDocument), **problems(Kind.NOT_FOUND)},
)
def compare(
    request: Request,
    serving: Serving,
    name: Annotated[list[Text], Query(max_length=10, description="写两到五次", examples=[["枫桥经验", "浦江经验"]])],
) -> Response:
    """两到五个实践逐项并排，每句带来源和标记。"""
    return tagged(request, catalogue_plain.comparison(serving.knowledge.compare(name)))


@router.get("/{name}", summary="一个实践", responses={200: document(PracticeDocument), **problems(Kind.NOT_FOUND)})
def practice(request: Request, serving: Serving, name: Text) -> Response:
    """全部内容，连同相关实践、别处、法规依据和数字台账；名称、别名、编号都行，简体繁体均可。"""
    found = serving.knowledge.practice(name)
    around, figures = serving.knowledge.surroundings(found.id), serving.knowledge.figures(found.id)
    return tagged(request, catalogue_plain.page(found, around, figures))
