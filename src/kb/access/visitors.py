"""Who looks at the app: one who signed in has the role that the settings give, all others what is left to everyone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb.access.tokens import Role

SIGNED_IN, MAIL = "is_logged_in", "email"
EVERYONE = "*"
_NAMES = (MAIL, "preferred_username", "sub")


@dataclass(frozen=True, slots=True)
class Visitor:
    """`name` is "" where nobody signed in; `role` None may not even read; `signing` tells whether one can sign in."""

    name: str = ""
    role: Role | None = None
    signing: bool = False

    def may(self, needed: Role) -> bool:
        """Whether this one's role covers it."""
        return self.role is not None and self.role.covers(needed)


NOBODY = Visitor()


@dataclass(frozen=True, slots=True)
class Door:
    """Who gets which role: `members` by the values of `claim`, and what holds where nobody has signed in.

    A member is an address (or whatever the claim holds), `@domain` for every address of it, `*` for all who sign in.
    """

    members: Mapping[Role, Sequence[str]]
    claim: str = MAIL
    local: bool = False
    anonymous_read: bool | None = None

    def visitor(self, claims: Mapping[str, object]) -> Visitor:
        """`claims` are what the provider says of the one who signed in; it lacks SIGNED_IN where no provider is set.

        Without a provider and without members everything is open on this machine alone, as the command line is.
        Members without a provider are a mistake, which must open nothing.
        """
        signing = SIGNED_IN in claims or any(self.members.values())
        if claims.get(SIGNED_IN) is True:
            return Visitor(_name(claims), self._role(claims), signing)
        if not signing and self.local:
            return Visitor(role=Role.ADMIN)
        return Visitor(role=Role.READER if self.anonymous_read else None, signing=signing)

    def _role(self, claims: Mapping[str, object]) -> Role | None:
        """The highest that was given. An address that the provider calls unverified could be anybody's."""
        if self.claim == MAIL and claims.get("email_verified") is False:
            return None
        found = claims.get(self.claim)
        values = [str(one).strip().lower() for one in (found if isinstance(found, list | tuple) else [found]) if one]
        given = (role for role in reversed(Role) if any(_fits(one, self.members.get(role, ())) for one in values))
        return next(given, None)


def _fits(value: str, members: Sequence[str]) -> bool:
    known = {one.lower() for one in members}
    _name, at, domain = value.rpartition("@")
    return EVERYONE in known or value in known or bool(at and f"@{domain}" in known)


def _name(claims: Mapping[str, object]) -> str:
    return next((str(claims[one]) for one in _NAMES if claims.get(one)), "")
