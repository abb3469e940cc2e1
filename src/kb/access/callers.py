"""Who sends a request, and whether that one may."""

from __future__ import annotations

from dataclasses import dataclass

from kb.access.problems import Kind, Problem
from kb.access.tokens import Role, TokenFile

ANONYMOUS = "anonymous"
_CHALLENGE = (("WWW-Authenticate", 'Bearer realm="kb"'),)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who it is: the name of the token, or anonymous; `client` is the address."""

    name: str
    role: Role | None
    client: str

    @property
    def key(self) -> str:
        """What rates are counted by."""
        return f"address:{self.client}" if self.role is None else f"token:{self.name}"


def caller_of(authorization: str, client: str, tokens: TokenFile) -> Caller | Problem:
    """The caller that a header names; a token that is not known, or no longer, is a problem and not anonymous.

    Raises:
        IndexStateError: the tokens cannot be read.
    """
    if not authorization:
        return Caller(ANONYMOUS, None, client)
    scheme, _blank, secret = authorization.strip().partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        return Problem(Kind.UNAUTHORIZED, "请用 Authorization: Bearer 令牌 的写法。", headers=_CHALLENGE)
    token = tokens.find(secret.strip())
    if token is None:
        return Problem(Kind.UNAUTHORIZED, "令牌不对，或已经收回。请向管理员重新要一个。", headers=_CHALLENGE)
    if token.expired(tokens.now()):
        return Problem(Kind.UNAUTHORIZED, "令牌已经过期。请向管理员重新要一个。", headers=_CHALLENGE)
    return Caller(token.name, token.role, client)


def refusal(caller: Caller, needed: Role | None, *, anonymous_read: bool) -> Problem | None:
    """Why this caller may not do what needs this role; None where it may. Writing always needs a token."""
    if needed is None or (caller.role is not None and caller.role.covers(needed)):
        return None
    if caller.role is not None:
        return Problem(
            Kind.FORBIDDEN, f"令牌“{caller.name}”的权限是 {caller.role.value}，这里要 {needed.value}。请换一个令牌。"
        )
    if needed is Role.READER and anonymous_read:
        return None
    return Problem(
        Kind.UNAUTHORIZED,
        f"这里要权限为 {needed.value} 的令牌。请用 kb token add 名字 --role {needed.value} 发放。",
        headers=_CHALLENGE,
    )
