"""/v1/articles: the list, one, adding, removing."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, File, Query, Request, Response, UploadFile
from fastapi import Form as Field

from kb.access.problems import Fault, Kind, Problem, ProblemError
from kb.api import examples
from kb.api.describing import BEARER, document, problems
from kb.api.documents.articles import AddedDocument, ArticleDocument, ArticlePage
from kb.api.documents.form import Text
from kb.api.replies import page, reply, tagged
from kb.api.requests import LONGEST_VALUE, Limit, Offset
from kb.api.services import Serving
from kb.present import article_plain, plain, receipts
from kb.types import BuildReport, Edits, Failure, Previews, Receipt, Upload

router = APIRouter(prefix="/v1/articles", tags=["文章"], dependencies=[BEARER])

READING_SECONDS = 120.0
"""After so long no further page of an upload is read: the one who sent it waits for the answer."""

_Stated = Annotated[Text | None, Field(max_length=LONGEST_VALUE)]


@router.get("", summary="文章目录", responses={200: document(ArticlePage, examples.ARTICLES), **problems()})
def articles(request: Request, serving: Serving, limit: Limit = 50, offset: Offset = 0) -> Response:
    """按编号排列，不含正文。"""
    return page(request, [plain.summary(one) for one in serving.knowledge.articles()], limit, offset)


@router.get("/{key}", summary="一篇文章", responses={200: document(ArticleDocument), **problems(Kind.NOT_FOUND)})
def article(request: Request, serving: Serving, key: Text) -> Response:
    """正文（字形照旧）、出处、修复的每一步、要当心的地方、各段落的起止。"""
    found = serving.knowledge.article(key)
    return tagged(request, article_plain.article(found, serving.knowledge.passages(key)))


@router.post(
    "",
    summary="收录文章",
    status_code=201,
    responses={
        200: document(AddedDocument, description="都已收录过，信息已更新"),
        201: document(AddedDocument, description="已收录；返回之后就查得到"),
        **problems(Kind.BUSY, Kind.TOO_LARGE),
    },
)
def add(
    serving: Serving,
    files: Annotated[list[UploadFile], File(description="txt、md、html、docx、pdf 或装着它们的 zip；合计最多 50 MB")],
    replace: Annotated[bool, Query(description="取代先前上传的同名文件")] = False,
    title: _Stated = None,
    date: _Stated = None,
    source: _Stated = None,
    region: _Stated = None,
    category: _Stated = None,
    url: _Stated = None,
    author: _Stated = None,
) -> Response:
    """读取、修复、切分、入库；每篇给出收录回执。表单里写的标题、日期等取代文件自己写的。一篇也收不了时返回 422。"""
    with serving.writing.place():
        given = [Upload(file.filename or "", file.file.read()) for file in files]
        previews = serving.knowledge.preview(given, seconds=READING_SECONDS)
        edits = Edits(title, date, source, region, category, url, author)
        told: list[Receipt] = []
        report = (
            serving.writing.patiently(
                lambda: serving.knowledge.keep(
                    previews.found,
                    {one.key: edits for one in previews.found},
                    replacing=[one.key for one in previews.found] if replace else (),
                    on_receipt=told.append,
                )
            )
            if previews.found
            else BuildReport()
        )
    return _added(report, previews, told)


def _added(report: BuildReport, previews: Previews, told: list[Receipt]) -> Response:
    names = {one.key: one.receipt.origin for one in previews.found}
    failures = (
        *previews.failures,
        *(Failure(names.get(one.origin, one.origin), one.reason) for one in report.failures),
    )
    if not told:
        faults = tuple(Fault(one.origin, one.reason) for one in failures)
        raise ProblemError(Problem(Kind.UNUSABLE, faults[0].message if faults else "没有可收录的文件。", faults))
    document = plain.report(report) | {"receipts": [receipts.plain(one) for one in told]}
    document["failures"] = [{"origin": one.origin, "reason": one.reason} for one in failures]
    location = {"Location": f"/v1/articles/{quote(told[0].article_id, safe='')}"} if len(told) == 1 else {}
    return reply(document, 201 if report.added else 200, **location)


@router.delete(
    "/{key}",
    summary="移除一篇文章",
    status_code=204,
    response_class=Response,
    responses=problems(Kind.NOT_FOUND, Kind.BUSY),
)
def remove(serving: Serving, key: Text) -> Response:
    """返回之后就查不到了。由 kb build 收录的文章，文件还在的话，下次 build 会再收录。"""
    with serving.writing.place():
        serving.writing.patiently(lambda: serving.knowledge.remove([key]))
    return Response(status_code=204)
