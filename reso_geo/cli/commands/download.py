"""The command that fetches streets."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer asks for it at run time
from typing import Annotated

import typer

from reso_geo.cli.options import output_for
from reso_geo.osm import DownloadOptions, download_network

__all__ = ["download"]


def download(  # noqa: PLR0913, PLR0917 - one option a parameter
    context: typer.Context,
    place: Annotated[str, typer.Argument(help="help.place")],
    out: Annotated[Path, typer.Option(help="help.download_out")],
    contact: Annotated[str, typer.Option(help="help.contact")] = "",
    refresh: Annotated[bool, typer.Option("--refresh", help="help.refresh")] = False,  # noqa: FBT002 - a flag of the command line
    max_age: Annotated[float, typer.Option(help="help.max_age")] = 30.0,
    tile_km: Annotated[float, typer.Option(help="help.tile_km")] = 50.0,
    cache: Annotated[Path | None, typer.Option(help="help.cache")] = None,
    overpass_url: Annotated[
        str, typer.Option(help="help.overpass_url")
    ] = DownloadOptions.overpass_url,
    nominatim_url: Annotated[
        str, typer.Option(help="help.nominatim_url")
    ] = DownloadOptions.nominatim_url,
) -> None:
    """Fetch the streets of a place from OpenStreetMap."""
    output = output_for(context)
    options = DownloadOptions(
        contact=contact,
        overpass_url=overpass_url,
        nominatim_url=nominatim_url,
        cache=cache,
        refresh=refresh,
        max_age_days=max_age,
        tile_km=tile_km,
        tell=output.aside,
    )
    path = download_network(place, out, options)
    output.document({"streets": str(path)})
    output.line("cli.wrote", {"path": path})
