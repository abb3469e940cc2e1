"""Backups, sealed libraries and updates as plain data and as text for a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kb.archive.keys import PublicKey
from kb.archive.manifest import Kind, Manifest

SHOWN = 16
"""Letters of a digest that people compare."""


def plain(manifest: Manifest, file: Path) -> dict[str, Any]:
    """What `--json` prints; `content` is the digest of the library, whatever the bytes of the file are."""
    return {
        "file": str(file),
        "bytes": file.stat().st_size,
        "kind": manifest.kind.value.removeprefix("kb-"),
        "content": manifest.content,
        **manifest.counts.model_dump(),
        "model": manifest.model.identity,
        "made": manifest.made,
        "kb": manifest.kb,
        "caches": any(member.name.startswith("caches/") for member in manifest.members),
        **({"base": manifest.base, "changed": manifest.changed, "gone": list(manifest.gone)} if manifest.base else {}),
    }


def plain_key(public: PublicKey, file: Path) -> dict[str, str]:
    """A public key; the private one is never shown."""
    return {"file": str(file), "public": str(public), "fingerprint": public.fingerprint}


def backup(manifest: Manifest, file: Path) -> str:
    """What was backed up, and what was not."""
    caches = "" if plain(manifest, file)["caches"] else "；索引文件没有放进去，恢复时重建（要放进去加 --with-caches）"
    return (
        f"已备份到 {_sized(file)}：{_holds(manifest)}。写完又从头读过一遍，完好。\n"
        f"内容摘要：{manifest.content[:SHOWN]}\n"
        f"不含令牌和审计日志，它们属于这台机器{caches}。"
    )


def checked(manifest: Manifest, file: Path) -> str:
    """That a backup is whole."""
    made = f"{manifest.made[:16].replace('T', ' ')}（UTC）由 kb {manifest.kb} 制作"
    return f"{_sized(file)} 完好：{_holds(manifest)}，{made}。\n内容摘要：{manifest.content[:SHOWN]}"


def restored(manifest: Manifest, file: Path, index: Path) -> str:
    """What the index holds now."""
    return f"已从 {file} 恢复到 {index}：{_holds(manifest)}。可运行 kb doctor 再看一遍。"


def sealed(manifest: Manifest, file: Path, public: PublicKey) -> str:
    """What was sealed, and by whom."""
    signer = f"签署者指纹：{public.fingerprint}"
    if manifest.kind is Kind.DELTA:
        changed = f"新增或改动 {manifest.changed} 篇，移除 {len(manifest.gone)} 篇"
        return f"已写更新 {_sized(file)}：{changed}；只能装到内容为 {str(manifest.base)[:SHOWN]} 的封存库上。\n{signer}"
    return f"已封存到 {_sized(file)}：{_holds(manifest)}。\n内容摘要：{manifest.content[:SHOWN]}\n{signer}"


def applied(manifest: Manifest, file: Path) -> str:
    """What came out of an update."""
    changed = f"新增或改动 {manifest.changed} 篇，移除 {len(manifest.gone)} 篇"
    return f"已写成新的封存库 {_sized(file)}：{changed}，现有{_holds(manifest)}。\n内容摘要：{manifest.content[:SHOWN]}"


def key(public: PublicKey) -> str:
    """A public key, to be handed to those who are to trust it."""
    return f"公钥：{public}\n指纹：{public.fingerprint}"


def _holds(manifest: Manifest) -> str:
    counts = manifest.counts
    return f"{counts.articles} 篇文章，{counts.passages} 个段落，{counts.practices} 个实践"


def _sized(file: Path) -> str:
    return f"{file}（{file.stat().st_size / 1024**2:.1f} MB）"
