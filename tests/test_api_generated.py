"""Requests made up from the description of the API: no answer is a failure of ours, and each is as described."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples_of
from hypothesis.errors import Unsatisfiable

from conftest import PROJECT
from kb.access.tokens import Role, TokenFile
from kb.api.app import create_app
from kb.config import Settings
from kb.knowledge import KnowledgeBase

schemathesis = pytest.importorskip("schemathesis", reason="pip install 'kb[dev]'")

from schemathesis import GenerationMode  # noqa: E402 - only where it is installed
from schemathesis.checks import not_a_server_error  # noqa: E402
from schemathesis.specs.openapi.checks import (  # noqa: E402
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

EXAMPLES = 10
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]

pytestmark = pytest.mark.usefixtures("one_dictionary")


@pytest.fixture
def described(settings: Settings, knowledge: KnowledgeBase, articles: Path) -> Any:
    knowledge.build([articles, PROJECT / "corpus" / "practices" / "fengqiao-jingyan.md"])
    app = create_app(settings.model_copy(update={"anonymous_read": True, "rate_limit": 0}), knowledge)
    return schemathesis.openapi.from_asgi("/openapi.json", app)


@pytest.fixture
def editor(settings: Settings) -> dict[str, str]:
    return {"Authorization": f"Bearer {TokenFile(settings.index).add('a', Role.EDITOR)}"}


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fitting", "unfitting"])
def test_requests_made_up_from_the_description(described: Any, editor: dict[str, str], mode: GenerationMode) -> None:
    statuses: Counter[int] = Counter()
    for found in described.get_all_operations():
        operation = found.ok()

        @examples_of(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(case=operation.as_strategy(generation_mode=mode))
        def asked(case: Any) -> None:
            statuses[case.call_and_validate(checks=CHECKS, headers=editor).status_code] += 1

        with suppress(Unsatisfiable):  # No request without parameters can be unfitting.
            asked()
    assert sum(statuses.values()) > 100
    assert max(statuses) < 500
