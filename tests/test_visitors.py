"""Who may do what in the app: roles by the settings, and what is left to those who did not sign in."""

from __future__ import annotations

from typing import Any

import pytest

from kb.access.tokens import Role
from kb.access.visitors import NOBODY, Door, Visitor

MEMBERS = {
    Role.READER: ["@gov.example", "li@other.example"],
    Role.EDITOR: ["wang@gov.example"],
    Role.ADMIN: ["Zhao@Gov.Example"],
}


def signed_in(**claims: Any) -> dict[str, Any]:
    return {"is_logged_in": True, **claims}


@pytest.mark.parametrize(
    ("mail", "role"),
    [
        ("wang@gov.example", Role.EDITOR),
        ("WANG@GOV.EXAMPLE", Role.EDITOR),
        ("zhao@gov.example", Role.ADMIN),
        ("new@gov.example", Role.READER),
        ("li@other.example", Role.READER),
        ("chen@other.example", None),
        ("wang@gov.example.evil.example", None),
        ("wang@sub.gov.example", None),
        ("a@b@gov.example", Role.READER),
        ("@gov.example", Role.READER),
        ("", None),
        (None, None),
    ],
)
def test_the_highest_role_that_was_given(mail: str | None, role: Role | None) -> None:
    assert Door(MEMBERS).visitor(signed_in(email=mail)).role is role


def test_an_address_that_is_not_verified_is_nobody_s() -> None:
    assert Door(MEMBERS).visitor(signed_in(email="zhao@gov.example", email_verified=False)).role is None
    assert Door(MEMBERS).visitor(signed_in(email="zhao@gov.example", email_verified=True)).role is Role.ADMIN


def test_everyone_who_signs_in() -> None:
    door = Door({Role.READER: ["*"]})
    assert door.visitor(signed_in(email="a@b.example")) == Visitor("a@b.example", Role.READER, True)
    assert door.visitor(signed_in(sub="17")).role is None  # without an address there is nothing to go by
    assert door.visitor({"is_logged_in": False}) == Visitor("", None, True)


def test_another_claim_also_a_list() -> None:
    door = Door({Role.EDITOR: ["kb-editors"], Role.READER: ["staff"]}, claim="groups")
    assert door.visitor(signed_in(email="a@b.example", groups=["staff", "kb-editors"])) == Visitor(
        "a@b.example", Role.EDITOR, True
    )
    assert door.visitor(signed_in(preferred_username="a", groups=["staff"])) == Visitor("a", Role.READER, True)
    assert door.visitor(signed_in(sub="17", groups=[])) == Visitor("17", None, True)
    assert door.visitor(signed_in(sub="17", email="kb-editors")).role is None


@pytest.mark.parametrize(
    ("local", "anonymous_read", "role"),
    [
        (True, None, Role.ADMIN),
        (True, False, Role.ADMIN),
        (False, None, None),
        (False, False, None),
        (False, True, Role.READER),
    ],
)
def test_where_nobody_can_sign_in(local: bool, anonymous_read: bool | None, role: Role | None) -> None:
    """Everything on this machine alone; elsewhere at most reading, and that only where the settings say so."""
    door = Door({}, local=local, anonymous_read=anonymous_read)
    assert door.visitor({}) == Visitor("", role, False)
    assert door.visitor({"email": "zhao@gov.example"}) == Visitor("", role, False)


@pytest.mark.parametrize(("anonymous_read", "role"), [(None, None), (False, None), (True, Role.READER)])
@pytest.mark.parametrize("local", [True, False])
def test_where_one_can_sign_in_and_did_not(local: bool, anonymous_read: bool | None, role: Role | None) -> None:
    """Also on this machine: a proxy may stand before it."""
    door = Door(MEMBERS, local=local, anonymous_read=anonymous_read)
    assert door.visitor({"is_logged_in": False}) == Visitor("", role, True)


def test_members_without_a_provider_open_nothing() -> None:
    """A secrets file that is lost or broken must not make everyone an administrator."""
    assert Door(MEMBERS, local=True).visitor({}) == Visitor("", None, True)
    assert Door(MEMBERS, local=True).visitor({"is_logged_in": "true", "email": "zhao@gov.example"}).role is None


def test_what_a_role_may() -> None:
    assert [Visitor(role=Role.EDITOR).may(role) for role in Role] == [True, True, False]
    assert not NOBODY.may(Role.READER)
