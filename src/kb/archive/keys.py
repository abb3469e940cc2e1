"""Key pairs for sealing: Ed25519 (RFC 8032) by the library `cryptography`.

The private key is a file of its owner alone (PKCS 8, PEM, what openssl reads too); the public one a line of text.
Neither the private key nor anything that it could be told from is ever printed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from kb.errors import ArchiveError, MissingExtraError, QueryError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PREFIX = "ed25519:"
PUBLIC_SUFFIX = ".pub"
_RAW = 32
_MOST_BYTES = 64 * 1024
_OTHERS = 0o077


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What a signature is checked with; its text is `ed25519:` and 44 letters."""

    raw: bytes

    def __str__(self) -> str:
        return PREFIX + base64.b64encode(self.raw).decode()

    @property
    def fingerprint(self) -> str:
        """What two people read to each other: 16 letters in fours."""
        digits = hashlib.sha256(self.raw).hexdigest()[:16]
        return "-".join(digits[at : at + 4] for at in range(0, 16, 4))


class SigningKey:
    """A private key in memory; it tells its public one and nothing else."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = PublicKey(key.public_key().public_bytes_raw())

    def __repr__(self) -> str:
        return f"SigningKey({self.public.fingerprint})"

    def sign(self, message: bytes) -> bytes:
        """The signature as it stands in a file: the public key in one line, the signature in the next."""
        return f"{self.public}\n{base64.b64encode(self._key.sign(message)).decode()}\n".encode()


def make_pair(path: Path) -> PublicKey:
    """Write a new private key to `path`, readable by its owner alone, and the public one beside it.

    Raises:
        MissingExtraError: the library is not installed.
        QueryError: one of the files is there already, or cannot be written.
    """
    need_library()
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    beside = path.with_name(path.name + PUBLIC_SUFFIX)
    if beside.exists():
        raise QueryError(f"{beside} 已经存在。请换一个文件名；密钥丢了就签不出同一把钥匙的封存库，不会覆盖。")
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    public = SigningKey(key).public
    try:
        _write_new(path, pem, 0o600)
        _write_new(beside, f"{public}\n".encode(), 0o644)
    except FileExistsError as error:
        raise QueryError(f"{path} 已经存在。请换一个文件名；密钥丢了就签不出同一把钥匙的封存库，不会覆盖。") from error
    except OSError as error:
        raise QueryError(f"写不了 {path}（{error.strerror}）。请检查路径和权限。") from error
    return public


def read_private(path: Path) -> SigningKey:
    """
    Raises:
        MissingExtraError: the library is not installed.
        QueryError: it cannot be read, others can read it too, or it is no private Ed25519 key.
    """
    need_library()
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    data = _read(path, "私钥文件")
    if os.name != "nt" and path.stat().st_mode & _OTHERS:
        raise QueryError(f"私钥文件 {path} 别的用户也能读。请先运行 chmod 600 {path}；若已被人读过，请换一把新钥匙。")
    try:
        key = load_pem_private_key(data, password=None)
    except TypeError as error:
        raise QueryError(f"私钥文件 {path} 有密码保护，不支持。请用 kb key new 另做一把。") from error
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise QueryError(f"{path} 不是 Ed25519 私钥。请用 kb key new 做一把，或检查 --key。")
    return SigningKey(key)


def read_public(text: str) -> PublicKey:
    """
    Raises:
        ValueError: it is no public key.
    """
    try:
        raw = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError(text) from error
    if not text.startswith(PREFIX) or len(raw) != _RAW:
        raise ValueError(text)
    return PublicKey(raw)


def read_trusted(entries: Iterable[str]) -> tuple[PublicKey, ...]:
    """The keys that these entries name: each is a public key, or a file with one a line (# begins a remark).

    Raises:
        QueryError: one is neither.
    """
    found: list[PublicKey] = []
    for entry in filter(None, (one.strip() for one in entries)):
        lines = [entry] if entry.startswith(PREFIX) else _lines(Path(entry).expanduser())
        for line in lines:
            try:
                found.append(read_public(line))
            except ValueError as error:
                raise QueryError(
                    f"“{line[:80]}”不是公钥。公钥以 {PREFIX} 开头，写在 kb key new 生成的 .pub 文件里。"
                ) from error
    return tuple(dict.fromkeys(found))


def check_signature(path: Path, message: bytes, signature: bytes, trusted: Iterable[PublicKey]) -> PublicKey:
    """The trusted key that signed this.

    Raises:
        MissingExtraError: the library is not installed.
        ArchiveError: the signature is not of this, or its key is not trusted.
    """
    need_library()
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        told, written = signature.decode("ascii").removesuffix("\n").split("\n")
        public, value = read_public(told), base64.b64decode(written, validate=True)
        if f"{public}\n{base64.b64encode(value).decode()}\n".encode() != signature:
            raise ValueError(written)
        if public not in set(trusted):
            raise ArchiveError(
                f"{path} 由公钥 {public}（指纹 {public.fingerprint}）签署，它不在信任名单里，没有打开。"
                "请向发布者当面或电话核对指纹；无误再用 --trust 或 KB_TRUSTED_KEYS 写上这把公钥。"
            )
        Ed25519PublicKey.from_public_bytes(public.raw).verify(value, message)
    except (ValueError, InvalidSignature) as error:
        raise ArchiveError(f"{path} 的签名不对：文件被改动过，没有打开。请向发布者重新要一份。") from error
    return public


def need_library() -> None:
    """
    Raises:
        MissingExtraError: `cryptography` is not installed.
    """
    if find_spec("cryptography") is None:
        raise MissingExtraError("封存库要另装一个库。请运行：pip install 'kb[seal]'")


def _lines(path: Path) -> list[str]:
    text = _read(path, "公钥文件").decode("utf-8", "replace")
    return [line for line in (one.split("#")[0].strip() for one in text.splitlines()) if line]


def _read(path: Path, what: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_MOST_BYTES)
    except OSError as error:
        raise QueryError(f"打不开{what} {path}（{error.strerror}）。请检查文件名。") from error


def _write_new(path: Path, data: bytes, mode: int) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
