"""What the files of a model can do to the libraries that read them, as one error."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType

from kb.errors import ModelError, out_of_memory

_RAISED = (OSError, ValueError, KeyError, TypeError, RuntimeError)
_OWN = frozenset({"SafetensorError"})
"""Errors that stand directly below `Exception`, by name: their libraries load late."""


def brief(error: BaseException) -> str:
    """The first line of what a library says, without the stop at its end; where in its source it was is left out."""
    said = [line.strip() for line in str(error).splitlines() if line.strip() and not line.startswith("Exception from ")]
    lines = said or [type(error).__name__]
    return lines[0][:200].rstrip(".。")


class Loading:
    """While the block lasts, what goes wrong becomes a ModelError in the words of `sentence`.

    `tokenizers` raises nothing but `Exception` itself for a file that is cut off or is none.
    """

    def __init__(self, sentence: Callable[[BaseException], str]) -> None:
        self._sentence = sentence

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """
        Raises:
            MemoryError: there was no room for the model.
            ModelError: one of the libraries failed.
        """
        if error is None or kind is None:
            return
        if out_of_memory(error):
            raise MemoryError(str(error)) from error
        if kind is Exception or kind.__name__ in _OWN or issubclass(kind, _RAISED):
            raise ModelError(self._sentence(error)) from error
