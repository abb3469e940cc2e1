"""The default model on OpenVINO: the same weights, about twice as fast on a CPU, and no torch to load.

The network is written down in OpenVINO's operations from the safetensors folder (converting the torch
module would need torch at first use and gives the same speed). Devlin et al. 2019 (BERT), mean pooling over
the tokens, unit length.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import numpy as np

from kb.models.encoder import FloatMatrix, TextKind, cores, length_batches
from kb.models.loading import Loading, brief

BATCH_TOKENS = 8_192
"""Tokens of one batch after padding."""

MOST_SIDE_BY_SIDE = 8
"""More texts at once than one interpreter can hand over."""

_GRAPH = "openvino-v2.xml"
_TOKENIZER = "openvino-v2-tokenizer.json"

OTHER_SCRIPTS = ((0x0100, 0x1FFF), (0xAC00, 0xD7FF))
"""Code points whose pieces this engine leaves out: letters of other alphabets and Hangul. The vocabulary halves,
and with it the time to load (1.0 s to 0.35 s) and the memory; Chinese, kana, Latin, digits and signs stay."""


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
        from tokenizers import Tokenizer

        self.identity = folder.name
        with Loading(lambda error: f"默认模型文件夹 {folder} 不完整（{brief(error)}）。请删除它，下次运行会重新生成。"):
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            prompts = json.loads((folder / "config_sentence_transformers.json").read_text(encoding="utf-8"))["prompts"]
            graph = _prepared_graph(folder, config)
            options = _options(threads, shared)
            # Compiling leaves the interpreter free, so the tokenizer (the slower of the two) loads meanwhile.
            with ThreadPoolExecutor(max_workers=1) as pool:
                compiling = pool.submit(openvino.Core().compile_model, str(graph), "CPU", options)
                self._tokenizer = Tokenizer.from_file(str(folder / _TOKENIZER))
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
        prefix = self._prefixes[kind]
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch([prefix + text for text in texts])]
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
        result: FloatMatrix = request.infer({"ids": ids, "mask": mask})[0]
        return result


def _options(threads: int, shared: bool) -> dict[str, Any]:
    """Of the CPU plugin. Threads that share one text wait for each other in a loop, which on busy cores doubles what it
    costs (10.0 against 6.8 ms a question)."""
    if not shared:
        return {"INFERENCE_NUM_THREADS": threads} if threads else {}
    side_by_side = threads or min(cores(), MOST_SIDE_BY_SIDE)
    return {"INFERENCE_NUM_THREADS": side_by_side, "NUM_STREAMS": side_by_side}


def _prepared_graph(folder: Path, config: Mapping[str, Any]) -> Path:
    """The network's file beside the weights, written at first use; weights are kept in 16 bits."""
    path = folder / _GRAPH
    if path.is_file():
        return path
    import openvino
    from safetensors.numpy import load_file

    tokenizer = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    kept = _kept_pieces(tokenizer["model"]["vocab"])
    tokenizer["model"]["vocab"] = [tokenizer["model"]["vocab"][piece] for piece in kept]
    weights = load_file(folder / "model.safetensors")
    words = "embeddings.word_embeddings.weight"
    graph = build_graph({**weights, words: weights[words][kept]}, config)
    with tempfile.TemporaryDirectory(prefix=".making-", dir=folder) as aside:
        written = Path(aside) / _GRAPH
        openvino.save_model(graph, str(written), compress_to_fp16=True)
        (Path(aside) / _TOKENIZER).write_text(json.dumps(tokenizer, ensure_ascii=False), encoding="utf-8")
        # The graph's file last: it is what tells that all three are there.
        (Path(aside) / _TOKENIZER).replace(folder / _TOKENIZER)
        written.with_suffix(".bin").replace(path.with_suffix(".bin"))
        written.replace(path)
    return path


def _kept_pieces(vocabulary: Sequence[Sequence[Any]]) -> list[int]:
    """Numbers of the pieces without a letter of OTHER_SCRIPTS; the special pieces at the head keep their numbers."""

    def foreign(piece: str) -> bool:
        return any(first <= ord(character) <= last for character in piece for first, last in OTHER_SCRIPTS)

    return [number for number, (piece, _score) in enumerate(vocabulary) if not foreign(piece)]


def build_graph(weights: Mapping[str, Any], config: Mapping[str, Any]) -> Any:
    """ids int64 (batch, length), mask float32 (batch, length) -> vectors float32 (batch, hidden), unit length."""
    import openvino
    from openvino import opset13 as ops

    ids = ops.parameter([-1, -1], np.int64, name="ids")
    mask = ops.parameter([-1, -1], np.float32, name="mask")
    layers = _Layers(ops, weights, config)
    states = layers.embed(ids)
    # Added to the scores of attention: 0 for tokens, a large negative number for padding.
    hidden_padding = ops.multiply(ops.subtract(layers.constant(1.0), mask), layers.constant(-10_000.0))
    padding = ops.unsqueeze(ops.unsqueeze(hidden_padding, layers.axes(1)), layers.axes(1))
    for number in range(int(config["num_hidden_layers"])):
        states = layers.transform(states, padding, f"encoder.layer.{number}")
    weight = ops.unsqueeze(mask, layers.axes(2))
    total = ops.reduce_sum(ops.multiply(states, weight), layers.axes(1), keep_dims=False)
    mean = ops.divide(total, ops.reduce_sum(weight, layers.axes(1), keep_dims=False))
    unit = ops.normalize_l2(mean, layers.axes(1), 1e-12, "add")
    return openvino.Model([unit], [ids, mask], "sentence-encoder")


class _Layers:
    """The parts of a BERT encoder as OpenVINO nodes."""

    def __init__(self, ops: Any, weights: Mapping[str, Any], config: Mapping[str, Any]) -> None:
        self._ops = ops
        self._weights = weights
        self._heads = int(config["num_attention_heads"])
        self._width = int(config["hidden_size"]) // self._heads
        self._epsilon = float(config["layer_norm_eps"])

    def constant(self, value: Any) -> Any:
        return self._ops.constant(np.asarray(value, dtype=np.float32))

    def axes(self, *numbers: int) -> Any:
        return self._ops.constant(np.asarray(numbers, dtype=np.int64))

    def embed(self, ids: Any) -> Any:
        """Word, position and type 0, summed and normed."""
        ops, zero = self._ops, self.axes(0)
        words = ops.gather(self.constant(self._weights["embeddings.word_embeddings.weight"]), ids, zero)
        length = ops.gather(ops.shape_of(ids), self.axes(1), zero)
        positions = ops.range(
            ops.constant(np.int64(0)), ops.squeeze(length, zero), ops.constant(np.int64(1)), output_type="i64"
        )
        table = self._weights["embeddings.position_embeddings.weight"]
        kind = self._weights["embeddings.token_type_embeddings.weight"][0]
        places = ops.gather(self.constant(table + kind), positions, zero)
        return self.norm(ops.add(words, places), "embeddings.LayerNorm")

    def norm(self, states: Any, name: str) -> Any:
        ops = self._ops
        centred = ops.mvn(states, self.axes(-1), True, self._epsilon, "inside_sqrt")
        scaled = ops.multiply(centred, self.constant(self._weights[f"{name}.weight"]))
        return ops.add(scaled, self.constant(self._weights[f"{name}.bias"]))

    def linear(self, states: Any, name: str) -> Any:
        weight = self.constant(self._weights[f"{name}.weight"])
        product = self._ops.matmul(states, weight, False, True)
        return self._ops.add(product, self.constant(self._weights[f"{name}.bias"]))

    def transform(self, states: Any, padding: Any, name: str) -> Any:
        """One layer: attention and feed-forward, each added to its input and normed."""
        ops = self._ops
        query, key, value = (
            self.split_heads(self.linear(states, f"{name}.attention.self.{part}")) for part in ("query", "key", "value")
        )
        attended = ops.scaled_dot_product_attention(query, key, value, padding)
        merged = ops.reshape(ops.transpose(attended, self.axes(0, 2, 1, 3)), self.axes(0, 0, -1), True)
        output = self.linear(merged, f"{name}.attention.output.dense")
        states = self.norm(ops.add(states, output), f"{name}.attention.output.LayerNorm")
        inner = ops.gelu(self.linear(states, f"{name}.intermediate.dense"), "erf")
        output = self.linear(inner, f"{name}.output.dense")
        return self.norm(ops.add(states, output), f"{name}.output.LayerNorm")

    def split_heads(self, states: Any) -> Any:
        """(batch, length, hidden) -> (batch, heads, length, width)"""
        shaped = self._ops.reshape(states, self.axes(0, 0, self._heads, self._width), True)
        return self._ops.transpose(shaped, self.axes(0, 2, 1, 3))
