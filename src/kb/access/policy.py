"""The policy that settings ask for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kb.access.audit import Audit
from kb.access.guard import Policy, Rule
from kb.access.problems import Say
from kb.access.rates import Rates
from kb.access.tokens import TokenFile, beside


def policy(
    index: Path,
    rule: Callable[[str, str], Rule],
    say: Say,
    *,
    anonymous_read: bool,
    hosts: str = "",
    per_minute: int = 0,
    questions: bool = False,
) -> Policy:
    """Tokens and the audit log in the index folder, beside a sealed library; `hosts` are separated by commas."""
    folder = beside(index)
    return Policy(
        rule=rule,
        tokens=TokenFile(folder),
        rates=Rates(per_minute),
        audit=Audit(folder, questions=questions),
        say=say,
        anonymous_read=anonymous_read,
        hosts=frozenset(listed(hosts.lower())),
    )


def listed(text: str) -> list[str]:
    """The parts of a setting that commas separate."""
    return [part.strip() for part in text.split(",") if part.strip()]
