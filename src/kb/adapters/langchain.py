"""A LangChain retriever: `retriever.invoke(question)` gives documents, the sources' own passages."""

from __future__ import annotations

from kb.adapters.metadata import metadata
from kb.errors import MissingExtraError
from kb.knowledge import KnowledgeBase
from kb.types import Filters, Mode

try:
    from langchain_core.callbacks import CallbackManagerForRetrieverRun
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever
except ModuleNotFoundError as error:
    raise MissingExtraError("LangChain 的检索器需要另装一个库。请运行：pip install 'kb[langchain]'") from error


class KnowledgeRetriever(BaseRetriever):
    """The passages of an index that fit a question, best first, each with where it stands and how to cite it.

    The fields are those of `KnowledgeBase.search`, and so are the errors. `ainvoke` searches in a thread.
    """

    knowledge: KnowledgeBase
    k: int = 5
    mode: Mode = Mode.HYBRID
    filters: Filters = Filters()
    expand: bool = True
    without: tuple[str, ...] = ()

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - LangChain hands it over
    ) -> list[Document]:
        found = self.knowledge.search(
            query, k=self.k, mode=self.mode, filters=self.filters, expand=self.expand, without=self.without
        )
        return [Document(hit.passage.text, id=hit.passage.id, metadata=metadata(hit)) for hit in found.hits]
