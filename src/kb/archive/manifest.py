"""What a file of ours says of itself: a manifest with the size and the digest of everything in it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

VERSION = 1
"""Of the file; raised when an older kb could not read it."""

MOST_MEMBERS = 10_000
LONGEST_NAME = 100
"""What fits into the header of a tar member without an extension."""

_NAME = re.compile(r"[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)*")


class Kind(str, Enum):
    """What a file is for; the name of its first member."""

    BACKUP = "kb-backup"
    SEALED = "kb-sealed"
    DELTA = "kb-delta"


def safe_name(name: str) -> str:
    """A name that lies below the folder it is unpacked to, on every system.

    Raises:
        ValueError: it does not.
    """
    if len(name) > LONGEST_NAME or not _NAME.fullmatch(name) or {".", ".."} & set(name.split("/")):
        raise ValueError(name)
    return name


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 as hexadecimal digits."""


class Member(_Value):
    """One file inside, and what its bytes must be."""

    name: Annotated[str, AfterValidator(safe_name)]
    size: int = Field(ge=0)
    sha256: Digest


class ModelUsed(_Value):
    """The embedding model that the vectors are of; `files` are the digests of what it is made from, by name."""

    identity: str
    dimension: int = Field(ge=0)
    files: Mapping[str, Digest] = {}


class Counts(_Value):
    """How much there is of what."""

    articles: int
    passages: int
    practices: int
    characters: int
    terms: int
    gaps: int


class Applied(_Value):
    """The manifest of the update that a library came out of, and its signature, as they stood in its file."""

    manifest: str
    signature: str


class Manifest(_Value):
    """What a file holds. `content` is the digest of the library (`kb.index.content`), whatever its bytes are.

    Of an update, `base` is the content it was made from, `changed` how many articles it brings, `gone` those that it
    takes away; `content` and `counts` are those of the library that comes out. Of a library that came out of an
    update `applied` is what was signed: nobody but the publisher can sign, so the update speaks for its content.
    """

    kind: Kind = Field(strict=False)
    version: int
    kb: str
    made: str
    schema_version: int
    content: Digest
    counts: Counts
    model: ModelUsed
    members: tuple[Member, ...] = Field(max_length=MOST_MEMBERS, strict=False)
    base: Digest | None = None
    changed: int = 0
    gone: tuple[str, ...] = Field((), strict=False)
    applied: Applied | None = None

    def to_bytes(self) -> bytes:
        """As it stands in the file."""
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, indent=1).encode()


def manifest_from(data: bytes) -> Manifest:
    """What `Manifest.to_bytes` wrote, read back.

    Raises:
        ValueError: it is none, or names a file twice.
    """
    try:
        plain: Any = json.loads(data)
        found = Manifest.model_validate(plain)
    except (ValidationError, RecursionError) as error:
        raise ValueError(str(error)) from error
    names = [member.name.casefold() for member in found.members]
    if len(set(names)) != len(names):
        raise ValueError("a name twice")
    return found
