"""The sections of the report, in its order: how each is measured and shown."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from benchmarks import gate, latency, load, quality, size, speed
from benchmarks.peers import comparing
from benchmarks.report import Section, table
from kb.config import Settings


def _retrieval(settings: Settings) -> Any:
    measured = [one for name in quality.available() for one in quality.measure_set(name, settings)]
    rows = [
        {"set": one.name, **{key: value for key, value in asdict(one.scores).items() if not key.startswith("latency")}}
        for one in measured
    ]
    return {"rows": rows, "broken": gate.broken(measured, gate.read_floors(gate.FLOORS))}


def _show_retrieval(found: Any) -> str:
    head = ("set", "questions", "nDCG@10", "judged@10", "R@10", "RR@10", "P@1", "refusal AUROC")
    names = ("ndcg", "judged", "recall", "reciprocal_rank", "precision", "refusal_auroc")
    rows = [
        (one["set"], one["questions"], *("–" if one[name] is None else f"{one[name]:.4f}" for name in names))
        for one in found["rows"]
    ]
    told = "Same settings for all sets; `-s2t` and `-t2s` are the same questions converted to that script."
    return f"{told}\n\n{table(head, rows)}"


def _show_build(found: Any) -> str:
    names = {
        "build": "`kb build` without sentence vectors (read, repair, split, embed, store, segment, index)",
        "plain": "`SentenceTransformer.encode` alone, the same passages, torch fp32",
        "sentences": "`kb build` as it comes: the sentences are embedded as well",
        "plain-sentences": "`SentenceTransformer.encode` alone, the same passages and sentences, torch fp32",
    }
    rows = [
        (name, f"{found[task]['per_second']:.1f}", f"{found[task]['seconds']:.1f}", f"{found[task]['peak_mb']:.0f}")
        for task, name in names.items()
    ]
    passages, whole = (
        found[a]["seconds"] / found[b]["seconds"] for a, b in (("plain", "build"), ("plain-sentences", "sentences"))
    )
    shown = table(("", "passages a second", "seconds", "peak memory, MB"), rows)
    told = (
        f"Every sixth document of gov, {found['build']['passages']:,} passages; each in a process of its own, one after"
        " the other."
    )
    return (
        f"{told}\n\n{shown}\n\nWith the same texts `kb build` is {passages:.2f} times as fast without sentences,"
        f" {whole:.2f} times with them."
    )


def _show_queries(found: Any) -> str:
    sizes = list(found)
    rows = [
        (stage, *(f"{value:.1f}" for size in sizes for value in found[size][stage]))
        for stage in found[sizes[0]]
    ]  # fmt: skip
    head = ("stage", *(f"{int(size):,} p{name}" for size in sizes for name in latency.PERCENTILES))
    told = (
        f"{latency.ROUNDS} rounds of all dev questions, warm; `ask` is the whole of it, the choice of sentences"
        " included. The larger index\nholds gov and copies of it under other ids."
    )
    return f"{told}\n\n{table(head, rows)}"


def _show_cold(found: Any) -> str:
    return table(("command", "seconds"), [(f"`{name}`", f"{seconds:.2f}") for name, seconds in found.items()])


def _show_load(found: Any) -> str:
    told = (
        f"`kb serve` as it comes (one process, rate limit off) and txtai's own API with hybrid search and content, both"
        f" with the same\nmodel and passages, in turns, {load.SECONDS} s each; every question is one the server has not"
        " seen. wrk runs on the same cores."
    )
    after = "Memory of `kb serve` over 20,000 questions from 8 clients:"
    rates, memory = table(load.RATES_HEAD, found["rates"]), table(load.MEMORY_HEAD, found["memory"])
    return f"{told}\n\n{rates}\n\n{after}\n\n{memory}"


SECTIONS = (
    Section("retrieval", "Retrieval", _retrieval, _show_retrieval),
    Section("build", "Building", speed.build, _show_build),
    Section("queries", "Warm queries, milliseconds", latency.measure, _show_queries),
    size.SECTION,
    Section("cold", "Cold starts, seconds (median of 5, whole process)", speed.cold, _show_cold),
    Section("load", "Load", load.measure, _show_load),
    Section("peers", "Beside other systems", comparing.measure, comparing.show),
)
