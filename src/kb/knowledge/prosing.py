"""An answer with prose beside it: cited sentences -> language model -> sentences that they support.

The answer itself is never touched. Whatever goes wrong at the endpoint is told in a notice.
"""

from __future__ import annotations

from dataclasses import replace

from kb.config import Settings
from kb.errors import ModelError, QueryError
from kb.knowledge.searching import Searcher
from kb.models.chat import Chat, Message
from kb.prose import request
from kb.prose.reply import read_reply
from kb.prose.support import Checker
from kb.types import Answer, Prose

FALLBACK = "以下只给原文。"


def chat_of(settings: Settings) -> Chat:
    """The language model of the settings; nothing is opened.

    Raises:
        QueryError: none is set, or it is set wrongly.
    """
    if not settings.llm_url:
        raise QueryError("还没有设置 KB_LLM_URL，不能生成综述。说明见 docs/prose.md；不加 --prose 照常只给原文。")
    return Chat(settings.llm_url, settings.llm_model, settings.llm_key, settings.llm_timeout)


def with_prose(answer: Answer, chat: Chat, searcher: Searcher) -> Answer:
    """The answer with prose, or with a notice why there is none; a refused one as it is: there is nothing to cite."""
    if answer.refused:
        return answer
    given = request.numbered([one.quote.text for one in answer.sentences])
    if not given:
        return replace(answer, notice=f"没有生成综述：所引的句子都像是写给模型的指令，没有发出。{FALLBACK}")
    mark = request.new_mark()
    messages = [
        Message("system", request.system(mark)),
        Message("user", request.user(answer.question, given, mark)),
    ]
    try:
        written = read_reply(chat.ask(messages))
    except ModelError as error:
        return replace(answer, notice=f"没有生成综述：{error}。{FALLBACK}")
    checker = Checker.of(searcher.segmenter, searcher.store.catalogue.practices())
    prose = Prose(chat.model, tuple(checker.check(one, given) for one in written))
    notice = "" if prose.kept else f"生成的综述没有一句通过核对，没有显示。{FALLBACK}"
    return replace(answer, prose=prose, notice=notice)
