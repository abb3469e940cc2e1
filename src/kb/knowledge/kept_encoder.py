"""The model of an open knowledge base: loaded once, ahead of need where that saves waiting."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from kb.models.encoder import Encoder


class KeptEncoder:
    """`load` gives the model of the settings; with True the same on whatever is best for thousands of texts."""

    def __init__(self, given: Encoder | None, load: Callable[[bool], Encoder], on_card: Callable[[], bool]) -> None:
        self._encoder, self._load, self._on_card = given, load, on_card
        self._loading: Future[Encoder] | None = None

    def get(self) -> Encoder:
        """Loaded at first use."""
        if self._encoder is None:
            loading, self._loading = self._loading, None
            self._encoder = loading.result() if loading else self._load(False)
        return self._encoder

    def begin(self) -> None:
        """Load it in a thread of its own, while the caller does what needs none; `get` waits for it."""
        if self._encoder is None and self._loading is None:
            pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="kb-model")
            self._loading = pool.submit(self._load, False)
            pool.shutdown(wait=False)

    def for_many(self) -> Encoder:
        """The same model for thousands of texts: on a graphics card where there is one."""
        return self._load(True) if self._encoder is None and self._on_card() else self.get()
