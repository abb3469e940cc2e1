"""The soak's reader: searches, asks, opens and verifies, with a knowledge base of its own and through the server.

What it finds is held against what the writers say that the store must hold, before and after the question.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import httpx2

from benchmarks.soak_state import Log, State, marker, question, states, strange, text, unchanged
from benchmarks.soak_writers import client
from kb.errors import KBError, NotFoundError
from kb.knowledge import KnowledgeBase
from kb.search.verdicts import Verdict

PAUSE = 2.0
QUESTIONS = (
    "社区物业怎么调解", "網格員上報事件", "老旧小区加装电梯", "村民議事公開監督", "停车", "矛盾纠纷怎么就地化解",
    "枫桥经验是什么", "積分制怎麼做", "热线诉求多久办理", "楼长由谁来当", "垃圾分類志願服務", "没有物业的小区怎么办",
)  # fmt: skip
Found = list[tuple[str, int, int, str]]
"""Pieces of articles: id, start, end, text."""


class Reader:
    """One question after the other, of every kind."""

    def __init__(self, work: Path, index: Path, address: str) -> None:
        self._work, self.log = work, Log(work, "reader")
        self._knowledge = KnowledgeBase.open(index, notice=lambda told: self.log("notice", message=told))
        self._client = client(address)
        self._chance = random.Random("reader")
        self._looked: dict[str, int] = {}
        self._old: dict[str, int] = {}

    def run(self) -> None:
        """Until everyone is to end."""
        kinds: tuple[tuple[Callable[[], None], int], ...] = (
            (self._marked, 8), (self._search, 6), (self._served, 5), (self._ask, 1), (self._served_ask, 1),
            (self._open, 2), (self._verify, 2),
        )  # fmt: skip
        while not self.log.stopped():
            (kind,) = self._chance.choices([one for one, _weight in kinds], [weight for _one, weight in kinds])
            try:
                kind()
            except (KBError, httpx2.HTTPError) as error:
                self.log("error", message=f"{kind.__name__}: {error}")
            self.log.pause(self._chance.uniform(0.5, 1.5) * PAUSE)

    def _pick(self, now: dict[str, State]) -> tuple[str, int, int]:
        """A name, its version and the one before; what changed since it was looked at comes first."""
        fresh = [name for name, state in now.items() if state.seq > self._looked.get(name, 0) and state.moving is None]
        name = self._chance.choice(fresh or list(now))
        old, self._looked[name] = self._old.get(name, 0), now[name].seq
        if now[name].version:
            self._old[name] = now[name].version
        return name, now[name].version, old

    def _hold(self, what: str, before: dict[str, State], pieces: Found) -> dict[str, State]:
        """Every piece is of a version that may be found; gives the states after."""
        after = states(self._work)
        for name, start, end, found in pieces:
            if strange(before, after, name, start, end, found):
                self.log("wrong", message=f"{what}: {name} {before[name]} {after[name]}: {found[:60]}")
        return after

    def _marked(self) -> None:
        """The version that is there is found by its marker in every way, the one before in none."""
        before = states(self._work)
        name, version, old = self._pick(before)
        for wanted in {version, old} - {0}:
            asked = question(name, wanted, hant=self._chance.random() < 0.5)
            for mode in ("lexical", "hybrid"):
                self._marked_in(before, name, wanted, wanted == version, f"own {mode}", self._own(asked, mode))
            self._marked_in(before, name, wanted, wanted == version, "served", self._rest(asked, "lexical"))

    def _marked_in(
        self, before: dict[str, State], name: str, wanted: int, expected: bool, what: str, pieces: Found
    ) -> None:
        after = self._hold(what, before, pieces)
        found = any(marker(name, wanted) in piece[3] for piece in pieces)
        if unchanged(before, after, name) and found is not expected:
            self.log("wrong", message=f"{what}: {name}/{wanted} found: {found}, {before[name]}")

    def _own(self, asked: str, mode: str) -> Found:
        begun, worked = time.monotonic(), time.process_time()
        hits = self._knowledge.search(asked, k=10, mode=mode).hits
        ms, cpu = (time.monotonic() - begun) * 1000, (time.process_time() - worked) * 1000
        self.log("search", how=mode, ms=ms, cpu=cpu)
        return [(hit.article.id, hit.passage.start, hit.passage.end, hit.passage.text) for hit in hits]

    def _rest(self, asked: str, mode: str) -> Found:
        begun = time.monotonic()
        answer = self._client.get("/v1/search", params={"query": asked, "mode": mode, "k": 10})
        self.log("search", how=f"served {mode}", ms=(time.monotonic() - begun) * 1000)
        if answer.status_code != 200:
            self.log("error", message=f"search: {answer.status_code} {answer.text[:300]}")
            return []
        return [(hit["article_id"], hit["start"], hit["end"], hit["text"]) for hit in answer.json()["hits"]]

    def _search(self) -> None:
        before = states(self._work)
        self._hold("search", before, self._own(self._chance.choice(QUESTIONS), "hybrid"))

    def _served(self) -> None:
        before = states(self._work)
        self._hold("served search", before, self._rest(self._chance.choice(QUESTIONS), "hybrid"))

    def _ask(self) -> None:
        before = states(self._work)
        quotes = [one.quote for one in self._knowledge.ask(self._chance.choice(QUESTIONS)).sentences]
        self._hold("ask", before, [(one.article_id, one.start, one.end, one.text) for one in quotes])
        self.log("ask", how="own")

    def _served_ask(self) -> None:
        before = states(self._work)
        answer = self._client.get("/v1/ask", params={"question": self._chance.choice(QUESTIONS)})
        if answer.status_code != 200:
            self.log("error", message=f"ask: {answer.status_code} {answer.text[:300]}")
            return
        sentences: Iterable[dict[str, Any]] = answer.json()["sentences"]
        self._hold(
            "served ask", before, [(one["article_id"], one["start"], one["end"], one["text"]) for one in sentences]
        )
        self.log("ask", how="served")

    def _open(self) -> None:
        before = states(self._work)
        name, version, _old = self._pick(before)
        try:
            found = self._knowledge.article(name).text
        except NotFoundError:
            found = ""
        answer = self._client.get(f"/v1/articles/{name}")
        served = answer.json()["text"] if answer.status_code == 200 else ""
        self.log("open", how="own and served")
        if unchanged(before, states(self._work), name):
            expected = text(name, version) if version else ""
            if found != expected or served != expected:
                self.log("wrong", message=f"open: {before[name]} {name}: {found[:40]!r} {served[:40]!r}")

    def _verify(self) -> None:
        before = states(self._work)
        name, version, old = self._pick(before)
        for wanted in {version, old} - {0}:
            sentence = text(name, wanted).partition("。")[2].partition("。")[0] + "。"
            verdict = self._knowledge.verify(sentence).verdict
            self.log("verify", how=verdict.value)
            if unchanged(before, states(self._work), name) and (verdict is Verdict.EXACT) is not (wanted == version):
                self.log("wrong", message=f"verify: {name}/{wanted} {before[name]}: {verdict}")


def main() -> None:
    """WORK INDEX ADDRESS."""
    Reader(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]).run()


if __name__ == "__main__":
    main()
