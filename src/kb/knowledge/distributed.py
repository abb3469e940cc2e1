"""The passages that are searched, kept in a distributed engine (`kb.knowledge.keeping.Keeping`)."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import SecretStr

from kb.index.cluster import ClusterIndex, checked_state
from kb.index.cluster_address import read_address
from kb.index.cluster_engine import ClusterEngine
from kb.index.retriever import Retriever
from kb.index.store import Store
from kb.knowledge import clustering
from kb.knowledge.progress import Progress
from kb.text.segment import Segmenter


@dataclass(frozen=True, slots=True)
class Distributed:
    """In Milvus, for many machines and for more passages than one holds."""

    engine: ClusterEngine

    def sync(self, store: Store, model: str, segmenter: Segmenter, progress: Progress) -> None:
        """Add what is missing, take out what is gone."""
        clustering.sync_cluster(self.engine, store, model, segmenter, progress)

    def current(self, store: Store, model: str, segmenter: Segmenter) -> Retriever | None:
        """From the engine."""
        return ClusterIndex.open(self.engine, store.lineage(), model, segmenter.fingerprint)

    def newest(self, store: Store) -> int | None:
        """From the engine's own record."""
        state = checked_state(self.engine, store.lineage(), self.engine.names())
        return None if state is None or not state.stamp else state.generation

    def instead(self, _store: Store, _model: str, _segmenter: Segmenter, _progress: Progress) -> Retriever | None:
        """Nothing: a library that needs an engine does not fit in memory."""
        return None


def distributed(url: str, token: SecretStr | None) -> Distributed:
    """The engine at this address.

    Raises:
        QueryError: it is no address.
    """
    return Distributed(ClusterEngine(read_address(url), token))
