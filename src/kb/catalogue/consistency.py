"""What must hold between pages: a name belongs to one practice, a related id exists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kb.catalogue.values import Conflict
from kb.text.normalize import normalize
from kb.types import Practice


def conflicts(practices: Iterable[Practice]) -> tuple[Conflict, ...]:
    """Names of two practices (compared in matching form, so in both scripts), then related ids that nothing has."""
    held = sorted(practices, key=lambda practice: practice.id)
    return (*_shared_names(held), *_unknown_ids(held))


def _shared_names(practices: Sequence[Practice]) -> Iterable[Conflict]:
    owners: dict[str, dict[str, str]] = {}
    for practice in practices:
        for name in practice.names:
            owners.setdefault(normalize(name), {}).setdefault(practice.id, name)
    for found in owners.values():
        if len(found) > 1:
            ids = tuple(sorted(found))
            yield Conflict(
                ids,
                f"实践 {'、'.join(ids)} 都叫“{found[ids[0]]}”，按这个名称只能找到 {ids[0]}",
                f"请在 {'、'.join(ids[1:])} 的 name 或 aliases 中换一个名称。",
                serious=True,
            )


def _unknown_ids(practices: Sequence[Practice]) -> Iterable[Conflict]:
    known = {practice.id for practice in practices}
    for practice in practices:
        missing = [key for key in practice.related if key not in known]
        if missing:
            yield Conflict(
                (practice.id,),
                f"实践 {practice.id} 的 related 提到的 {'、'.join(missing)} 不在目录中",
                "请改正编号，或收录对应的实践页。",
                serious=False,
            )
