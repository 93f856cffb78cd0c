"""Labels of faces: borders where they cost least, and what faces hold stays theirs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array

from reso_geo.tiling.expansion import Touching, relabelled

# Three faces in a row; the first holds streets of beat 0, the last of beat 1.
ROW = np.array([0, 1]), np.array([1, 2])


@pytest.mark.parametrize(
    ("middle_gain", "expected"),
    [
        # A border behind the middle face costs 1, one before it 10.
        (0.0, [0, 0, 1]),
        # The middle face holds streets of beat 1 that are worth more than the 9 saved.
        (9.5, [0, 1, 1]),
        (8.5, [0, 0, 1]),
    ],
)
def test_a_border_moves_to_where_it_costs_least(middle_gain: float, expected: list[int]) -> None:
    gain = coo_array(([100.0, middle_gain, 100.0], ([0, 1, 2], [0, 1, 1])), shape=(3, 2))
    touching = Touching(*ROW, np.array([10.0, 1.0]))
    assert relabelled(np.array([0, 1, 1]), touching, gain).tolist() == expected


def test_what_is_worth_more_than_thirty_kilometres_of_border_still_counts_in_full() -> None:
    # The middle face is worth 40 km to the beat of the last; cut off from the first it costs 100.
    gain = coo_array(([1e6, 4e4, 1e6], ([0, 1, 2], [0, 1, 1])), shape=(3, 2))
    touching = Touching(*ROW, np.array([1e5, 10.0]))
    assert relabelled(np.array([0, 0, 1]), touching, gain).tolist() == [0, 0, 1]


def test_sides_in_common_add_up() -> None:
    gain = coo_array(([100.0, 100.0], ([0, 2], [0, 1])), shape=(3, 2))
    twice = Touching(np.array([0, 1, 1]), np.array([1, 2, 2]), np.array([3.0, 2.0, 2.0]))
    assert relabelled(np.array([0, 0, 1]), twice, gain).tolist() == [0, 1, 1]


@given(
    st.lists(st.integers(0, 2), min_size=9, max_size=9),
    st.lists(st.integers(0, 20), min_size=12, max_size=12),
    st.lists(st.integers(0, 30), min_size=27, max_size=27),
)
def test_labels_never_cost_more_than_before(
    labels: list[int], costs: list[int], gains: list[int]
) -> None:
    place = np.arange(9).reshape(3, 3)
    first = np.concatenate((place[:, :-1].ravel(), place[:-1].ravel()))
    second = np.concatenate((place[:, 1:].ravel(), place[1:].ravel()))
    touching = Touching(first, second, np.array(costs, dtype=np.float64))
    gain = np.array(gains, dtype=np.float64).reshape(9, 3)

    def cost(label: np.ndarray) -> float:
        borders = touching.cost[label[first] != label[second]].sum()
        return float(borders - gain[np.arange(9), label].sum())

    before = np.array(labels)
    after = relabelled(before, touching, coo_array(gain))
    assert cost(after) <= cost(before)
    assert np.array_equal(after, relabelled(before, touching, coo_array(gain)))
