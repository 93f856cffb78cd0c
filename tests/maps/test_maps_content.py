"""What a map carries: for whom, in which words, the same bytes for the same plan."""

from __future__ import annotations

import dataclasses
import importlib.util
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from drawing import draw, load
from grids import HOSTILE, grid_plan, hostile_plan
from places import ROOT

from reso_geo import CutRequest, Plan, PlanRequest, ResoGeoError, make_plan
from reso_geo.errors import UsageError
from reso_geo.maps import Showing, draw_plans, ladder_map, plan_map, save_map
from reso_geo.maps.web import page as page_module
from reso_geo.maps.web.comparison import moves_of
from reso_geo.maps.web.geometry import PageGrid
from reso_geo.maps.web.other_seasons import season_figures
from reso_geo.maps.web.safe_json import chain, deltas, runs, safe_json
from reso_geo.maps.web.streets import sheet_of
from reso_geo.plan import Given, build_plan, evaluation_context
from reso_geo.rebalance import OldBeats, continuity_of

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo.maps import PlanMap
    from reso_geo.settings import PatrolSettings


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory, defaults: PatrolSettings) -> Plan:
    return grid_plan(tmp_path_factory.mktemp("grid"), defaults)


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory, defaults: PatrolSettings) -> Plan:
    return grid_plan(tmp_path_factory.mktemp("grid"), defaults, 5)


@pytest.fixture(scope="module")
def hostile(plan: Plan) -> Plan:
    return hostile_plan(plan)


def content_of(drawn_map: PlanMap) -> dict[str, Any]:
    text = drawn_map.page().split('id="plan-data">')[1].split("</script>")[0]
    found: dict[str, Any] = json.loads(text)
    return found


def test_each_row_of_a_card_has_the_label_of_its_figure(plan: Plan) -> None:
    texts = content_of(plan_map(plan, "fr"))["text"]
    labels = ("Temps qui reste", "Réserve", "Chaque rue", "Fréquence qui tient")
    shown = tuple(texts[key][0] for key in ("margin", "spare", "cadence", "fits"))
    assert shown == labels
    # Land has names of its own.
    assert texts["reserve"][0] == "espace naturel"


def test_same_plan_gives_the_same_bytes(hostile: Plan, tmp_path: Path) -> None:
    first, second = plan_map(hostile), plan_map(hostile)
    assert first.page() == first.page() == second.page()
    save_map(first, tmp_path / "one.html")
    second.save(tmp_path / "two.html")
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()
    assert str(tmp_path.parent.parent) not in first.page()


def test_public_map_has_neither_bases_nor_loads_nor_tours(plan: Plan) -> None:
    few = dataclasses.replace(plan.beats[0], residents=7)
    known = dataclasses.replace(plan, beats=(few, *plan.beats[1:]))
    inside, outside = (content_of(plan_map(known, "en", who)) for who in ("internal", "public"))
    assert inside["audience"] == ["Usage interne", "Internal use"]
    assert outside["audience"] == "Public"
    (within,), (without,) = inside["states"], outside["states"]
    inner = {"base", "base_name", "places"}
    assert all(inner <= set(beat) for beat in within["beats"])
    assert not any(inner & set(beat) for beat in without["beats"])
    assert all("load" in case for beat in within["beats"] for case in beat["by"].values())
    assert not any(beat["by"] for beat in without["beats"])
    assert {"tours", "reach"} <= set(within)
    assert not {"tours", "reach"} & set(without)
    assert all("load" in case for case in within["cases"].values())
    assert without["cases"] == {}
    assert [scheme["key"] for scheme in outside["schemes"]] == ["beat"]
    assert [["Résidents", "Residents"], "7"] in within["beats"][0]["facts"]
    masked = [["Résidents", "Residents"], ["moins de 10", "under 10"]]
    assert masked in without["beats"][0]["facts"]
    assert "École Nord" in json.dumps(inside, ensure_ascii=False)
    assert "École Nord" not in json.dumps(outside, ensure_ascii=False)
    assert not without["about"]["warnings"]


def test_public_change_is_told_in_length_not_in_load(plan: Plan, later: Plan) -> None:
    for who, share in (("internal", "load"), ("public", "length")):
        changed = content_of(plan_map(later, "en", who, compare=plan))["states"][1]["change"]
        assert f"of the street {share} keeps its post" in changed["said"][1]


def test_plans_own_season_is_shown_as_it_stands_in_the_plan(plan: Plan) -> None:
    found = season_figures(plan, tours=True, seasons=True)
    assert len(found.figures) == len(found.besides) == len(found.reach) == 4
    for mode in ("foot", "bike"):
        own = tuple(beat.figures(mode) for beat in plan.beats)
        assert found.figures[mode, "summer"] == own
    assert found.needed_s["foot", "summer"] == tuple(beat.load_s for beat in plan.beats)
    bike, foot = (np.array(found.needed_s[mode, "summer"]) for mode in ("bike", "foot"))
    assert (bike < foot).all()


def test_other_season_is_that_of_a_plan_made_in_it(plan: Plan, defaults: PatrolSettings) -> None:
    request = dataclasses.replace(plan.request, season="winter")
    yard = evaluation_context(plan.network, defaults, request, plan.anchors)
    winter = build_plan(yard, plan.boundary, plan.partition, Given())
    found = season_figures(plan, tours=False, seasons=True)
    for beat, quick in zip(winter.beats, found.figures["foot", "winter"], strict=True):
        assert quick.verdict == beat.foot.verdict
        assert quick.reasons == beat.foot.reasons
        assert quick.pass_s == pytest.approx(beat.foot.pass_s, rel=0.02)
        assert quick.margin == pytest.approx(beat.foot.margin, abs=0.02)


def test_tours_pass_only_streets_of_the_page(plan: Plan) -> None:
    shown = content_of(plan_map(plan))
    count = len(shown["streets"]["points"])
    state = shown["states"][0]
    assert set(state["tours"]) == set(state["reach"])
    assert all(len(digits) == count for digits in state["reach"].values())
    for beats in state["tours"].values():
        for steps in beats:
            numbers = np.cumsum(steps)
            assert (np.diff(numbers) > 0).all()
            assert (numbers < count).all()


def test_each_street_of_two_plans_stands_in_the_page_once(plan: Plan, later: Plan) -> None:
    grid = PageGrid([plan, later])
    sheet = sheet_of([plan, later], grid, [[], []])
    assert len(sheet.points) == plan.network.required.sum()
    for one, at, beats in zip((plan, later), sheet.at, sheet.beat, strict=True):
        beat = np.repeat(beats[::2], beats[1::2])
        held = one.network.required
        assert (beat[at[held]] == one.partition.beat_of[held]).all()


def test_continuity_is_that_of_a_rebalance(plan: Plan, later: Plan) -> None:
    old = OldBeats(
        beat_of=plan.partition.beat_of,
        beat_id=plan.partition.beat_id,
        city=plan.partition.city,
        posts=plan.partition.posts,
        locked=np.zeros(len(plan.beats), dtype=bool),
    )
    true = continuity_of(later.network, later.load.total_s, old, later.partition, 0.05)
    found = moves_of(plan, later, by_load=True)
    assert found.share == pytest.approx(true.load_share)
    assert found.moved_km == pytest.approx(true.moved_km)
    kept = {s.beat_id: s.kept_share for s in true.lineage if s.beat_id == s.from_id}
    for name, share in zip(later.partition.beat_id, found.kept, strict=True):
        assert share == (
            None if name not in plan.partition.beat_id else pytest.approx(kept.get(name, 0.0))
        )
    assert found.gone == ()
    assert moves_of(later, plan, by_load=True).gone != ()


def test_the_same_plan_twice_moves_nothing(plan: Plan) -> None:
    found = moves_of(plan, plan, by_load=True)
    assert found.share == pytest.approx(1.0)
    assert found.moved_km == 0.0
    assert found.kept == (pytest.approx(1.0),) * len(plan.beats)
    assert found.sources == ((),) * len(plan.beats)


def test_ladder_needs_plans_and_as_many_names(plan: Plan) -> None:
    with pytest.raises(UsageError, match="No plan to draw"):
        ladder_map([])
    with pytest.raises(UsageError, match="1 names for 2 plans"):
        ladder_map([plan, plan], names=["today"])
    named = content_of(ladder_map([plan, plan], names=["2025", "2026"]))
    assert [state["label"] for state in named["states"]] == ["2025", "2026"]


def test_what_has_to_be_toured_anew_can_be_left_out(plan: Plan) -> None:
    shown = content_of(draw_plans((plan,), Showing(more=False)))
    assert shown["seasons"] == ["summer"]
    assert "tours" not in shown["states"][0]
    assert len(shown["states"][0]["cases"]) == 2


def test_limits_of_districts_are_drawn_where_there_are_districts(plan: Plan) -> None:
    assert len(content_of(plan_map(plan))["states"][0]["districts"]) == 2
    none = tuple(dataclasses.replace(beat, district="") for beat in plan.beats)
    without = content_of(plan_map(dataclasses.replace(plan, beats=none)))
    assert without["states"][0]["districts"] == []


def test_provisional_outlines_are_marked(plan: Plan, hostile: Plan) -> None:
    assert content_of(plan_map(plan))["states"][0]["unsettled"] == []
    assert "Provisional" in content_of(plan_map(hostile))["states"][0]["unsettled"][0][1]


def test_a_beat_without_tour_or_figure_is_shown(plan: Plan) -> None:
    none = dataclasses.replace(
        plan.beats[0].bike,
        pass_s=None,
        deadhead_s=None,
        margin=None,
        every_weeks=None,
        verdict="no",
        reasons=("no_bike_access",),
    )
    beats = (dataclasses.replace(plan.beats[0], bike=none), *plan.beats[1:])
    state = content_of(plan_map(dataclasses.replace(plan, beats=beats)))["states"][0]
    shown = state["beats"][0]["by"]["bike_summer"]
    assert {shown[key] for key in ("deadhead", "bound", "margin", "cadence")} == {"\u2013"}
    assert shown["pass"] == ["aucun trajet", "no tour"]
    assert shown["order"] == [None, None]
    classes = state["cases"]["bike_summer"]
    assert classes["cadence"][0] == classes["time"][0] == 5


@pytest.mark.parametrize("name", ["map.gif", "map", "map.htm"])
def test_other_endings_are_refused(plan: Plan, tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=r"\.html"):
        save_map(plan_map(plan), tmp_path / name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("lang", "audience"), [("de", "internal"), ("fr", "secret")])
def test_unknown_words_are_refused(plan: Plan, lang: str, audience: str) -> None:
    with pytest.raises(UsageError, match=r"Choose one of"):
        plan_map(plan, lang, audience)


def test_missing_leaflet_says_to_reinstall(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = page_module.data_file
    monkeypatch.setattr(
        page_module,
        "data_file",
        lambda name: tmp_path if "leaflet" in name else real(name),
    )
    with pytest.raises(ResoGeoError, match="Reinstall"):
        plan_map(plan)


@pytest.mark.parametrize("text", HOSTILE)
def test_json_holds_any_text_and_no_code(text: str) -> None:
    written = safe_json({text: [text, {"{": "{"}]})
    assert json.loads(written) == {text: [text, {"{": "{"}]}
    assert not any(sign in written for sign in ("{{", "{%", "{#", "<", ">", "&", "\u2028"))


def test_json_refuses_what_is_no_number() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        safe_json({"km": float("nan")})


def test_points_come_back_from_their_steps() -> None:
    points = np.array([[5, 5], [7, 4], [7, 4], [0, 0]])
    back = np.array(deltas(points)).reshape(-1, 2).cumsum(axis=0)
    assert back.tolist() == [[5, 5], [7, 4], [0, 0]]
    assert deltas(np.zeros((1, 2), dtype=np.int64)) == [0, 0]
    assert deltas(np.zeros((0, 2), dtype=np.int64)) == []


def test_lines_come_back_from_their_chain() -> None:
    lines = [[[5, 5], [7, 4]], [[7, 4], [7, 4], [9, 9]], [[1, 1], [0, 0]]]
    of = np.repeat(np.arange(3), [len(line) for line in lines])
    steps, counts = chain(np.array([p for line in lines for p in line]), of)
    back = np.array(steps).reshape(-1, 2).cumsum(axis=0).tolist()
    assert counts == [2, 2, 2]
    assert back == [[5, 5], [7, 4], [7, 4], [9, 9], [1, 1], [0, 0]]


def test_values_come_back_from_their_runs() -> None:
    values = np.array([0, 0, -1, 4, 4, 4, 0])
    written = runs(values)
    assert np.repeat(written[::2], written[1::2]).tolist() == values.tolist()
    assert runs(np.empty(0, dtype=np.int64)) == []


def test_build_refuses_another_leaflet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = ROOT / "hatch_build.py"
    spec = importlib.util.spec_from_file_location("hatch_build", path)
    assert spec is not None
    assert spec.loader is not None
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    monkeypatch.setattr(build, "_carried", lambda _: b"another file")
    hook = build.LeafletHook(str(tmp_path), {}, None, None, str(tmp_path), "wheel")
    with pytest.raises(RuntimeError, match=r"leaflet\.js .*SHA-256"):
        hook.initialize("standard", {})
    assert not (tmp_path / "data").exists()


def test_plans_of_different_ground_are_not_drawn_together(plan: Plan, sample_plan: Plan) -> None:
    with pytest.raises(UsageError, match=r"No street in common between plan 2|en commun"):
        plan_map(plan, compare=sample_plan)


def test_a_beat_that_is_walked_without_going_twice_anywhere_has_a_map(
    defaults: PatrolSettings,
) -> None:
    """One block: its tour takes no street but its own."""
    network = load(draw("A--B\n|  |\nC--D"))
    block = make_plan(network, settings=defaults, request=PlanRequest(CutRequest(1)))
    assert block.beats[0].foot.deadhead_s == 0.0
    assert block.beats[0].beat_id in plan_map(block).get_root().render()
