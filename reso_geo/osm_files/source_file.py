"""A street source as osmium reads it, put in order where it is not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

import osmium

from reso_geo.errors import NetworkError
from reso_geo.i18n import Phrase
from reso_geo.osm_files.block_reader import SORTED, ranks_of, sweep
from reso_geo.osm_files.sorting import tidied
from reso_geo.osm_files.xml_repair import look_over, rewritten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["FileSweeps", "OsmFile", "only", "open_osm"]

_Filter = TypeVar("_Filter", bound=Any)

# Putting in order takes about ten times a PBF's size in memory.
_MOST_BYTES = {"pbf": 1 << 27, "xml": 1 << 29}
_LOCATED = "LocationsOnWays"
_FEATURES = tuple(f"pbf_optional_feature_{place}" for place in range(8))


@dataclass(frozen=True)
class OsmFile:
    """A PBF or XML file that is read in passes.

    Attributes
    ----------
    path
        The file of the planner.
    form
        ``pbf`` or ``xml``.
    content
        The file put in order (a PBF), where it was not; None where it is read as it stands.
    located
        Whether the places of points stand on the ways, and perhaps nowhere else.
    ranks
        What each block of a PBF begins with, see `reso_geo.osm_files.block_reader`; None where
        unknown.
    """

    path: Path
    form: str
    content: bytes | None = None
    located: bool = False
    ranks: tuple[int, ...] | None = None

    @property
    def date(self) -> str:
        """Date and time of the extract (ISO 8601), empty where its head does not say."""
        file = osmium.io.File(self.path.absolute(), self.form)
        header = osmium.io.Reader(file, osmium.osm.NOTHING).header()
        return str(header.get("osmosis_replication_timestamp", ""))

    def sweep(
        self,
        kinds: osmium.osm.osm_entity_bits,
        *handlers: object,
        progress: Callable[[float], None] | None = None,
    ) -> Iterator[Any]:
        """Read the file once and give what passes: points, then ways, then relations.

        Parameters
        ----------
        kinds
            What to decode.
        *handlers
            Filters and handlers of osmium, in the order in which an object meets them.
        progress
            Called with the share of the bytes read, from 0 to 1.

        Yields
        ------
        osmium entity
            Valid until the next one is asked for. Its numbers are those of the file after
            `reso_geo.boundaries.numbered`.

        Raises
        ------
        RuntimeError
            When the file is damaged.
        """
        source: Path | bytes = self.path if self.content is None else self.content
        form, ranks = (self.form, self.ranks) if self.content is None else ("pbf", None)
        yield from sweep(source, kinds, *handlers, form=form, ranks=ranks, progress=progress)

    def locators(self, table: str = "flex_mem") -> tuple[object, ...]:
        """Return the handlers that put the places of points on the ways.

        Parameters
        ----------
        table
            Kind of table of osmium in which the places are kept.

        Returns
        -------
        tuple of osmium handlers
            To be used in a sweep over points and ways, and in all sweeps over ways after it; empty
            where the file has the places on the ways already.
        """
        if self.located:
            return ()
        locate = osmium.NodeLocationsForWays(osmium.index.create_map(table))
        locate.ignore_errors()
        return (locate,)

    def in_order(self) -> OsmFile:
        """Sort the file, if that was not done yet.

        Returns
        -------
        OsmFile
            With the newest visible version of each object, points first.

        Raises
        ------
        RuntimeError
            When the file is damaged.
        NetworkError
            When it is too large for that.
        """
        if self.content is not None:
            return self
        self.check_size("unsorted")
        content = tidied(self.path.read_bytes(), self.form)
        return replace(self, content=content, located=False)

    def check_size(self, why: str) -> None:
        """Refuse a file that is too large to be put in order.

        Parameters
        ----------
        why
            ``unsorted`` or ``history``.

        Raises
        ------
        NetworkError
            When it is.
        """
        if self.path.stat().st_size > _MOST_BYTES[self.form]:
            raise NetworkError(Phrase(f"osm.large_{why}", {"path": self.path}))


class FileSweeps:
    """Sweeps over a file that tell how far all of them are.

    Parameters
    ----------
    file
        What is read.
    progress
        Called with the share that is done, from 0 to 1.

    Attributes
    ----------
    count
        How many there will be, as far as is known.
    """

    def __init__(self, file: OsmFile, progress: Callable[[float], None] | None) -> None:
        self._file = file
        self._progress = progress
        self._done = 0
        self.count = 1

    def sweep(self, kinds: osmium.osm.osm_entity_bits, *handlers: object) -> Iterator[Any]:
        """Read the file once more.

        Parameters
        ----------
        kinds
            What to decode.
        *handlers
            As in `OsmFile.sweep`.

        Returns
        -------
        iterator of osmium entities
            Each valid until the next one is asked for.
        """
        done, count, whole = self._done, self.count, self._progress
        self._done += 1
        progress = None if whole is None else lambda share: whole((done + share) / count)
        return self._file.sweep(kinds, *handlers, progress=progress)


def only(kinds: osmium.osm.osm_entity_bits, handler: _Filter) -> _Filter:
    """Return a filter that looks at some kinds of objects, and lets all others pass.

    Parameters
    ----------
    kinds
        Those.
    handler
        A filter of osmium.

    Returns
    -------
    osmium filter
        The same.
    """
    handler.enable_for(kinds)
    return handler


def open_osm(path: Path, form: str) -> OsmFile:
    """Open a PBF or XML file, and put it in order if its first look says so.

    Parameters
    ----------
    path
        The file.
    form
        ``pbf``, ``xml``, or empty to go by its name.

    Returns
    -------
    OsmFile
        Of history files, the newest visible version of each object.

    Raises
    ------
    RuntimeError
        When the file is damaged.
    NetworkError
        When it is a list of changes, or too large to be put in order.
    """
    if form == "xml":
        return _opened_xml(path)
    file = OsmFile(path, form)
    if form != "pbf":
        return file
    header = osmium.io.Reader(osmium.io.File(path.absolute(), form), osmium.osm.NOTHING).header()
    if header.has_multiple_object_versions or path.name.lower().endswith(".osh.pbf"):
        file.check_size("history")
        return file.in_order()
    located = _LOCATED in {header.get(feature) for feature in _FEATURES}
    claimed = header.get("sorting") == SORTED
    large = path.stat().st_size > _MOST_BYTES[form]
    if large and not claimed:
        return replace(file, located=located)
    ranks = ranks_of(path, claimed=claimed)
    return file.in_order() if ranks is None else replace(file, located=located, ranks=ranks)


def _opened_xml(path: Path) -> OsmFile:
    look = look_over(path)
    file = OsmFile(path, "xml")
    if look.changes:
        raise NetworkError(Phrase("osm.changes", {"path": path}))
    if look.rewrite:
        file.check_size("unsorted")
        return replace(file, content=tidied(rewritten(path, look.lowest), "xml"))
    return file if look.in_order else file.in_order()
