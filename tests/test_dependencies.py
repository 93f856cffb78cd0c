"""Each dependency has a floor and a ceiling, and the floor is the version that is tried."""

from __future__ import annotations

import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.version import Version
from places import ROOT


@pytest.fixture(scope="module")
def bounds() -> dict[str, dict[str, str]]:
    """Return the bounds of each dependency by operator."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    parsed = [Requirement(line) for line in project["dependencies"]]
    return {each.name: {s.operator: s.version for s in each.specifier} for each in parsed}


def test_each_dependency_has_a_floor_and_a_ceiling(bounds: dict[str, dict[str, str]]) -> None:
    assert len(bounds) > 20
    assert [name for name, found in bounds.items() if set(found) != {">=", "<"}] == []


def test_floors_are_the_versions_that_are_tried(bounds: dict[str, dict[str, str]]) -> None:
    text = (ROOT / "constraints-oldest.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    tried = {name: Version(version) for name, _, version in (x.partition("==") for x in lines)}
    assert tried == {name: Version(found[">="]) for name, found in bounds.items()}
