"""PlanDoors: what a plan can do that is built on plans, as methods of its own."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from reso_geo.choices import check_choice
from reso_geo.i18n import LANGUAGES, Phrase
from reso_geo.records import Shown, refuse_kind

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike
    from typing import Self

    import folium
    import geopandas as gpd
    import pandas as pd
    from matplotlib.axes import Axes

    from reso_geo.coverage import Depth
    from reso_geo.i18n import Audience, Language
    from reso_geo.settings import PatrolSettings
    from reso_geo.travel import Mode, Season

__all__ = ["PlanMethods"]

_COLUMNS = {
    "beat": "beat_id",
    "load": "load_s",
    "verdict": "{mode}_verdict",
    "cadence": "{mode}_every_weeks",
}
"""What is said for a column of `PlanMethods.beats_gdf`, in the plan's mode."""
_SCALES = {"load": ("plan.scale.load", 3600.0), "cadence": ("plan.scale.cadence", 1.0)}
"""What the colour bar says, and what its figures are divided by."""
_COLOURS = {"yes": "#1b7837", "borderline": "#f1a340", "no": "#b2182b"}
"""Fixed, so that two plans can be compared; told apart without seeing red or green as well."""
_HEADS = ("beat_id", "name", "posts", "street_km", "verdict", "margin")


def _above(module: str) -> Any:  # noqa: ANN401 - a module
    """Load a module that is built on plans, which nothing below it may import by itself."""
    return import_module(f"reso_geo.{module}")


class PlanMethods(Shown):
    """Methods of a plan that come from modules above it."""

    def _rows(self) -> list[tuple[object, ...]]:
        """Return a row a beat."""
        plan: Any = self
        rows: list[tuple[object, ...]] = [tuple(Phrase(f"plan.head.{head}") for head in _HEADS)]
        for beat in plan.beats:
            figures = beat.figures(plan.request.mode)
            margin = "-" if figures.margin is None else f"{100.0 * figures.margin:.0f} %"
            km = f"{beat.street_km:.1f}"
            rows.append((beat.beat_id, beat.name, beat.posts, km, figures.said, margin))
        return rows

    def beats_gdf(self) -> gpd.GeoDataFrame:
        """Return the beats with the columns of the layer ``beats`` of a plan's file.

        Returns
        -------
        GeoDataFrame
            One row a beat, in the CRS of the network; times in seconds per week.
        """
        beats: gpd.GeoDataFrame = _above("plan_file.tables").beats_table(self)
        return beats

    def segments_gdf(self) -> gpd.GeoDataFrame:
        """Return the segments with the columns of the layer ``segments`` of a plan's file.

        Returns
        -------
        GeoDataFrame
            One row a segment, in the CRS of the network.
        """
        segments: gpd.GeoDataFrame = _above("plan_file.tables").segments_table(self)
        return segments

    def to_frame(self) -> pd.DataFrame:
        """Return the figures of the beats without their shapes.

        Returns
        -------
        DataFrame
            The columns of `beats_gdf`, by ``beat_id``.
        """
        beats = self.beats_gdf()
        frame: pd.DataFrame = beats.drop(columns=beats.active_geometry_name).set_index("beat_id")
        return frame

    def explore(self, lang: Language = "en", audience: Audience = "internal") -> folium.Map:
        """Draw the interactive map, which a notebook shows as it is.

        Parameters
        ----------
        lang
            What it opens in, English like all that a prompt shows; it holds both languages.
        audience
            Who is to see it.

        Returns
        -------
        folium.Map
            From `reso_geo.maps.plan_map`.

        Raises
        ------
        UsageError
            When the language or the audience is not known.
        """
        drawn: folium.Map = _above("maps").plan_map(self, lang, audience)
        return drawn

    def plot(self, by: str = "beat", ax: Axes | None = None, *, lang: Language = "en") -> Axes:
        """Draw the beats and their streets with matplotlib.

        Parameters
        ----------
        by
            What colours tell: ``beat``, ``verdict`` and ``cadence`` (in the plan's mode), ``load``,
            or a column of `beats_gdf`.
        ax
            Where to draw; None for a new figure.
        lang
            Of the words beside the colours.

        Returns
        -------
        matplotlib.axes.Axes
            In the CRS of the network.

        Raises
        ------
        UsageError
            When there is no such column or language, or `ax` is something else.
        """
        # Both are slow to load, which only who draws should pay.
        import pandas as pd  # noqa: PLC0415
        from matplotlib.colors import ListedColormap  # noqa: PLC0415

        plan: Any = self
        if ax is not None and not hasattr(ax, "get_xlabel"):
            refuse_kind("ax", ax, "axes")
        check_choice(lang, LANGUAGES)
        beats = self.beats_gdf()
        names = [name for name in beats.columns if name != beats.active_geometry_name]
        check_choice(by, [*_COLUMNS, *names])
        column = _COLUMNS.get(by, by).format(mode=plan.request.mode)
        words = beats[column].dtype == object
        many = words and beats[column].nunique() > len(beats) // 2
        look: dict[str, Any] = {"cmap": "tab20" if words else "viridis", "legend": not many}
        if column.endswith("verdict"):
            many, look = False, {"cmap": ListedColormap(list(_COLOURS.values())), "legend": True}
            known = [Phrase(f"verdict.{each}").say(lang) for each in _COLOURS]
            said = dict(zip(_COLOURS, known, strict=True))
            beats[column] = pd.Categorical(beats[column].map(said), categories=known)
        elif by in _SCALES:
            key, unit = _SCALES[by]
            beats[column] = beats[column].astype(float) / unit
            missing = {"color": "lightgrey"}
            look |= {"legend_kwds": {"label": Phrase(key).say(lang)}, "missing_kwds": missing}
        ax = beats.plot(
            column=column,
            ax=ax,
            categorical=bool(words),
            alpha=0.6,
            edgecolor="white",
            **look,
        )
        streets = self.segments_gdf()
        streets[streets["required"]].plot(ax=ax, color="black", linewidth=0.4)
        if many:
            for name, spot in zip(beats[column], beats.representative_point(), strict=True):
                ax.annotate(str(name), (spot.x, spot.y), ha="center", fontsize=7)
        ax.set_axis_off()
        return ax

    def judged(
        self,
        *,
        season: Season | None = None,
        settings: PatrolSettings | str | PathLike[str] | None = None,
        mode: Mode | None = None,
        depth: Depth = "final",
        progress: Callable[[str], object] | bool | None = None,
    ) -> Self:
        """Measure and judge the same beats in another season, under other settings, or both.

        Parameters
        ----------
        season, settings, mode
            None for those of this plan.
        depth
            ``final``, or ``fast`` for who wants an answer soon.
        progress
            As for `reso_geo.make_plan`.

        Returns
        -------
        Plan
            Same beats, bases, names and posts. Tours that are the same are not looked for again.

        Raises
        ------
        UsageError
            When a word is not known, or the settings ask for other rules for streets than those
            that the network was read with.
        """
        judge = _above("plan.api.judged").judged
        plan: Self = judge(self, season, settings, mode, depth, progress)
        return plan
