"""The collections of a library in Milvus, and what they were made from.

    NAME_state               one row: which stamp is the current one, and of which state of which store it is
    NAME_passages_STAMP      number, article, how many sentences, vector, terms -> BM25
    NAME_sentences_STAMP     the vectors of the sentences, with their passage
    NAME_terms_STAMP         in how many passages a term stands

A change is written into the collections of the current stamp; where nothing of them can be kept, into new ones.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from kb.errors import IndexStateError
from kb.index.cluster_engine import ClusterEngine

VERSION = 1
"""Raised when the collections look different; those of another version are made anew."""

SENTENCES_EACH = 1 << 16
"""The key of a sentence is the number of its passage times this, plus its place in it."""

MOST_BYTES = 65_000
"""Of the terms of one passage: Milvus keeps no text above 65,535 bytes. Passages have up to 700 characters, whose
terms fill about 8,000; only a run of text without any break is longer, and then its last terms are not searched."""

_STATE_ROW = 1


@dataclass(frozen=True, slots=True)
class Target:
    """Collections that are being filled or changed, for these terms and this model."""

    stamp: str
    model: str
    segmenter: str


@dataclass(frozen=True, slots=True)
class State:
    """What the collections of `stamp` were made from; `terms` is None where they do not fit in.

    `under_way` is what a sync is at; where it was killed, the next one goes on with it.
    """

    lineage: str
    stamp: str = ""
    generation: int = -1
    model: str = ""
    dimension: int = 0
    segmenter: str = ""
    rules: str = ""
    terms: tuple[str, ...] | None = None
    passages: int = 0
    articles: int = 0
    under_way: Target | None = None
    version: int = VERSION


@dataclass(frozen=True, slots=True)
class Names:
    """The collections of one stamp."""

    passages: str
    sentences: str
    terms: str

    @property
    def all(self) -> frozenset[str]:
        """Every one of them."""
        return frozenset((self.passages, self.sentences, self.terms))


def names_of(engine: ClusterEngine, stamp: str) -> Names:
    """What the collections of a stamp are called."""
    return Names(*(f"{engine.address.library}_{kind}_{stamp}" for kind in ("passages", "sentences", "terms")))


def state_name(engine: ClusterEngine) -> str:
    """What the collection with the state is called."""
    return f"{engine.address.library}_state"


def read_state(engine: ClusterEngine, existing: Sequence[str]) -> State | None:
    """What the engine holds of this library; None where it holds nothing.

    Raises:
        IndexStateError: it was written by a newer version, or by something else.
    """
    name = state_name(engine)
    if name not in existing:
        return None
    found = list(engine.having(name, "id", [_STATE_ROW], ["state"]))
    if not found:
        return None
    try:
        made = json.loads(found[0]["state"])
        if made["version"] > VERSION:
            raise IndexStateError(f"检索引擎 {engine.address} 里的库由更新版本的 kb 建立。请升级 kb，或换一个库名。")
        target = made.pop("under_way")
        terms = made.pop("terms")
        return State(**made, terms=_unpacked(terms), under_way=Target(**target) if target else None)
    except (ValueError, TypeError, KeyError, zlib.error) as error:
        raise IndexStateError(
            f"检索引擎 {engine.address} 里叫 {name} 的集合不是 kb 建立的。"
            "请在 KB_STORE_URL 里换一个库名（?library=…）。"
        ) from error


def write_state(engine: ClusterEngine, state: State, existing: Sequence[str]) -> None:
    """In one row, so that it is there whole or not at all."""
    name = state_name(engine)
    if name not in existing:
        engine.create(name, *_state_collection())
    made = asdict(state) | {"terms": _packed(state.terms)}
    engine.put(name, [{"id": _STATE_ROW, "state": json.dumps(made, ensure_ascii=False), "none": [0.0, 0.0]}])


def _packed(terms: Sequence[str] | None) -> str | None:
    if terms is None:
        return None
    packed = base64.b64encode(zlib.compress(json.dumps(list(terms), ensure_ascii=False).encode(), 9)).decode()
    return packed if len(packed) < MOST_BYTES - 5_000 else None


def _unpacked(packed: str | None) -> tuple[str, ...] | None:
    return None if packed is None else tuple(json.loads(zlib.decompress(base64.b64decode(packed))))


def packed_terms(terms: Sequence[str]) -> str:
    """The terms of a passage as Milvus keeps them."""
    joined = " ".join(terms)
    if len(joined.encode()) <= MOST_BYTES:
        return joined
    return joined.encode()[:MOST_BYTES].decode(errors="ignore").rpartition(" ")[0]


def term_key(term: str) -> int:
    """The key under which it is kept in how many passages a term stands: milvus-lite cannot look up texts such as '."""
    return int.from_bytes(hashlib.blake2b(term.encode("utf-8", "surrogatepass"), digest_size=8).digest()) >> 1


def create_collections(engine: ClusterEngine, stamp: str, dimension: int) -> Names:
    """The three empty collections of a stamp, for vectors of this dimension."""
    names = names_of(engine, stamp)
    engine.create(names.passages, *_passage_collection(dimension, engine.address.index))
    engine.create(names.sentences, *_sentence_collection(dimension))
    engine.create(names.terms, *_term_collection())
    return names


def _passage_collection(dimension: int, index: str) -> tuple[Any, Any]:
    from pymilvus import DataType, Function, FunctionType, MilvusClient

    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("number", DataType.INT64, is_primary=True)
    schema.add_field("article", DataType.INT64)
    schema.add_field("sentences", DataType.INT64)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimension)
    schema.add_field("terms", DataType.VARCHAR, max_length=65_535, enable_analyzer=True,
                     analyzer_params={"tokenizer": "whitespace"})  # fmt: skip
    schema.add_field("weights", DataType.SPARSE_FLOAT_VECTOR)
    schema.add_function(Function("bm25", FunctionType.BM25, ["terms"], ["weights"]))
    made = {"IVF_FLAT": {"nlist": 1024}, "HNSW": {"M": 16, "efConstruction": 200}}.get(index, {})
    indexes = MilvusClient.prepare_index_params()
    indexes.add_index("vector", index_type=index, metric_type="IP", params=made)
    indexes.add_index("article", index_type="INVERTED")
    indexes.add_index("weights", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25",
                      params={"bm25_k1": 1.2, "bm25_b": 0.75})  # fmt: skip
    return schema, indexes


def _sentence_collection(dimension: int) -> tuple[Any, Any]:
    from pymilvus import DataType, MilvusClient

    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("passage", DataType.INT64)
    # The values are half floats; as such milvus-lite compares them twenty times slower (docs/scale.md).
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimension)
    indexes = MilvusClient.prepare_index_params()
    # Only the sentences of candidates are looked at: an approximate index would have nothing to leave out.
    indexes.add_index("vector", index_type="FLAT", metric_type="IP")
    indexes.add_index("passage", index_type="INVERTED")
    return schema, indexes


def _term_collection() -> tuple[Any, Any]:
    from pymilvus import DataType, MilvusClient

    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("term", DataType.INT64, is_primary=True)
    schema.add_field("held", DataType.INT64)
    return _with_a_vector(schema)


def _state_collection() -> tuple[Any, Any]:
    from pymilvus import DataType, MilvusClient

    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("state", DataType.VARCHAR, max_length=65_535)
    return _with_a_vector(schema)


def _with_a_vector(schema: Any) -> tuple[Any, Any]:
    """Milvus makes no collection without one."""
    from pymilvus import DataType, MilvusClient

    schema.add_field("none", DataType.FLOAT_VECTOR, dim=2)
    indexes = MilvusClient.prepare_index_params()
    indexes.add_index("none", index_type="FLAT", metric_type="IP")
    return schema, indexes
