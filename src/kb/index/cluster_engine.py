"""A connection to Milvus: the few calls that are needed, each with a time limit, and what fails said in our errors."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import logging
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from types import ModuleType
from typing import Any

import numpy as np
from pydantic import SecretStr

from kb.errors import IndexStateError, MissingExtraError
from kb.index.cluster_address import Address
from kb.index.dense import Numbers, Ranked, empty_ranking

CONNECT_SECONDS, ASK_SECONDS, WRITE_SECONDS = 5.0, 15.0, 120.0
"""After which an engine counts as not reached: pymilvus tries again until then, and somebody waits for an answer."""

MOST_RESULTS = 16_384
"""What Milvus hands over at most in one answer."""

Row = dict[str, Any]


class ClusterEngine:
    """Milvus at an address. Connected at first use; safe for threads."""

    def __init__(self, address: Address, token: SecretStr | None = None) -> None:
        self.address = address
        self._token = token

    def names(self) -> list[str]:
        """All collections of this library."""
        with self._told() as client:
            found: list[str] = client.list_collections(timeout=ASK_SECONDS)
        return sorted(name for name in found if name.startswith(f"{self.address.library}_"))

    def create(self, name: str, schema: Any, indexes: Any) -> None:
        """An empty collection, indexed and loaded; one of that name goes first."""
        with self._told() as client:
            client.drop_collection(name, timeout=WRITE_SECONDS)
            client.create_collection(name, schema=schema, consistency_level="Strong", timeout=WRITE_SECONDS)
            # Not waiting for each index of an empty collection: the client looks only every half second.
            client.create_index(name, indexes, sync=False, timeout=WRITE_SECONDS)
            client.load_collection(name, timeout=WRITE_SECONDS)

    def load(self, name: str) -> None:
        """Make sure that a collection can be searched; at once where it can."""
        with self._told() as client:
            client.load_collection(name, timeout=WRITE_SECONDS)

    def drop(self, name: str) -> None:
        """Take a collection away."""
        with self._told() as client:
            client.drop_collection(name, timeout=WRITE_SECONDS)

    def put(self, name: str, rows: Sequence[Row]) -> None:
        """Rows in place of those with the same keys."""
        if rows:
            with self._told() as client:
                client.upsert(name, list(rows), timeout=WRITE_SECONDS)

    def delete(self, name: str, field: str, values: Sequence[int]) -> None:
        """All rows whose `field` is one of these."""
        for at in range(0, len(values), 4096):
            with self._told() as client:
                client.delete(name, filter=within(field, values[at : at + 4096]), timeout=WRITE_SECONDS)

    def rows(self, name: str, where: str, fields: Sequence[str]) -> Iterator[Row]:
        """All rows for which `where` holds, in no order, as a stream."""
        with self._told() as client:
            found = client.query_iterator(
                name, batch_size=4096, filter=where, output_fields=list(fields), timeout=ASK_SECONDS
            )
            try:
                while batch := found.next():
                    yield from batch
            finally:
                found.close()

    def count(self, name: str) -> int:
        """How many rows there are."""
        with self._told() as client:
            (found,) = client.query(name, filter="", output_fields=["count(*)"], timeout=ASK_SECONDS)
        return int(found["count(*)"])

    def having(self, name: str, key: str, values: Sequence[int], fields: Sequence[str]) -> Iterator[Row]:
        """The rows with these values of their primary key, in no order."""
        for at in range(0, len(values), 4096):
            chosen = values[at : at + 4096]
            with self._told() as client:
                yield from client.query(
                    name, filter=within(key, chosen), output_fields=list(fields), timeout=ASK_SECONDS
                )

    def search(self, name: str, field: str, query: Any, k: int, where: str = "") -> Ranked:
        """The k rows nearest to a vector, or with the highest BM25 for a text: keys and scores, best first, equal
        scores by key."""
        return self._search(name, field, query, k, where, ())[0]

    def search_owned(self, name: str, field: str, query: Any, k: int) -> tuple[Ranked, Numbers]:
        """The same with the article of each row."""
        return self._search(name, field, query, k, "", ("article",))

    def _search(
        self, name: str, field: str, query: Any, k: int, where: str, output: Sequence[str]
    ) -> tuple[Ranked, Numbers]:
        if k <= 0:
            return empty_ranking(), np.zeros(0, dtype=np.int64)
        with self._told() as client:
            (found,) = client.search(
                name, data=[query], anns_field=field, limit=min(k, MOST_RESULTS), filter=where, timeout=ASK_SECONDS,
                search_params=self._parameters(field, k), output_fields=list(output),
            )  # fmt: skip
            numbers, scores = np.array(found.ids, dtype=np.int64), np.array(found.distances, dtype=np.float32)
            owners = np.array([hit["entity"]["article"] for hit in found] if output else numbers, dtype=np.int64)
        order = np.lexsort((numbers, -scores))
        return Ranked(numbers[order], scores[order]), owners[order]

    def _parameters(self, field: str, k: int) -> Row:
        if field == "weights":
            return {"metric_type": "BM25"}
        # An approximate index has to look at more than it hands over.
        looked_at = {"HNSW": {"ef": 2 * k}, "DISKANN": {"search_list": 2 * k}, "IVF_FLAT": {"nprobe": 64}}
        return {"metric_type": "IP", "params": looked_at.get(self.address.index, {})}

    @contextmanager
    def _told(self) -> Iterator[Any]:
        """The client; what it fails with, as an error of ours.

        Raises:
            MissingExtraError: pymilvus is not installed.
            IndexStateError: the engine cannot be reached, or refuses.
        """
        kinds = _failures()
        try:
            yield _connected(self.address, self._token)
        except kinds as error:
            raise IndexStateError(self._advice(error)) from error

    def _advice(self, error: Exception) -> str:
        said = getattr(error, "message", "") or str(error)
        where = f"检索引擎 {self.address}"
        kept = "文章都在本机的文章库里，没有丢失"
        if self.address.file is not None and "Open local milvus failed" in said:
            return (
                f"打不开{where}：文件夹不存在、不能写，或另一个进程正开着它（milvus-lite 一次只供一个进程用）。"
                f"{kept}；请检查后再试，或改用 Milvus 服务。"
            )
        if any(mark in said.lower() for mark in ("unavailable", "fail connecting", "timeout", "deadline", "refused")):
            return f"连不上{where}。{kept}；请确认引擎已启动、KB_STORE_URL 无误，或清空 KB_STORE_URL 改用本机索引文件。"
        if "auth" in said.lower():
            return f"{where} 不接受登录信息。请检查 KB_STORE_TOKEN（用户名:密码 或令牌）。"
        reason = said.splitlines()[0][:200] if said else type(error).__name__
        return f"{where} 出错（{reason}）。{kept}；修好后运行 kb build 会补齐。"


def within(field: str, values: Iterable[int]) -> str:
    """The condition that `field` is one of these numbers."""
    return f"{field} in [{','.join(map(str, values))}]"


def _failures() -> tuple[type[Exception], ...]:
    try:
        import grpc
        from pymilvus.exceptions import MilvusException
    except ImportError as error:
        raise MissingExtraError(
            "设置了 KB_STORE_URL，但没有装连接检索引擎的库。请运行：pip install 'kb[cluster]'，或清空 KB_STORE_URL。"
        ) from error
    return (MilvusException, grpc.RpcError)


@lru_cache(maxsize=8)
def _connected(address: Address, token: SecretStr | None) -> Any:
    """One connection for each address in a process: pymilvus keeps no second one, and closing it would close both."""
    from pymilvus import MilvusClient

    logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # It logs what it raises, with a trace, in English.
    if address.file is not None:
        _stand_in_for_pkg_resources()
    said = token.get_secret_value() if token else ""
    return MilvusClient(address.uri, token=said, db_name=address.database, timeout=CONNECT_SECONDS)


def _stand_in_for_pkg_resources() -> None:
    """milvus-lite 2.5.1 asks `pkg_resources` for its own version, which setuptools no longer brings since 82."""
    if "pkg_resources" in sys.modules or importlib.util.find_spec("pkg_resources") is not None:
        return
    module = ModuleType("pkg_resources")
    names: Mapping[str, Any] = {
        "DistributionNotFound": importlib.metadata.PackageNotFoundError,
        "get_distribution": importlib.metadata.distribution,
    }
    vars(module).update(names)
    sys.modules["pkg_resources"] = module
    try:
        importlib.import_module("milvus_lite")
    finally:
        del sys.modules["pkg_resources"]
