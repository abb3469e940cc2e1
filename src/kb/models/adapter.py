"""The low-rank adapter that comes with the package, added to the default model's weights when its folder is written.

LoRA (Hu et al. 2021): every adapted matrix W becomes W + B A, with A of shape (rank, inputs) and B of shape
(outputs, rank). It was trained by `benchmarks/training/train.py` on questions of our own in plain speech about articles
of national laws; what it changes in quality is in `benchmarks/RESULTS.md`.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]

FILE = "adapter.safetensors"
"""float16 tensors `<name>.A` and `<name>.B` for the weights `<name>.weight`."""


def bundled_adapter() -> dict[str, FloatArray]:
    """The tensors of the adapter of this package, in float32."""
    from safetensors.numpy import load

    stored = load(resources.files("kb.models").joinpath(FILE).read_bytes())
    return {name: tensor.astype(np.float32) for name, tensor in stored.items()}


def load_adapter(path: Path) -> dict[str, FloatArray]:
    """The tensors of another adapter in the same form."""
    from safetensors.numpy import load_file

    return {name: tensor.astype(np.float32) for name, tensor in load_file(path).items()}


def adapted(tensors: dict[str, FloatArray], adapter: dict[str, FloatArray]) -> dict[str, FloatArray]:
    """The weights with the adapter added; those it does not name stay.

    Raises:
        KeyError, ValueError: the adapter belongs to a model of other names or shapes.
    """
    names = sorted(name.removesuffix(".A") for name in adapter if name.endswith(".A"))
    changed = {
        f"{name}.weight": (tensors[f"{name}.weight"] + adapter[f"{name}.B"] @ adapter[f"{name}.A"]).astype(np.float32)
        for name in names
    }
    return tensors | changed
