"""Where a distributed engine is: what `KB_STORE_URL` may say.

milvus+http://HOST:19530[/DATABASE][?library=NAME&index=HNSW]     a Milvus server or cluster (milvus+https with TLS)
milvus-lite:///FOLDER/FILE.db[?library=NAME]                      the same engine in one file, for one process
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from kb.errors import QueryError

LIBRARY = "kb"
"""What the collections are called where the address does not say it."""

INDEXES = ("FLAT", "IVF_FLAT", "HNSW", "DISKANN")
"""How the engine may look for vectors; FLAT is exact, as the index files are."""

_NAME = re.compile(r"[A-Za-z_]\w{0,63}", re.ASCII)
_FILE = re.compile(r"[A-Za-z0-9._-]{1,33}\.db", re.ASCII)
"""What milvus-lite takes: no more than 36 characters."""

_FORMS = "写法：milvus+http://主机:19530?library=库名，或 milvus-lite:///文件夹/文件.db?library=库名"


@dataclass(frozen=True, slots=True)
class Address:
    """What pymilvus opens, the name that all collections of one library begin with, and how vectors are looked for.

    `file` is that of milvus-lite, None for a server.
    """

    uri: str
    database: str
    library: str
    index: str
    file: Path | None

    def __str__(self) -> str:
        return f"{self.uri}（库 {self.library}）"


def read_address(url: str) -> Address:
    """
    Raises:
        QueryError: it is none.
    """
    try:
        parts = urlsplit(url)
        options = {name: values[-1] for name, values in parse_qs(parts.query, strict_parsing=bool(parts.query)).items()}
        _port = parts.port
    except ValueError as error:
        raise _wrong(url, "地址写法不对") from error
    library, index = options.pop("library", LIBRARY), options.pop("index", "FLAT")
    if options:
        raise _wrong(url, f"不认识选项 {'、'.join(options)}")
    if not _NAME.fullmatch(library):
        raise _wrong(url, "库名只能用字母、数字和下划线，以字母开头")
    if index not in INDEXES:
        raise _wrong(url, f"index 只能是 {'、'.join(INDEXES)}")
    if parts.scheme == "milvus-lite":
        file = _file(url, parts)
        return Address(str(file), "", library, index, file)
    if parts.scheme not in {"milvus+http", "milvus+https"} or not parts.hostname:
        raise _wrong(url, "地址写法不对")
    if parts.username or parts.password:
        raise _wrong(url, "账号和密码不能写在地址里，请用 KB_STORE_TOKEN（用户名:密码）")
    database = parts.path.strip("/")
    return Address(f"{parts.scheme.removeprefix('milvus+')}://{parts.netloc}", database, library, index, None)


def _file(url: str, parts: SplitResult) -> Path:
    file = Path(unquote(parts.netloc + parts.path))
    if not _FILE.fullmatch(file.name):
        raise _wrong(url, "milvus-lite 的文件名要以 .db 结尾，只用字母、数字、点、横线，不超过 36 个字符")
    return file.absolute()


def _wrong(url: str, why: str) -> QueryError:
    return QueryError(f"KB_STORE_URL 有误：{_without_secret(url)}（{why}）。{_FORMS}。")


def _without_secret(url: str) -> str:
    """The address without what stands before @: it may be a password, and messages are logged."""
    return re.sub(r"//[^/@]*@", "//***@", url)
