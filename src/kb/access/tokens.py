"""Tokens: who holds one, what it allows, until when. The file keeps digests, never a token.

A token is 256 random bits, so a plain SHA-256 of it is as safe as a slow hash would be: there is nothing to guess.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path

from filelock import FileLock, Timeout

from kb.errors import BusyError, IndexStateError, NotFoundError, QueryError

FILE = "tokens.json"
PREFIX = "kb_"
"""Before every token, so that one that leaked into a file is recognised."""

MOST_TOKENS = 1_000
MOST_DAYS = 3_650
_LOCK, _LOCK_SECONDS = ".tokens.lock", 5.0
_NAME = re.compile(r"[\w.@-]{1,64}")
_VERSION = 1
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Role(str, Enum):
    """What a token allows: reading; also adding and removing articles; everything."""

    READER = "reader"
    EDITOR = "editor"
    ADMIN = "admin"

    def covers(self, needed: Role) -> bool:
        """Whether this role may do what `needed` may."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, slots=True)
class Token:
    """A token that was given out; `created` and `expires` are UTC times, ISO 8601, `expires` "" for never."""

    name: str
    role: Role
    digest: str
    created: str
    expires: str = ""

    def expired(self, now: datetime) -> bool:
        """Whether its time is over."""
        return bool(self.expires) and datetime.fromisoformat(self.expires) <= now


def beside(index: Path) -> Path:
    """The folder for tokens and the audit log: the index folder, or the one that a sealed library lies in."""
    return index.parent if index.is_file() else index


class TokenFile:
    """The tokens of an index folder. Read anew whenever it changed, so that a revoked token ends at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / FILE
        self._seen: bytes | None = None
        self._latest = _LONG_AGO
        self._tokens: tuple[Token, ...] = ()

    def all(self) -> tuple[Token, ...]:
        """Every token that was given out and not revoked, also expired ones.

        Raises:
            IndexStateError: the file cannot be read or is damaged.
        """
        try:
            # Its bytes and not its time: with a clock that was set back a changed file can look like the one before.
            seen = self._path.read_bytes()
            if seen != self._seen:
                self._tokens, self._seen = _parsed(seen), seen
        except FileNotFoundError:
            self._tokens, self._seen = (), None
        except OSError as error:
            raise IndexStateError(f"读不了令牌文件 {self._path}（{error.strerror}）。请检查权限。") from error
        except (ValueError, TypeError, KeyError) as error:
            raise IndexStateError(f"令牌文件 {self._path} 已损坏。请删除后用 kb token add 重新发放。") from error
        return self._tokens

    def now(self) -> datetime:
        """The time, but never before one that is known to be over: the last one seen here, the day a token was given
        out. A clock that is set back brings no expired token to life.

        Raises:
            IndexStateError: the file cannot be read or is damaged.
        """
        given_out = [datetime.fromisoformat(one.created) for one in self.all()]
        self._latest = max(self._latest, datetime.now(UTC), *given_out)
        return self._latest

    def find(self, secret: str) -> Token | None:
        """The token that this is, whether expired or not; None for one that is not known.

        Raises:
            IndexStateError: the file cannot be read or is damaged.
        """
        digest = _digest(secret)
        return next((one for one in self.all() if hmac.compare_digest(one.digest, digest)), None)

    def add(self, name: str, role: Role, days: int | None = None) -> str:
        """Give out a token; it is told here and nowhere again.

        Raises:
            QueryError: the name cannot be used or is taken, or the days are out of bounds.
            IndexStateError: the folder cannot be written.
        """
        if not _NAME.fullmatch(name):
            raise QueryError(f"令牌名“{name}”不能用：请用 1 到 64 个字母、汉字、数字或 . _ @ - 。")
        if days is not None and not 1 <= days <= MOST_DAYS:
            raise QueryError(f"有效天数应在 1 到 {MOST_DAYS} 之间，不能是 {days}。")
        secret = PREFIX + secrets.token_urlsafe(32)
        now = datetime.now(UTC)
        expires = (now + timedelta(days=days)).isoformat(timespec="seconds") if days else ""
        with self._locked():
            have = self.all()
            if any(one.name == name for one in have):
                raise QueryError(f"已经有叫“{name}”的令牌。请先用 kb token revoke {name} 收回，或换个名字。")
            if len(have) >= MOST_TOKENS:
                raise QueryError(f"令牌最多 {MOST_TOKENS} 个。请先收回不用的。")
            self._write((*have, Token(name, role, _digest(secret), now.isoformat(timespec="seconds"), expires)))
        return secret

    def revoke(self, name: str) -> None:
        """Take a token back; it ends at once, also for servers that run.

        Raises:
            NotFoundError: there is none of this name.
            IndexStateError: the folder cannot be written.
        """
        with self._locked():
            have = self.all()
            left = tuple(one for one in have if one.name != name)
            if len(left) == len(have):
                raise NotFoundError(f"没有叫“{name}”的令牌。用 kb token list 查看。")
            self._write(left)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self._folder / _LOCK, timeout=_LOCK_SECONDS):
                yield
        except Timeout as error:
            raise BusyError("另一个程序正在改令牌。请稍后再试。") from error
        except OSError as error:
            raise IndexStateError(f"写不了令牌文件 {self._path}（{error.strerror}）。请检查权限。") from error

    def _write(self, tokens: tuple[Token, ...]) -> None:
        """Aside, readable by its owner alone from the first byte on, then renamed."""
        aside = self._path.with_name(f".{FILE}.{os.getpid()}")
        document = {"version": _VERSION, "tokens": [asdict(one) | {"role": one.role.value} for one in tokens]}
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        aside.replace(self._path)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _parsed(data: bytes) -> tuple[Token, ...]:
    document = json.loads(data)
    if document["version"] != _VERSION:
        raise ValueError(document["version"])
    found = tuple(Token(**{**one, "role": Role(one["role"])}) for one in document["tokens"])
    for one in found:  # What is no time must not be noticed only when the token is used.
        one.expired(max(_LONG_AGO, datetime.fromisoformat(one.created)))
    return found
