"""/v1/search, /v1/ask, /v1/verify, /v1/info."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, File, Query, Request, Response, UploadFile

from kb.access.problems import Kind
from kb.api import examples
from kb.api.describing import BEARER, document, problems
from kb.api.documents.articles import InfoDocument
from kb.api.documents.searching import AnswerDocument, SearchDocument
from kb.api.documents.verifying import DraftDocument, VerificationDocument
from kb.api.replies import reply, tagged
from kb.api.requests import AskRequest, SearchRequest, VerifyRequest
from kb.api.services import Services, Serving
from kb.present import answers, plain, verifying

router = APIRouter(prefix="/v1", tags=["查询"], dependencies=[BEARER])

_SEARCH = {200: document(SearchDocument, examples.SEARCH), **problems()}
_ASK = {200: document(AnswerDocument, examples.ASK), **problems()}


@router.get("/search", summary="检索段落和实践", responses=_SEARCH)
def search(request: Request, serving: Serving, asked: Annotated[SearchRequest, Query()]) -> Response:
    """与 kb search --json 的结果逐项相同。"""
    return _search(request, serving, asked)


@router.post("/search", summary="检索（问题写在请求体里）", responses=problems(Kind.TOO_LARGE) | _SEARCH)
def search_posted(request: Request, serving: Serving, asked: SearchRequest) -> Response:
    """同 GET；问题长或不想写在地址里时用。"""
    return _search(request, serving, asked)


def _search(request: Request, serving: Services, asked: SearchRequest) -> Response:
    request.state.question = asked.query
    with serving.turn:
        found = serving.knowledge.search(
            asked.query, k=asked.k, mode=asked.mode, filters=asked.filters, expand=asked.expand, without=asked.without
        )
    return reply(plain.search_result(found, explain=asked.explain))


@router.get("/ask", summary="用原句回答", responses=_ASK)
def ask(request: Request, serving: Serving, asked: Annotated[AskRequest, Query()]) -> Response:
    """与 kb ask --json 的结果逐项相同；文章里没有依据时 refused 为 true。"""
    return _ask(request, serving, asked)


@router.post("/ask", summary="用原句回答（问题写在请求体里）", responses=problems(Kind.TOO_LARGE) | _ASK)
def ask_posted(request: Request, serving: Serving, asked: AskRequest) -> Response:
    """同 GET；问题长或不想写在地址里时用。"""
    return _ask(request, serving, asked)


def _ask(request: Request, serving: Services, asked: AskRequest) -> Response:
    request.state.question = asked.question
    with serving.turn:
        found = serving.knowledge.ask(asked.question, filters=asked.filters, expand=asked.expand, without=asked.without)
    return reply(answers.plain(found, citations=asked.citations))


@router.post(
    "/verify",
    summary="核对一句引文或一个引用编号",
    responses={200: document(VerificationDocument, examples.VERIFY), **problems(Kind.TOO_LARGE)},
)
def verify(request: Request, serving: Serving, asked: Annotated[VerifyRequest, Body()]) -> Response:
    """与 kb verify --json 的结果逐项相同，不加载嵌入模型。"""
    request.state.question = asked.text
    with serving.turn:
        found = serving.knowledge.verify(asked.text)
    return reply(verifying.verification(found))


@router.post(
    "/verify/draft",
    summary="核对一份稿件里的全部引文",
    responses={200: document(DraftDocument), **problems(Kind.TOO_LARGE)},
)
def verify_draft(
    serving: Serving, file: Annotated[UploadFile, File(description="docx、md、txt、html 或 pdf")]
) -> Response:
    """稿件只在核对时读，不保存。"""
    with serving.drafts():
        draft = serving.knowledge.verify_draft(file.file.read(), file.filename or "draft.txt")
    return reply(verifying.draft(draft))


@router.get("/info", summary="索引里有什么", responses={200: document(InfoDocument), **problems()})
def info(request: Request, serving: Serving) -> Response:
    """篇数、模型，以及筛选条件可以取的值。"""
    return tagged(request, plain.holdings(serving.knowledge.info(), serving.knowledge.facets()))
