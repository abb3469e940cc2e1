"""Whether there is a graphics card that torch can compute on; torch is asked only where a driver shows one."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

DRIVERS = (Path("/dev/nvidiactl"), Path("/dev/kfd"))
"""What the drivers of NVIDIA and AMD put there: looking costs nothing, importing torch six seconds."""


def has_driver() -> bool:
    """Whether a driver is loaded; torch may still be a build that cannot use it."""
    return any(driver.exists() for driver in DRIVERS)


def usable() -> bool:
    """Whether torch computes on it."""
    if find_spec("torch") is None:
        return False
    import torch

    return bool(torch.cuda.is_available())
