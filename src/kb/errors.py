"""Every error this package raises on purpose.

    KBError
     +-- SourceError        a file or folder cannot be read as an article
     +-- ModelError         the embedding model is missing, broken or not the one the index was made with
     +-- IndexStateError    the index folder is missing, damaged, locked, full or read-only
     |    +-- BusyError     another process is writing it: the same call may work a moment later
     |    +-- DamagedError  what is stored no longer says what was written: a byte changed by itself
     |    +-- ArchiveError  a backup, a sealed library or an update is damaged, of a newer version or not trusted
     +-- NotFoundError      an article or a practice that was asked for is not there
     +-- QueryError         a question, a filter or an option that cannot be used
     +-- MissingExtraError  an optional part of the package is not installed

A message says what failed, on what, and what to do. It is written for a clerk, in simplified Chinese;
faces convert it to the reader's script. Bugs are not wrapped: they pass as they are.
"""

from __future__ import annotations

import errno


class KBError(Exception):
    """The root of the tree; `str(error)` is one sentence (or a few) in simplified Chinese."""


class SourceError(KBError):
    """A file or folder cannot be read as an article."""


class ModelError(KBError):
    """The embedding model is missing, broken, or not the one the index was made with."""


class IndexStateError(KBError):
    """The index folder is missing, damaged, locked by another build, full, or read-only."""


class BusyError(IndexStateError):
    """Another process is writing the index; the same call may work a moment later."""


class DamagedError(IndexStateError):
    """What is stored no longer says what was written: a byte changed by itself, on the disk or on the way to it."""


class ArchiveError(IndexStateError):
    """A backup, a sealed library or an update of one is damaged, of a newer version, or not of a trusted signer."""


class NotFoundError(KBError):
    """An article or a practice that was asked for is not in the index."""


class QueryError(KBError):
    """A question, a filter or an option that cannot be used."""


class MissingExtraError(KBError):
    """An optional part of the package is not installed."""


_NO_MEMORY = (
    "unknown encoding: gb",  # One that Python brings: its module could not be loaded.
    "Cannot allocate memory",  # the system, through whoever asked it
    "can't start new thread",  # Python, without room for its stack
    "Failed to spawn",  # tantivy, the same
    "can't alloc",  # OpenVINO
    "Failed to allocate",  # OpenVINO as well
    "bad_alloc", "bad allocation",  # C++
    "failed to map segment",  # the loader of libraries
    "Resource temporarily unavailable",  # threads of C++, once more without room
)  # fmt: skip
"""What libraries say where there is no memory; each raises an error of its own choice."""


def out_of_memory(error: BaseException) -> bool:
    """Whether it was memory that was missing: then nothing is damaged, and nothing is to be deleted."""
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
        return True
    return any(words in str(error) for words in _NO_MEMORY)
