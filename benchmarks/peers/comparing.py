"""Fills and asks every peer, and `kb` beside them: `python -m benchmarks peers`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import ir_measures
import numpy as np

from benchmarks.gov_index import gov_index
from benchmarks.peers.exchange import Found, K, write
from benchmarks.report import table
from benchmarks.shared_data import converted, gov, read_rows, whole_text
from kb.config import Settings
from kb.knowledge import KnowledgeBase
from kb.models.encoder import TextKind, open_encoder
from kb.models.folder import prepare_default

PEERS: Mapping[str, Sequence[str]] = {
    "chroma": ("chromadb==1.5.9",),
    "lancedb": ("lancedb==0.40.0", "pyarrow"),
    "llamaindex": ("llama-index-core==0.14.25", "llama-index-retrievers-bm25==0.8.0", "jieba"),
    "haystack": ("haystack-ai==3.4.1", "jieba"),
    "milvus": ("pymilvus==2.6.0", "milvus-lite==2.5.1", "setuptools<81"),
    "txtai": ("torch==2.13.0", "txtai==9.14.0"),
}
"""What each environment is made of, besides numpy. Milvus Lite 3.2 ranks what is added later wrongly."""

PROJECT = Path(__file__).resolve().parents[2]


def measure(settings: Settings, names: Sequence[str] = tuple(PEERS)) -> list[dict[str, Any]]:
    """A row a system."""
    work = settings.cache / "peers"
    work.mkdir(parents=True, exist_ok=True)
    prepare(settings, work)
    rows = [ours(settings, work), *(peer(name, work) for name in names)]
    encoding = plain_encoding(settings, work)
    return [_row(found, encoding) for found in rows]


def asked(work: Path) -> list[tuple[str, str]]:
    """Key and text of every question, first as written, then in traditional script."""
    found = []
    for script, data in (("hans", gov()), ("hant", converted(gov(), "s2t", work))):
        found += [(f"{script}:{row['qid']}", row["query"]) for row in read_rows(data.queries)]
    return found


def prepare(settings: Settings, work: Path) -> None:
    """Passages and questions with the vectors of the default model, for every peer the same."""
    encoder = open_encoder(cache=settings.cache, notice=print)
    rows = read_rows(gov().corpus)
    texts = list(map(whole_text, rows))
    if not (work / "passages.npy").is_file():
        write(work, "passages", [row["id"] for row in rows], texts, encoder.encode(texts, TextKind.PASSAGE))
    keys, questions = zip(*asked(work), strict=True)
    write(work, "questions", keys, questions, encoder.encode(questions, TextKind.QUERY))


def peer(name: str, work: Path) -> Found:
    """What one peer found, run in its own environment."""
    python = _environment(work / name, PEERS[name])
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "HF_HUB_OFFLINE": "1"}
    for left in work.glob("*.found.json"):
        left.unlink()
    subprocess.run([str(python), "-m", f"benchmarks.peers.systems.{name}_peer", str(work)], check=True, env=environment)
    (file,) = work.glob("*.found.json")
    return Found(**json.loads(file.read_text(encoding="utf-8")))


def _environment(folder: Path, packages: Sequence[str]) -> Path:
    python = folder / "bin" / "python"
    if not (folder / ".made").exists():
        environment = {
            name: value for name, value in os.environ.items() if name not in {"PIP_CONSTRAINT", "PYTHONPATH"}
        }
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        for package in (*packages, "numpy"):  # One after the other, torch first: then its CPU build is taken.
            subprocess.run([str(python), "-m", "pip", "install", "--quiet", package], check=True, env=environment)
        (folder / ".made").touch()
    return python


def ours(settings: Settings, work: Path) -> Found:
    """The same questions to `kb`, embedding included; its index is the one that `kb eval` keeps."""
    ids: dict[str, list[str]] = {}
    with KnowledgeBase.open(gov_index(settings)) as knowledge:
        knowledge.search("预热")
        milliseconds = []
        for key, text in asked(work):
            begun = time.perf_counter()
            found = knowledge.search(text, k=K)
            milliseconds.append((time.perf_counter() - begun) * 1000)
            ids[key] = [hit.article.id for hit in found.hits]
    return Found("kb", "", "as it comes", 0.0, milliseconds, 0.0, ids)


def plain_encoding(settings: Settings, work: Path) -> list[float]:
    """Milliseconds to embed each question with sentence-transformers on torch, as a user of a peer would."""
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(prepare_default(settings.cache, print)), device="cpu")
    taken = []
    for measured in (False, True):
        for _key, text in asked(work):
            begun = time.perf_counter()
            model.encode([text], prompt_name="query", normalize_embeddings=True, show_progress_bar=False)
            if measured:
                taken.append((time.perf_counter() - begun) * 1000)
    return taken


def scores(found: Found) -> tuple[float, float]:
    """nDCG@10 over the answerable questions as written, and in traditional script."""
    judged = list(_judgments())
    wanted = {judgment.query_id for judgment in judged if judgment.relevance > 0}
    values = []
    for script in ("hans", "hant"):
        run = [
            ir_measures.ScoredDoc(key.partition(":")[2], passage, float(K - rank))
            for key, passages in found.ids.items()
            for rank, passage in enumerate(dict.fromkeys(passages))
            if key.startswith(script)
        ]
        each = {one.query_id: one.value for one in ir_measures.iter_calc([ir_measures.nDCG @ 10], judged, run)}
        values.append(float(np.mean([each.get(key, 0.0) for key in wanted])))
    return values[0], values[1]


def _judgments() -> Iterator[Any]:
    for line in gov().qrels.read_text(encoding="utf-8").splitlines():
        question, passage, grade = line.split("\t")
        yield ir_measures.Qrel(question, passage, int(grade))


def _row(found: Found, encoding: Sequence[float]) -> dict[str, Any]:
    """Of a peer end to end is its search and one embedding on torch; of `kb` all is in its own time."""
    same, other = scores(found)
    own = found.name == "kb"
    whole: Any = found.milliseconds if own else np.add(found.milliseconds, encoding)
    return {
        "system": f"{found.name} {found.version}".strip(),
        "setup": found.setup,
        "nDCG@10": same,
        "other script": other,
        "fill": None if own else found.build_seconds,
        "search": None if own else (median(found.milliseconds), _p95(found.milliseconds)),
        "whole": (median(whole), _p95(whole)),
    }


def _p95(values: Sequence[float]) -> float:
    return float(quantiles(values, n=20)[-1])


def show(rows: Sequence[Mapping[str, Any]]) -> str:
    """The table; of `kb` neither filling nor searching apart from embedding is the peers' work."""
    head = (
        "system", "set up", "nDCG@10", "questions in the other script", "loss", "fill, s",
        "search p50 / p95, ms", "end to end p50 / p95, ms",
    )  # fmt: skip
    lines = []
    for row in rows:
        same, other = row["nDCG@10"], row["other script"]
        fill = "–" if row["fill"] is None else f"{row['fill']:.1f}"
        search = "–" if row["search"] is None else " / ".join(f"{value:.1f}" for value in row["search"])
        whole = " / ".join(f"{value:.1f}" for value in row["whole"])
        quality = (f"{same:.3f}", f"{other:.3f}", f"{same - other:.3f}")
        lines.append((row["system"], row["setup"], *quality, fill, search, whole))
    told = (
        "The same passages of gov with the same vectors of the default model, the dev questions in both scripts; every"
        " peer in an\nenvironment of its own (`benchmarks/peers`). End to end of a peer is its search and one embedding"
        " of the question by\nsentence-transformers on torch; `kb` embeds within its own time. Filling takes the"
        " vectors as given."
    )
    return f"{told}\n\n{table(head, lines)}"
