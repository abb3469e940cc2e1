"""The default model on OpenVINO: the same weights, about twice as fast on a CPU, and no torch to load."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import numpy as np

from kb.arrays import read_array
from kb.models.encoder import FloatMatrix, TextKind, cores, length_batches
from kb.models.loading import Loading, brief
from kb.models.network import build_graph
from kb.models.pieces import Pieces, write_pieces

BATCH_TOKENS = 8_192
"""Tokens of one batch after padding."""

MOST_SIDE_BY_SIDE = 8
"""More texts at once than one interpreter can hand over."""

_FILES = "openvino-v3"
_GRAPH, _WORDS, _COMPILED = f"{_FILES}.xml", f"{_FILES}-words.npy", f"{_FILES}-compiled"


class OpenVinoEncoder:
    """A folder written by `kb.models.folder`, run by OpenVINO."""

    engine = "openvino"

    def __init__(self, folder: Path, *, threads: int = 0, shared: bool = False) -> None:
        """`shared` is for many who ask at once: several calls of `encode` run side by side, on a core each.

        Otherwise one call has all the cores, and the next one waits for it.

        Raises:
            ModelError: the folder is not complete.
        """
        import openvino

        self.identity = folder.name
        with Loading(lambda error: f"默认模型文件夹 {folder} 不完整（{brief(error)}）。请删除它，下次运行会重新生成。"):
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            prompts = json.loads((folder / "config_sentence_transformers.json").read_text(encoding="utf-8"))["prompts"]
            graph = _prepared_graph(folder, config, list(prompts.values()))
            options = _options(threads, shared, folder)
            # Compiling leaves the interpreter free.
            with ThreadPoolExecutor(max_workers=1) as pool:
                compiling = pool.submit(openvino.Core().compile_model, str(graph), "CPU", options)
                self._pieces = Pieces(folder, _FILES)
                self._words = read_array(folder / _WORDS, mapped=True)
                if len(self._words) <= self._pieces.most:
                    raise ValueError(f"{_WORDS} is cut off")
                network = compiling.result()
            # As many as run side by side, made once: with requests that come and go in many threads the plugin hung and
            # crashed (12 threads, within some 5,000 texts).
            self._requests: SimpleQueue[Any] = SimpleQueue()
            for _ in range(int(options.get("NUM_STREAMS", 1))):
                self._requests.put(network.create_infer_request())
            self.dimension = int(config["hidden_size"])
            self._pad = int(config["pad_token_id"])
            self._prefixes = {kind: str(prompts[kind.value]) for kind in TextKind}

    def encode(
        self, texts: Sequence[str], kind: TextKind, progress: Callable[[int], None] | None = None
    ) -> FloatMatrix:
        """See `kb.models.encoder.Encoder`; the prefix of the kind is put before every text."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        tokens = self._pieces.numbers(self._prefixes[kind], texts)
        for batch in length_batches([len(ids) for ids in tokens], BATCH_TOKENS):
            request = self._requests.get()  # A batch at a time, so that a question does not wait for a whole article.
            try:
                vectors[batch] = self._run(request, [tokens[index] for index in batch])
            finally:
                self._requests.put(request)
            if progress is not None:
                progress(len(batch))
        return vectors

    def _run(self, request: Any, tokens: Sequence[Sequence[int]]) -> FloatMatrix:
        width = max(map(len, tokens))
        ids = np.full((len(tokens), width), self._pad, dtype=np.int64)
        mask = np.zeros((len(tokens), width), dtype=np.float32)
        for row, numbers in enumerate(tokens):
            ids[row, : len(numbers)] = numbers
            mask[row, : len(numbers)] = 1.0
        result: FloatMatrix = request.infer({"words": self._words[ids].astype(np.float32), "mask": mask})[0]
        return result


def _options(threads: int, shared: bool, folder: Path) -> dict[str, Any]:
    """Of the CPU plugin. Threads that share one text wait for each other in a loop, which on busy cores doubles what it
    costs (10.0 against 6.8 ms a question).

    A server compiles once; a command would compile for each question, so what comes out is kept beside the model.
    """
    if not shared:
        chosen: dict[str, Any] = {"INFERENCE_NUM_THREADS": threads} if threads else {}
        return {**chosen, "CACHE_DIR": str(folder / _COMPILED)} if os.access(folder, os.W_OK) else chosen
    side_by_side = threads or min(cores(), MOST_SIDE_BY_SIDE)
    return {"INFERENCE_NUM_THREADS": side_by_side, "NUM_STREAMS": side_by_side}


def _prepared_graph(folder: Path, config: Mapping[str, Any], prefixes: Sequence[str]) -> Path:
    """The network's file beside the weights, written at first use; weights are kept in 16 bits."""
    path = folder / _GRAPH
    if path.is_file():
        return path
    import openvino
    from safetensors.numpy import load_file

    weights = load_file(folder / "model.safetensors")
    with tempfile.TemporaryDirectory(prefix=".making-", dir=folder) as aside:
        made = Path(aside)
        kept = write_pieces(folder / "tokenizer.json", made, _FILES, prefixes)
        words = weights["embeddings.word_embeddings.weight"][kept].astype(np.float16)
        np.save(made / _WORDS, words, allow_pickle=False)
        openvino.save_model(build_graph(weights, config), str(made / _GRAPH), compress_to_fp16=True)
        # The graph's file last: it is what tells that all are there.
        for file in sorted(made.iterdir(), key=lambda file: file.name == _GRAPH):
            file.replace(folder / file.name)
    return path
