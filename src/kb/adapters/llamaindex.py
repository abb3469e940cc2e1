"""A LlamaIndex retriever: `retriever.retrieve(question)` gives scored nodes, the sources' own passages."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from kb.adapters.metadata import FOR_PROGRAMS, metadata
from kb.errors import MissingExtraError
from kb.knowledge import KnowledgeBase
from kb.types import Filters, Hit, Mode

try:
    from llama_index.core.callbacks import CallbackManager
    from llama_index.core.retrievers import BaseRetriever
    from llama_index.core.schema import NodeRelationship, NodeWithScore, QueryBundle, RelatedNodeInfo, TextNode
except ModuleNotFoundError as error:
    raise MissingExtraError("LlamaIndex 的检索器需要另装一个库。请运行：pip install 'kb[llamaindex]'") from error


class KnowledgeRetriever(BaseRetriever):
    """The passages of an index that fit a question, best first, each with where it stands and how to cite it.

    The options are those of `KnowledgeBase.search`, and so are the errors. `aretrieve` searches in a thread.
    """

    def __init__(
        self,
        knowledge: KnowledgeBase,
        *,
        k: int = 5,
        mode: Mode | str = Mode.HYBRID,
        filters: Filters | None = None,
        expand: bool = True,
        without: Sequence[str] = (),
        callback_manager: CallbackManager | None = None,
    ) -> None:
        super().__init__(callback_manager=callback_manager)
        self.knowledge, self.k, self.mode, self.filters = knowledge, k, mode, filters or Filters()
        self.expand, self.without = expand, tuple(without)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self.knowledge.search(
            query_bundle.query_str,
            k=self.k, mode=self.mode, filters=self.filters, expand=self.expand, without=self.without,
        )  # fmt: skip
        return [_node(hit) for hit in found.hits]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


def _node(hit: Hit) -> NodeWithScore:
    """A language model is shown title, source, date, region, headings and citation above the passage, not the rest."""
    passage = hit.passage
    node = TextNode(
        id_=passage.id,
        text=passage.text,
        metadata=metadata(hit),
        start_char_idx=passage.start,
        end_char_idx=passage.end,
        excluded_llm_metadata_keys=list(FOR_PROGRAMS),
        excluded_embed_metadata_keys=list(FOR_PROGRAMS),
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=passage.article_id)},
    )
    return NodeWithScore(node=node, score=hit.score)
