"""Two towns, as files that commands take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from commands import two_towns

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def towns(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return two_towns(tmp_path_factory.mktemp("towns"), (25.0, 50.0))
