"""Names that try to be code, for whatever shows anyone's text."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from reso_geo import Plan

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "<b>gras</b> &amp; <!--",
    "${alert(1)}",
    "`alert(1)`",
    "C:\\2019\\new",
    "{{7*191}}",
    "\\{{7*191}}\\",
    "{{{%",
    "{% if 1 %}",
    "{#",
    "{nb}",
    "line\u2028break",
    "nul\x00bell\x07",
    "\u202eesrever\u2066",
    "$\\frac{1}{2}$ à 5 $",
    '=HYPERLINK("http://x.invalid")',
    "+14505551234",
    "-2+3",
    "@SUM(1)",
    "\ttab",
    "\rreturn",
    "\nfeed",
    "\uff1d1+1",
    "00012",
    "1E5",
    "MARS1",
    "a|b *c* _d_ [e](http://x.invalid) # ~f~ !",
    "l'Anse \"à\" l'Œuvre, et; fils",
    "&PAGE &Z_x000D_",
)


def hostile_plan(plan: Plan) -> Plan:
    """Return a plan with such names of streets, beats, cities, districts and anchors."""
    names = np.array([HOSTILE[k % len(HOSTILE)] for k in range(len(plan.network))], dtype=object)
    beats = tuple(
        dataclasses.replace(
            beat,
            name=HOSTILE[k % len(HOSTILE)],
            district=HOSTILE[(k + 13) % len(HOSTILE)],
            description_fr=HOSTILE[(k + 20) % len(HOSTILE)],
        )
        for k, beat in enumerate(plan.beats)
    )
    cities = sorted({beat.city for beat in beats})
    called = {city: HOSTILE[6 + k] for k, city in enumerate(cities)}
    beats = tuple(dataclasses.replace(beat, city=called[beat.city]) for beat in beats)
    boundary = dataclasses.replace(
        plan.boundary, names=tuple(called.get(name, name) for name in plan.boundary.names)
    )
    anchors = dataclasses.replace(
        plan.anchors,
        name=np.array([HOSTILE[k % len(HOSTILE)] for k in range(len(plan.anchors))], dtype=object),
    )
    return dataclasses.replace(
        plan,
        network=dataclasses.replace(plan.network, name=names),
        boundary=boundary,
        beats=beats,
        anchors=anchors,
    )
