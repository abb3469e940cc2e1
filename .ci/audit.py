"""What is installed with the package, held against two questions: `make audit`.

    licences     does each package in the lock state one that allows what we do with it?
    advisories   does pip-audit know of a hole in one of these versions? (only where its sources can be reached)

The second question needs the network; where no source answers that is said, and the first one is asked all the same.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
LOCK = tuple(PROJECT / "lock" / f"{name}.txt" for name in ("build", "torch", "packages", "ocr"))

PERMISSIVE = (
    "MIT", "MIT-0", "MIT-CMU", "BSD", "0BSD", "Apache", "ISC", "PSF", "Python Software Foundation", "Unlicense", "Zlib",
    "HPND", "CC0", "CNRI", "BSL", "Boost", "Public Domain", "Bitstream", "OFL", "UPL", "Academic Free License", "AFL",
)  # fmt: skip
"""May be used, changed and passed on; the notice goes along."""

WEAK = ("LGPL", "Lesser General Public", "MPL", "Mozilla Public")
"""The same as long as it is installed as a package of its own and not copied in, as here."""

REFUSED = ("AGPL", "Affero", "GPL", "General Public License", "SSPL", "Commons Clause", "BUSL", "Proprietary")
"""Would bind everything that is passed on with it; LGPL is looked at before."""

KNOWN = {"axe-playwright-python": "MIT AND MPL-2.0", "milvus-lite": "Apache-2.0"}
"""Packages whose metadata state no licence, with what their own files say (MPL is axe-core's)."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A package of the lock with the licence it states; `installed` is false for one of another system."""

    name: str
    version: str
    licence: str
    installed: bool = True


def locked() -> Iterator[tuple[str, str]]:
    """Name and version of every package of the lock."""
    for file in LOCK:
        yield from re.findall(r"^([\w.-]+)==([^\s;]+)", file.read_text(encoding="utf-8"), re.MULTILINE)


def stated() -> Iterator[Stated]:
    """Every package of the lock with its licence."""
    for name, version in locked():
        try:
            found = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            yield Stated(name, version, "", installed=False)
        else:
            yield Stated(name, version, KNOWN.get(name) or _licence(found))


def _licence(found: Any) -> str:
    """The expression (PEP 639), else the classifiers, else the first line of the free text."""
    expression = found.get("License-Expression")
    if expression:
        return str(expression)
    classifiers = [
        line.rsplit(" :: ", 1)[1] for line in found.get_all("Classifier") or [] if line.startswith("License ::")
    ]
    said = [one for one in classifiers if one != "OSI Approved"]
    return "; ".join(said) or str(found.get("License") or "").strip().split("\n")[0][:80]


def verdict(licence: str) -> str:
    """`permissive`, `weak`, `refused` or `unknown`; of alternatives (OR) the best one counts."""
    order = ("permissive", "weak", "unknown", "refused")
    return min((_verdict(part) for part in re.split(r"\bOR\b", licence)), key=order.index)


def _verdict(licence: str) -> str:
    parts = [part for part in re.split(r"\bAND\b|;", licence) if part.strip(" ()")]
    kinds = {_kind(part) for part in parts} or {"unknown"}
    return next(kind for kind in ("refused", "unknown", "weak", "permissive") if kind in kinds)


def _kind(licence: str) -> str:
    for kind, marks in (("weak", WEAK), ("refused", REFUSED), ("permissive", PERMISSIVE)):
        if any(re.search(rf"(?<![A-Za-z]){re.escape(mark)}", licence, re.IGNORECASE) for mark in marks):
            return kind
    return "unknown"


def licences() -> int:
    """Print what is stated; how many packages cannot be used."""
    found = list(stated())
    wrong = [one for one in found if one.installed and verdict(one.licence) in {"unknown", "refused"}]
    weak = [one for one in found if one.installed and verdict(one.licence) == "weak"]
    absent = [one.name for one in found if not one.installed]
    _say(f"许可证：{len(found) - len(absent)} 个软件包，{len(weak)} 个是 LGPL 或 MPL（单独安装，没有抄进来）：")
    _say("  " + "、".join(f"{one.name}（{one.licence}）" for one in weak))
    if absent:
        _say(f"  本机没有装、没有看：{'、'.join(absent)}")
    for one in wrong:
        _say(f"  ✗ {one.name} {one.version}：{one.licence or '没有写明许可证'}")
    return len(wrong)


def advisories(python: str) -> int:
    """Ask the pip-audit of this interpreter; how many known holes there are."""
    files = [option for file in LOCK for option in ("--requirement", str(file))]
    command = [python, "-m", "pip_audit", *files, "--no-deps", "--disable-pip", "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - as the Makefile says
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        reason = (done.stderr.strip().splitlines() or ["没有回答"])[-1][:200]
        _say(f"漏洞：pip-audit 没有得到回答（{reason}）。没有查，换一台能上网的机器再运行 make audit。")
        return 0
    asked = [one for one in packages if "skip_reason" not in one]
    holes = [(one["name"], hole["id"], hole["fix_versions"]) for one in asked for hole in one["vulns"]]
    if not asked:
        _say("漏洞：漏洞库一个软件包也没有认出来（多半是连不上）。没有查，换一台能上网的机器再运行 make audit。")
    else:
        _say(f"漏洞：查了 {len(asked)} 个软件包，{len(packages) - len(asked)} 个查不到，已知漏洞 {len(holes)} 个。")
    for name, hole, fixed in holes:
        _say(f"  ✗ {name}：{hole}，修好的版本：{'、'.join(fixed) or '还没有'}")
    return len(holes)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(bool(licences() + sum(advisories(python) for python in sys.argv[1:])))
