"""The download itself: a place in, a file of streets out."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

from reso_geo.errors import NetworkError
from reso_geo.i18n import Phrase
from reso_geo.osm.download.cache import Cache
from reso_geo.osm.download.client import Client, Question
from reso_geo.osm.download.overpass import Answer, merged, read_answer, statement
from reso_geo.osm.download.tiles import shape_of, tiles_of
from reso_geo.output_files import output_file

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo.boundaries import Boundary
    from reso_geo.osm.download.options import DownloadOptions

__all__ = ["fetch"]

_GRACE = 0.9
"""Share of our own patience that the server may use: it should be first to give up."""


def fetch(place: str | Boundary, out: Path, chosen: DownloadOptions) -> Path:
    """Do what `reso_geo.osm.download_network` promises.

    Parameters
    ----------
    place, out
        As there.
    chosen
        Who asks, how patiently, where the cache lies.

    Returns
    -------
    Path
        `out`.
    """
    if out.suffix.lower() != ".json" or out.is_dir():
        raise NetworkError(Phrase("download.bad_out", {"path": out}))
    cache = Cache(chosen)
    with closing(Client(chosen)) as client:
        tiles = tiles_of(shape_of(place, client, cache, chosen), chosen.tile_km)
        questions = [statement(tile) for tile in tiles]
        answers = []
        for number, question in enumerate(questions, start=1):
            chosen.tell(Phrase("download.tile", {"number": number, "count": len(tiles)}))
            answers.append(_streets(question, client, cache, chosen))
    if not any(answer.has_streets for answer in answers):
        values = {"server": Question(chosen.overpass_url).server}
        raise NetworkError(Phrase("download.empty", values))
    for question, answer in zip(questions, answers, strict=True):
        _keep_empty(question, answer, cache, chosen)
    with output_file(out, "download.cannot_write") as aside:
        aside.write_bytes(merged(answers))
    return out


def _streets(question: str, client: Client, cache: Cache, options: DownloadOptions) -> Answer:
    """Return the streets of a tile, from the cache where it has them."""
    url = options.overpass_url
    file = cache.file_of(url, question)
    read = partial(read_answer, server=Question(url).server)
    answer = cache.get(file, read)
    if answer is None:
        seconds = max(1, int(options.request_s * _GRACE))
        query = f"[out:json][timeout:{seconds}];{question}"
        answer = client.ask(Question(url, data={"data": query}), read)
        if answer.has_streets:
            cache.put(file, answer.body)
    return answer


def _keep_empty(question: str, answer: Answer, cache: Cache, options: DownloadOptions) -> None:
    """Keep a tile without streets (water) once others have shown that the service is sound."""
    file = cache.file_of(options.overpass_url, question)
    if not answer.has_streets and not file.exists():
        cache.put(file, answer.body)
