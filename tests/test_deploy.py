"""The deploy files can be read, and say what docs/scale.md says of them. They are not run here."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from conftest import PROJECT

DEPLOY = PROJECT / "deploy"


def loaded(name: str) -> dict[str, Any]:
    found = yaml.safe_load((DEPLOY / name).read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def test_compose_services_hang_together() -> None:
    compose = loaded("compose.yaml")
    services = compose["services"]
    assert {*services} == {"etcd", "minio", "milvus"}
    for service in services.values():
        assert ":" in service["image"]
        assert {name.split(":")[0] for name in service["volumes"] if not name.startswith("/")} <= {*compose["volumes"]}
        assert {*service.get("depends_on", ())} <= {*services}
    assert services["milvus"]["ports"] == ["127.0.0.1:19530:19530"]  # Never open to everybody by default.
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    assert "minioadmin" not in text


def test_values_of_the_chart() -> None:
    values = loaded("milvus-values.yaml")
    assert values["cluster"]["enabled"] is True
    assert yaml.safe_load(values["extraConfigFiles"]["user.yaml"])["common"]["security"]["authorizationEnabled"] is True
    nodes, memory = values["queryNode"]["replicas"], values["queryNode"]["resources"]["limits"]["memory"]
    told = (PROJECT / "docs" / "scale.md").read_text(encoding="utf-8")
    assert f"{nodes} 个 {memory.removesuffix('Gi')} GB 的查询节点" in told


@pytest.mark.parametrize("name", ["compose.yaml", "milvus-values.yaml"])
def test_both_are_told_of(name: str) -> None:
    assert f"deploy/{name}" in (PROJECT / "docs" / "scale.md").read_text(encoding="utf-8")
