"""One part of a bulk build, in a process of its own: read -> repair -> split -> embed -> a file of vectors.

The vectors are kept by the digest of what was embedded, as in the store. The articles themselves are stored by the
loading, which reads them once more: reading costs little beside embedding, and an article is stored in one way only.
"""

from __future__ import annotations

import io
import os
import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kb.config import Settings
from kb.errors import ModelError, SourceError
from kb.knowledge.adding import GROUP
from kb.knowledge.bulk_parts import Part, Piece
from kb.knowledge.preparing import prepare
from kb.models.encoder import Encoder, TextKind, open_encoder
from kb.sources.bulk import parse_lines
from kb.sources.read import read_file
from kb.types import Document, Failure

SUFFIX = ".npz"

MakeEncoder = Callable[[], Encoder]

_ENCODERS: dict[str, Encoder] = {}
"""By identity: loaded once a process."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """What a part brought: `passages` of shape (len(passage_digests), dimension), `sentences` likewise in float16."""

    passage_digests: tuple[str, ...]
    passages: npt.NDArray[np.float32]
    sentence_digests: tuple[str, ...]
    sentences: npt.NDArray[np.float16]


def encoder_of_settings(settings: Settings) -> Encoder:
    """The model of the settings, for a worker."""
    return open_encoder(
        model=settings.model, cache=settings.cache, engine=settings.engine, threads=settings.threads, many=True,
        prefixes=(settings.query_prefix, settings.passage_prefix), notice=_silent,
    )  # fmt: skip


def _silent(_text: str) -> None:
    pass


def embed_part(part: Part, folder: str, model: str, make_encoder: MakeEncoder, with_sentences: bool) -> int:
    """Write the vectors of a part into `folder`, whole or not at all; how many texts were embedded.

    Raises:
        ModelError: the encoder is not the model that is wanted.
        OSError: the folder cannot be written.
    """
    encoder = _ENCODERS.get(model) or make_encoder()
    if encoder.identity != model:
        raise ModelError(f"工作进程的模型是 {encoder.identity}，应为 {model}。请检查各处的 KB_MODEL。")
    _ENCODERS[model] = encoder
    passages: dict[str, str] = {}
    sentences: dict[str, str] = {}
    for document in documents(part):
        try:
            prepared = prepare(document, "", "")
        except SourceError:
            continue  # The loading tells of it.
        passages |= {new.digest: text for new, text in zip(prepared.passages, prepared.texts, strict=True)}
        sentences |= prepared.sentences if with_sentences else {}
    made = Embedded(
        tuple(sorted(passages)), _encoded(encoder, passages),
        tuple(sorted(sentences)), _encoded(encoder, sentences).astype(np.float16),
    )  # fmt: skip
    _write(made, Path(folder) / f"{part.name}{SUFFIX}")
    return len(passages) + len(sentences)


def documents(part: Part) -> Iterator[Document]:
    """What can be read of a part."""
    for piece in part.pieces:
        for item in read_file(Path(piece.path)) if piece.whole else _lines(piece):
            if isinstance(item, Document):
                yield item


def _lines(piece: Piece) -> Iterator[Document | Failure]:
    try:
        with Path(piece.path).open("rb") as file:
            file.seek(piece.start)
            yield from parse_lines(io.BytesIO(file.read(piece.end - piece.start)), piece.path)
    except (OSError, SourceError):
        return  # Gone meanwhile, or blank lines alone: the loading tells of it.


def _encoded(encoder: Encoder, texts: Mapping[str, str]) -> npt.NDArray[np.float32]:
    digests = sorted(texts)
    groups = [
        encoder.encode([texts[digest] for digest in digests[at : at + GROUP]], TextKind.PASSAGE)
        for at in range(0, len(digests), GROUP)
    ]
    return np.concatenate(groups) if groups else np.zeros((0, encoder.dimension), dtype=np.float32)


def _write(made: Embedded, file: Path) -> None:
    aside = file.with_name(f".{file.name}.{os.getpid()}")
    with aside.open("wb") as content:
        np.savez(
            content, allow_pickle=False, passages=made.passages, sentences=made.sentences,
            passage_digests=np.array(made.passage_digests, dtype="S32"),
            sentence_digests=np.array(made.sentence_digests, dtype="S32"),
        )  # fmt: skip
        content.flush()
        os.fsync(content.fileno())
    aside.replace(file)


def read_embedded(file: Path) -> Embedded | None:
    """What a worker wrote; None where it is damaged, and has to be made again."""
    try:
        with file.open("rb") as content, np.load(content, allow_pickle=False) as found:
            return Embedded(
                tuple(digest.decode() for digest in found["passage_digests"].tolist()),
                found["passages"],
                tuple(digest.decode() for digest in found["sentence_digests"].tolist()),
                found["sentences"],
            )
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def end_with_parent(parent: int) -> None:
    """Called when a worker starts: it ends when the process that started it does, even by kill -9, and at once where
    that is gone already."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
