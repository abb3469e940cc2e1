"""The default model's network in OpenVINO's operations, from the vectors of the words on.

Written down from the safetensors folder: converting the torch module would need torch at first use and gives the same
speed. Devlin et al. 2019 (BERT), mean pooling over the tokens, unit length.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np


def build_graph(weights: Mapping[str, Any], config: Mapping[str, Any]) -> Any:
    """words (batch, length, hidden), mask (batch, length) -> vectors (batch, hidden), unit length; all float32.

    `words` are rows of the table of word embeddings. The table is two thirds of the model and a text needs a few of its
    rows: outside the network it is a file that is read where it is asked.
    """
    import openvino
    from openvino import opset13 as ops

    words = ops.parameter([-1, -1, int(config["hidden_size"])], np.float32, name="words")
    mask = ops.parameter([-1, -1], np.float32, name="mask")
    layers = _Layers(ops, weights, config)
    states = layers.embed(words)
    # Added to the scores of attention: 0 for tokens, a large negative number for padding.
    hidden_padding = ops.multiply(ops.subtract(layers.constant(1.0), mask), layers.constant(-10_000.0))
    padding = ops.unsqueeze(ops.unsqueeze(hidden_padding, layers.axes(1)), layers.axes(1))
    for number in range(int(config["num_hidden_layers"])):
        states = layers.transform(states, padding, f"encoder.layer.{number}")
    weight = ops.unsqueeze(mask, layers.axes(2))
    total = ops.reduce_sum(ops.multiply(states, weight), layers.axes(1), keep_dims=False)
    mean = ops.divide(total, ops.reduce_sum(weight, layers.axes(1), keep_dims=False))
    unit = ops.normalize_l2(mean, layers.axes(1), 1e-12, "add")
    return openvino.Model([unit], [words, mask], "sentence-encoder")


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

    def embed(self, words: Any) -> Any:
        """Word, position and type 0, summed and normed."""
        ops, zero = self._ops, self.axes(0)
        length = ops.gather(ops.shape_of(words), self.axes(1), zero)
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
