"""A server that misbehaves, and options that ask it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from overpass_server import TOWN, Patience, StandIn

from reso_geo.osm import DownloadOptions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reso_geo.i18n import Phrase


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def server() -> Iterator[StandIn]:
    with StandIn(TOWN.overpass()) as stand_in:
        yield stand_in


@pytest.fixture
def patience() -> Patience:
    return Patience()


@pytest.fixture
def told() -> list[Phrase]:
    return []


@pytest.fixture
def options(
    server: StandIn, patience: Patience, told: list[Phrase], tmp_path: Path
) -> DownloadOptions:
    return DownloadOptions(
        contact="patrol@example.org",
        overpass_url=f"{server.url}/interpreter",
        nominatim_url=server.url,
        cache=tmp_path / "cache",
        request_s=10.0,
        wait=patience.wait,
        clock=patience.clock,
        tell=told.append,
    )
