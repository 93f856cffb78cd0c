"""Build hook: take Leaflet from the package that carries it into ``data/leaflet/``.

Leaflet is no copy in this repository. django-leaflet, pinned in pyproject.toml, brings it to the
build; Django itself is never imported. Every file is checked against its SHA-256 before it is used.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_CARRIER = "django-leaflet"
_INSIDE = "leaflet/static/leaflet"
_SHA256 = {
    "leaflet.js": "5819285cec137b229c94e1ee5ad73e8b6b84345a4367d60f75fe477fe0fb7b03",
    "leaflet.css": "90b693d86392a4779c861b28cf307e7e59c3fb35328c4d8b95f58f814d38c722",
    "images/layers.png": "1dbbe9d028e292f36fcba8f8b3a28d5e8932754fc2215b9ac69e4cdecf5107c6",
    "images/layers-2x.png": "066daca850d8ffbef007af00b06eac0015728dee279c51f3cb6c716df7c42edf",
    "images/marker-icon.png": "574c3a5cca85f4114085b6841596d62f00d7c892c7b03f28cbfa301deb1dc437",
}
_LICENSE = """\
Leaflet 1.9.3, https://leafletjs.com

BSD 2-Clause License

Copyright (c) 2010-2022, Volodymyr Agafonkin
Copyright (c) 2010-2011, CloudMade
All rights reserved.

Redistribution and use in source and binary forms, with or without
modification, are permitted provided that the following conditions are met:

1. Redistributions of source code must retain the above copyright notice, this
   list of conditions and the following disclaimer.

2. Redistributions in binary form must reproduce the above copyright notice,
   this list of conditions and the following disclaimer in the documentation
   and/or other materials provided with the distribution.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS"
AND ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE
IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE
FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY,
OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
"""


class LeafletHook(BuildHookInterface[Any]):
    """Fill ``data/leaflet/`` before a wheel or an editable install is made."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Copy Leaflet's files and write its licence beside them.

        Parameters
        ----------
        version
            ``standard`` or ``editable``: the same for both.
        build_data
            Left as it is; pyproject.toml lists ``data`` for the wheel.

        Raises
        ------
        RuntimeError
            When the carrying package is missing or a file is not the one expected.
        """
        _ = version, build_data
        target = Path(self.root) / "data" / "leaflet"
        for name, expected in _SHA256.items():
            path = target / name
            if path.is_file() and _sha256(path.read_bytes()) == expected:
                continue
            content = _carried(name)
            found = _sha256(content)
            if found != expected:
                message = (
                    f"{_CARRIER} carries another {name} than expected (SHA-256 {found}, "
                    f"expected {expected}). Pin the version named in pyproject.toml, or check the "
                    "new file and write its SHA-256 into hatch_build.py."
                )
                raise RuntimeError(message)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        (target / "LICENSE").write_bytes(_LICENSE.encode())


def _carried(name: str) -> bytes:
    """Read one file of the carrying package, which is located but not imported."""
    try:
        path = distribution(_CARRIER).locate_file(f"{_INSIDE}/{name}")
    except PackageNotFoundError as error:
        message = (
            f"Building reso_geo needs {_CARRIER}, which carries Leaflet. Build with isolation "
            "(the default), or install the build requirements of pyproject.toml first."
        )
        raise RuntimeError(message) from error
    return Path(str(path)).read_bytes()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
