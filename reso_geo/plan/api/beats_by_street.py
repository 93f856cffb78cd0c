"""Beats of a plan's file, street by street."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from reso_geo.network import StreetNetwork
    from reso_geo.plan.plan import Plan

__all__ = ["beats_by_street"]


def beats_by_street(
    frame: gpd.GeoDataFrame,
    plan: Plan,
    network: StreetNetwork,
    id: str = "beat_id",  # noqa: A002 - the word that a frame's user looks for
) -> pd.DataFrame | gpd.GeoDataFrame:
    """Return the beat of each street as a plan holds it, where it is of the same streets.

    Parameters
    ----------
    frame
        From `read_beats`, of the plan's own file.
    plan
        That is in the file.
    network
        The streets that the beats are wanted on.
    id
        The column that holds the ids of beats.

    Returns
    -------
    DataFrame or GeoDataFrame
        A row a street with its ``segment_id``, without shapes: a polygon cannot say which side of a
        border the last metres of a street are on. `frame` itself where the streets are others.
    """
    if not np.array_equal(plan.network.segment_id, network.segment_id):
        return frame
    held = np.flatnonzero(plan.partition.beat_of >= 0)
    beats = frame.drop(columns=frame.geometry.name).set_index(id, drop=False)
    rows = beats.loc[list(plan.partition.beat_id)].iloc[plan.partition.beat_of[held]]
    return rows.reset_index(drop=True).assign(segment_id=network.segment_id[held])
