"""The figures of a search: refused where they cannot be, read from TOML, and searched by."""

from __future__ import annotations

import json
import math
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from cutting import bridged, grid, state_on, streets
from hypothesis import given
from hypothesis import strategies as st
from towns import Town, old_of

from reso_geo import CutRequest, RebalanceRequest
from reso_geo.districting.local_search import BalanceSearch
from reso_geo.districting.params import BalanceParams, CutParams, RegionParams, SearchRules
from reso_geo.errors import SettingsError, UsageError
from reso_geo.network import RAILWAY
from reso_geo.partition.components import region_of
from reso_geo.rebalance import RebalanceParams, rebalance
from reso_geo.settings import Tuning

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ALL = RebalanceParams()


def groups(whole: Tuning) -> Iterator[Tuning]:
    """Walk through a record of figures and all its groups."""
    yield whole
    for each in fields(whole):  # type: ignore[arg-type]
        if isinstance(each.default, Tuning):
            yield from groups(each.default)


GROUPS = list(groups(ALL))
FIGURES = [
    (type(group), each)
    for group in GROUPS
    for each in fields(group)  # type: ignore[arg-type]
    if not isinstance(each.default, Tuning)
]


def test_all_figures_are_documented_in_the_order_in_which_they_stand() -> None:
    assert len(FIGURES) > 75
    for group in GROUPS:
        names = [each.name for each in fields(group)]  # type: ignore[arg-type]
        said = [
            name
            for line in (type(group).__doc__ or "").partition("----------\n")[2].splitlines()
            if line.startswith("    ") and not line.startswith("     ")
            for name in line.strip().split(", ")
        ]
        assert [name for name in said if name in names] == names


def beyond(each: Any) -> list[object]:  # noqa: ANN401 - a field of a dataclass
    """Return values that a figure cannot have."""
    low, high = each.metadata["low"], each.metadata["high"]
    wrong: list[object] = [low - 1, math.nan, math.inf, "1", None, True]
    wrong += [] if math.isinf(high) else [high + 1]
    wrong += [each.default + 0.5] if isinstance(each.default, int) else []
    if isinstance(each.default, tuple):
        return [(), 0.5, *((each.default[0], one) for one in wrong)]
    return wrong


def test_every_figure_beyond_its_limits_is_refused_by_its_name() -> None:
    for kind, each in FIGURES:
        for value in beyond(each):
            with pytest.raises(ValueError, match=rf"^{kind.__name__}\.{each.name}\b.* must be "):
                kind(**{each.name: value})


def test_a_group_is_refused_where_another_belongs() -> None:
    with pytest.raises(
        SettingsError, match=r"^CutParams\.balance is RegionParams\(.* a BalanceParams\.$"
    ):
        CutParams(balance=RegionParams())  # type: ignore[arg-type]
    for kind in (CutRequest, RebalanceRequest):
        with pytest.raises(UsageError, match=rf"^{kind.__name__}\.params is 3; .* a \w+Params\.$"):
            kind(3, params=3)  # type: ignore[arg-type]


def test_what_a_file_leaves_out_is_as_usual(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    text = "most_again = 0\n[siting]\nfew = 2\n[cut.balance]\nrelays = [1, 0.5]\n"
    path.write_text(text, encoding="utf-8")
    usual = ALL.cut
    wanted = replace(
        ALL,
        most_again=0,
        siting=replace(ALL.siting, few=2),
        cut=replace(usual, balance=replace(usual.balance, relays=(1, 0.5))),
    )
    assert RebalanceParams.from_toml(path) == wanted
    assert RebalanceParams.from_toml(str(path)) == RebalanceParams.from_toml(text) == wanted


def written(group: Tuning, name: str = "") -> str:
    """Write figures as TOML, group by group."""
    values = {each.name: getattr(group, each.name) for each in fields(group)}  # type: ignore[arg-type]
    lines = [f"[{name}]"] if name else []
    lines += [f"{key} = {json.dumps(v)}" for key, v in values.items() if not isinstance(v, Tuning)]
    inner = [(f"{name}.{key}".strip("."), v) for key, v in values.items() if isinstance(v, Tuning)]
    return "\n".join([*lines, *(written(v, key) for key, v in inner)])


def of_its_kind(default: Any) -> st.SearchStrategy[object]:  # noqa: ANN401 - any figure
    if isinstance(default, tuple):
        return st.lists(st.floats(0.1, 1.0), min_size=1, max_size=4).map(tuple)
    return st.integers(2, 9) if isinstance(default, int) else st.floats(0.1, 1.0)


@given(data=st.data())
def test_figures_come_back_from_toml_as_they_were(data: st.DataObject) -> None:
    def drawn(group: Tuning) -> Tuning:
        values: dict[str, Any] = {
            each.name: drawn(each.default)
            if isinstance(each.default, Tuning)
            else data.draw(of_its_kind(each.default))
            for each in fields(group)  # type: ignore[arg-type]
        }
        return type(group)(**values)

    made = drawn(ALL)
    assert RebalanceParams.from_toml(written(made)) == made


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("balance.neer = 0.5", 'BalanceParams: unknown setting "neer". Did you mean “near”?'),
        ("regions.x = 1", 'RegionParams: unknown setting "x". Known: barrier_m, wide_m,'),
        ("balance = 1", "CutParams.balance is 1; it must be a BalanceParams."),
        ("balance.near = 2", "BalanceParams.near is 2; it must be a number from 0 to 1."),
        ("a = ?", "CutParams: not a valid TOML file (line 1, column 5). Mend that line: key = "),
    ],
)  # fmt: skip
def test_a_text_that_cannot_be_used_is_refused_on_one_line(text: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        CutParams.from_toml(text)
    assert str(caught.value).startswith(said)
    assert "\n" not in caught.value.message.say("fr")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"own\.toml: cannot read the settings file"):
        CutParams.from_toml(tmp_path / "own.toml")


def test_a_request_is_kept_with_its_figures_only_where_one_is_changed() -> None:
    usual = CutRequest(3, posts={"A-01": 2})
    own = replace(usual, params=CutParams.from_toml("balance.relays = [0.5]"))
    assert "params" not in usual.recorded()
    for request in (usual, own):
        assert CutRequest.read_back(json.loads(json.dumps(request.recorded()))) == request


def test_beats_are_evened_to_the_part_of_the_tolerance_that_is_asked_for() -> None:
    """Streets in a row, 11, 9 and 10 of them: 10 % off, where 15 % are allowed."""
    row = grid(1, 31)
    for near, most in ((1.0, 0.1), (0.5, 0.0)):
        state = state_on(row, [0] * 11 + [1] * 9 + [2] * 10, 0.15)
        params = CutParams(balance=BalanceParams(near=near))
        state.rules = SearchRules(0.15, params=params)
        assert BalanceSearch(state).run()
        assert np.abs(state.off).max() == pytest.approx(most)


def test_crossing_a_railway_counts_for_as_much_as_is_asked_for() -> None:
    """0---1===bridge===2---3, all of 100 m."""
    apart = streets([(0, 1), (2, 3)], np.array([(100.0 * x, 0.0) for x in range(4)]))
    network = bridged(apart, (1, 2), RAILWAY)
    every, load_s = np.arange(3), np.ones(3)
    for metres in (0.0, 1000.0, 250.0):
        region = region_of(network, load_s, every, params=RegionParams(barrier_m=metres))
        assert region.cost_m.tolist() == [100.0, 100.0, 100.0 + metres]


def test_streets_change_hands_only_where_the_balance_is_worth_the_price() -> None:
    """Streets of 300, 100 and 100 m in a row: 400 and 100 m become 300 and 200 m, at a price.

    What lies beyond the tolerance of 5 % of 250 m falls from twice 137.5 m to twice 37.5 m, as
    100 m change hands: two for one, and no more than twice that with the deadhead back.
    """
    row = Town(streets([(0, 1), (1, 2), (2, 3)], np.array([(x, 0.0) for x in (0, 300, 400, 500)])))
    worse = old_of(row.cut(2), np.array([0, 0, 1]))
    for price, beats in ((0.2, [0, 1, 1]), (1.9, [0, 1, 1]), (4.1, [0, 0, 1])):
        asked = RebalanceRequest(2, params=RebalanceParams(price=price))
        assert rebalance(row.problem, worse, asked).partition.beat_of.tolist() == beats
