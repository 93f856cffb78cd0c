"""What a plan is cut from: a street source, the streets kept from it, or an earlier plan."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reso_geo.atomic_files import sha256_of
from reso_geo.boundaries import read_boundary
from reso_geo.errors import NetworkError, UsageError
from reso_geo.i18n import Phrase, listed
from reso_geo.network import (
    CityStreets,
    is_streets_file,
    load_network,
    load_streets,
    save_streets,
    streets_key,
)
from reso_geo.plan import Input
from reso_geo.plan_file import load_plan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reso_geo.boundaries import Boundary
    from reso_geo.demand import Anchors
    from reso_geo.network import StreetNetwork
    from reso_geo.plan import Plan
    from reso_geo.settings import PatrolSettings

__all__ = ["INPUT_ROLES", "Ground", "inputs_of", "kept_streets", "read_ground"]

INPUT_ROLES = (
    "boundary", "settings", "anchors", "population", "counts", "bases", "seats", "cleared",
    "elevations", "keep_together", "beats",
)  # fmt: skip
"""The options that may name a file which a plan is made with."""
_OF_A_PLAN = ("boundary", "anchors", "cleared", "elevations", "keep_together")
"""What a plan keeps for the next one; residents, counts and bases have to be given again."""
_CLIPPED = (".pbf", ".osm", ".xml")


@dataclass(frozen=True)
class Ground:
    """Streets and cities, ready to be cut.

    Attributes
    ----------
    network
        Streets placed in their cities.
    boundary
        The cities; None for the extent of the streets.
    anchors
        Those of the plan that the streets come from; None for a street source.
    earlier
        The plan that the streets come from; None for a street source.
    key
        What the streets are to be kept under; empty for streets that are not kept, or already are.
    understood, warnings
        What to say about where they come from.
    """

    network: StreetNetwork
    boundary: Boundary | None
    anchors: Anchors | None = None
    earlier: Plan | None = None
    key: str = ""
    understood: tuple[Phrase, ...] = ()
    warnings: tuple[Phrase, ...] = ()

    def keep(self, folder: Path) -> None:
        """Write the streets for the next plan on the same ground, where there are any to keep.

        Parameters
        ----------
        folder
            Where the plan is written.

        Raises
        ------
        OutputError
            When the folder cannot be written to.
        """
        if self.key and self.boundary is not None:
            streets = CityStreets(self.network, self.boundary)
            save_streets(streets, _kept(folder, self.key), self.key)


def read_ground(
    source: Path,
    boundary: str | None,
    settings: PatrolSettings,
    out: Path | None,
    begin: Callable[[str, float], None],
) -> Ground:
    """Read what a plan is cut from.

    Streets are kept beside the plan where a boundary clips a PBF or XML file: only these can be so
    much larger than the ground that reading them again takes long.

    Parameters
    ----------
    source
        A street source, streets that an earlier plan kept, or a plan.
    boundary
        What the user wrote after ``--boundary``.
    settings
        The rules for required streets.
    out
        Folder of the plan; None where none is made, and no streets are kept.
    begin
        Called with the key of a stage and the share of it that is done.

    Returns
    -------
    Ground
        Read from the source, or from the streets kept in `out` when they are what would be read.
    """
    if source.suffix.lower() == ".gpkg":
        if is_streets_file(source):
            return _of_kept(kept_streets(source, settings, boundary), source)
        return _of_plan(source, boundary)
    if boundary is None:
        return Ground(_network(source, None, settings, begin), None)
    key = "" if out is None else _key(source, boundary, settings)
    path = _kept(out or source.parent, key)
    warnings: tuple[Phrase, ...] = ()
    if key and path.is_file():
        try:
            return _of_kept(load_streets(path, key), path)
        except NetworkError:
            warnings = (Phrase("network.streets_damaged", {"path": path}),)
    begin("progress.boundary", 0.0)
    cities = read_boundary(boundary, source)
    network = _network(source, cities, settings, begin)
    return Ground(network, cities, key=key, warnings=warnings)


def kept_streets(
    source: Path, settings: PatrolSettings, boundary: str | None = None
) -> CityStreets:
    """Read streets that an earlier plan kept, as a source of their own.

    Parameters
    ----------
    source
        The file.
    settings
        The rules for required streets.
    boundary
        What the user wrote after ``--boundary``: kept streets have theirs.

    Returns
    -------
    CityStreets
        Placed in their cities.

    Raises
    ------
    UsageError
        When a boundary is given, or the streets were kept with other rules.
    NetworkError
        When the file is damaged or edited.
    """
    if boundary is not None:
        raise UsageError(Phrase("cli.streets_have_boundary", {"path": source}))
    try:
        streets = load_streets(source)
    except NetworkError as error:
        raise NetworkError(Phrase("network.streets_unusable", {"path": source})) from error
    if streets.network.rules != settings.streets:
        raise UsageError(Phrase("network.streets_rules", {"path": source}))
    return streets


def inputs_of(
    files: Mapping[str, str | Path | None], source: Path, earlier: Plan | None
) -> tuple[Input, ...]:
    """Return the files that a plan is made with, besides its streets.

    Parameters
    ----------
    files
        By what each was given as; None for one that was not given.
    source
        Where the streets come from.
    earlier
        The plan that this is; None for a street source.

    Returns
    -------
    tuple of Input
        With their digests; also those of the earlier plan that still hold.
    """
    paths = {role: Path(file) for role, file in files.items() if file is not None}
    given = {role: path for role, path in paths.items() if path.is_file()}
    kept: tuple[Input, ...] = ()
    if earlier is not None:
        holds = set(_OF_A_PLAN) - set(paths)
        kept = tuple(each for each in earlier.inputs if each.role in holds)
        given = {"plan": source, **given}
    found = tuple(Input(role, path.name, sha256_of(path)) for role, path in given.items())
    return (*kept, *found)


def _kept(folder: Path, key: str) -> Path:
    return folder / f"streets-{key[:16]}.gpkg"


def _key(source: Path, boundary: str, settings: PatrolSettings) -> str:
    """Return the key of the streets; none where they are not kept or the source cannot be read."""
    if not source.name.lower().endswith(_CLIPPED):
        return ""
    try:
        return streets_key(source, boundary, settings.streets)
    except (OSError, ValueError):  # said in full where the source or the boundary is read
        return ""


def _network(
    source: Path,
    cities: Boundary | None,
    settings: PatrolSettings,
    begin: Callable[[str, float], None],
) -> StreetNetwork:
    begin("progress.read", 0.0)
    return load_network(
        source, cities, settings, progress=lambda share: begin("progress.read", share)
    )


def _of_kept(streets: CityStreets, path: Path) -> Ground:
    values = {
        "source": streets.network.source.name,
        "boundary": listed(streets.boundary.names),
        "path": path,
    }
    understood = (Phrase("network.streets_kept", values),)
    return Ground(streets.network, streets.boundary, understood=understood)


def _of_plan(source: Path, boundary: str | None) -> Ground:
    """Return what a saved plan was cut from; its streets are already placed in its cities."""
    if boundary is not None:
        raise UsageError(Phrase("cli.plan_has_boundary", {"path": source}))
    saved = load_plan(source)
    lost = saved.counts_weeks is not None
    warnings = (Phrase("cli.counts_not_kept"),) if lost else ()
    return Ground(saved.network, saved.boundary, saved.anchors, saved, warnings=warnings)
