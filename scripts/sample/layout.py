"""The plan of the fictional agglomeration: where its roads, river, rail and limits run.

All coordinates are metres of the drawing frame (see :mod:`sample.geometry`).
"""

from __future__ import annotations

from typing import NamedTuple

Points = list[tuple[float, float]]


class Road(NamedTuple):
    """One road of the skeleton.

    Attributes
    ----------
    name : str
        Its name.
    kind : str
        Its ``highway`` value.
    points : list of tuple
        Control points of its curve.
    """

    name: str
    kind: str
    points: Points


RIVER_NAME = "Rivière aux Aulnes"
RIVER: Points = [
    (-5800, 1950),
    (-4600, 2080),
    (-3600, 1780),
    (-1900, 2010),
    (-300, 1720),
    (1300, 1960),
    (2900, 1760),
    (4200, 1830),
    (5800, 1600),
]
ISLAND_CENTRE = (3020.0, 1560.0)
ISLAND_SIZE = (310.0, 78.0)
RAIL: Points = [(-5800, 420), (-3900, 240), (-1800, 380), (200, 260), (2100, 380), (4000, 200)]
RAIL += [(5800, 330)]
MOTORWAY: Points = [(2450, 4100), (2200, 2600), (2120, 900), (2080, -900), (2150, -2600)]
MOTORWAY += [(1960, -4200)]

RING: Points = [
    (-3480, 3420),
    (-1000, 3720),
    (1500, 3590),
    (4700, 3480),
    (4950, 2500),
    (5000, 1800),
    (5320, 1500),
    (5260, -900),
    (5080, -3350),
    (3900, -3700),
    (1900, -3690),
    (-1000, -3700),
    (-3330, -3700),
    (-3380, -2900),
    (-4500, -2950),
    (-5250, -2500),
    (-5350, -200),
    (-5260, 2300),
    (-3480, 2300),
]
NO_MANS_LAND: Points = [(-3480, 1600), (-3480, 2310)]
NO_MANS_POINT = (-4600.0, 2250.0)
LIMITS: list[Points] = [
    [(-3283, 1960), (-3283, 1560), (-3323, 850), (-3303, -950), (-3323, -2350), (-3400, -3050)],
    [(-1022, -3780), (-1013, -2350), (-1023, -1605)],
    [(-1025, -1607), (400, -1606), (2200, -1626)],
]

BOULEVARD = "boulevard Wellington-Gauthier"
BOULEVARD_POINTS: Points = [(400, -1620), (395, -2350), (420, -3050), (400, -3630)]

SKELETON: list[Road] = [
    Road(
        "rue des Cantons",
        "tertiary",
        [(-3440, 2960), (-1500, 3140), (600, 3000), (1560, 3080)],
    ),
    Road("rue des Cantons Est", "tertiary", [(2780, 3020), (3750, 3040), (4760, 2960)]),
    Road(
        "boulevard Élie-Beaulac",
        "secondary",
        [(-3440, 2300), (-1900, 2480), (-300, 2260), (1300, 2440), (2900, 2280), (4900, 2330)],
    ),
    Road(
        "rue du Rivage",
        "tertiary",
        [
            (-5290, 1640),
            (-4600, 1690),
            (-3600, 1450),
            (-1900, 1680),
            (-300, 1430),
            (1300, 1650),
            (2050, 1490),
        ],
    ),
    Road("chemin du Rivage Est", "tertiary", [(2820, 1210), (3750, 1330), (5260, 1240)]),
    Road(
        "boulevard Marie-Courcelles",
        "secondary",
        [
            (-5300, 930),
            (-3300, 840),
            (-1100, 900),
            (400, 820),
            (2100, 880),
            (3750, 780),
            (5280, 830),
        ],
    ),
    Road(
        "rue de l'Industrie",
        "tertiary",
        [(-3340, -260), (-1100, -190), (400, -270), (1320, -220)],
    ),
    Road("rue de la Gare", "tertiary", [(2820, -230), (3750, -300), (4640, -250)]),
    Road(
        "boulevard Augustin-Marsolais",
        "primary",
        [(-5340, -880), (-3300, -960), (-1100, -900), (400, -980), (2100, -930), (5260, -960)],
    ),
    Road(
        "chemin de la Savane",
        "secondary",
        [
            (-4400, -1720),
            (-3300, -1660),
            (-1000, -1620),
            (400, -1620),
            (2100, -1640),
            (5200, -1690),
        ],
    ),
    Road(
        "rue Lavallée-Huot",
        "tertiary",
        [(-3340, -2320), (-2100, -2390), (-1000, -2350)],
    ),
    Road("Churchfield Road", "tertiary", [(-1000, -2350), (400, -2370), (1320, -2330)]),
    Road("rue Sœur-Agnès", "tertiary", [(2820, -2330), (3750, -2380), (5140, -2300)]),
    Road(
        "chemin du Coteau-Roux",
        "tertiary",
        [(-3340, -3040), (-1000, -3060), (400, -3030), (2100, -3060), (3750, -3020), (4640, -3060)],
    ),
    Road(
        "rang du Cordon",
        "unclassified",
        [(-3340, -3660), (-1000, -3640), (400, -3630), (1900, -3650), (3820, -3640)],
    ),
    Road(
        "chemin du Rang-Double",
        "tertiary",
        [(-4300, 1690), (-4380, 900), (-4300, -900), (-4420, -1720), (-4400, -2720)],
    ),
    Road(
        "montée Saint-Fulgence",
        "secondary",
        [(-3270, 1560), (-3310, 850), (-3290, -950), (-3310, -2350), (-3290, -3680)],
    ),
    Road(
        "boulevard Hélène-Vaillancourt",
        "secondary",
        [(-2330, 3160), (-2290, 2450), (-2210, 900), (-2260, -950), (-2190, -2350), (-2250, -3680)],
    ),
    Road(
        "rue des Patriotes-Oubliés",
        "tertiary",
        [(-1090, 1600), (-1110, 880), (-1070, -250), (-1090, -920), (-1010, -1620)],
    ),
    Road("Ridgemount Avenue", "tertiary", [(-1010, -1620), (-1000, -2350), (-1010, -3680)]),
    Road("rue Principale", "secondary", [(-340, 3100), (-320, 2280), (-300, 1400), (-330, 800)]),
    Road("rue Mère-Jodoin", "tertiary", [(-320, -160), (-290, -950), (-310, -1620)]),
    Road("Queensland Drive", "tertiary", [(-310, -1620), (-280, -2370), (-300, -3670)]),
    Road(
        BOULEVARD,
        "secondary",
        [(380, 1580), (410, 850), (390, -260), (420, -960), (400, -1620)],
    ),
    Road("avenue du Plateau", "tertiary", [(1230, 1700), (1260, 800)]),
    Road(
        "avenue Bellehumeur",
        "tertiary",
        [(1260, -160), (1240, -950), (1270, -2350), (1230, -3680)],
    ),
    Road(
        "rue du Docteur-Trudel",
        "tertiary",
        [(2870, 1290), (2910, 800), (2880, -960), (2920, -2350), (2890, -3680)],
    ),
    Road(
        "boulevard de l'Aubépine",
        "secondary",
        [(3720, 3100), (3760, 2300), (3790, 1300), (3740, -960), (3790, -2350), (3740, -3680)],
    ),
    Road(
        "chemin des Hautes-Terres",
        "unclassified",
        [(4600, 1330), (4560, 800), (4610, -950), (4560, -2350), (4610, -3100)],
    ),
    Road("chemin de la Montagne", "tertiary", [(2860, -930), (3750, -1990), (4640, -3100)]),
    Road("avenue de la Pointe", "tertiary", [(-1280, 2340), (-1300, 3180)]),
    Road("rue Sainte-Célestine", "tertiary", [(600, 2300), (640, 3060)]),
    Road("rue des Chaloupiers", "tertiary", [(1480, 2380), (1500, 3140)]),
    Road("avenue Desgroseilliers", "tertiary", [(2830, 2240), (2850, 3080)]),
    Road("rang Saint-Blaise", "unclassified", [(640, 2960), (660, 3700)]),
    Road("rang Saint-Blaise Ouest", "unclassified", [(-2330, 3060), (-2380, 3640)]),
]

INTERCHANGES: list[str] = ["boulevard Augustin-Marsolais", "boulevard Marie-Courcelles"]
RAIL_TUNNEL = BOULEVARD

FOOTBRIDGES: list[Road] = [
    Road("Passerelle des Draveurs", "cycleway", [(1236, 1622), (1300, 1960), (1290, 2458)]),
    Road("Passerelle Churchfield", "footway", [(1250, -2320), (2110, -2300), (2938, -2310)]),
]

CITIES: list[tuple[str, int, tuple[float, float]]] = [
    ("Val-des-Érables", 105000, (-300.0, 900.0)),
    ("Mont-Aubépine", 42000, (3500.0, -900.0)),
    ("Port-Saint-Élie", 30000, (500.0, 2900.0)),
    ("Greenhaven", 21000, (400.0, -2600.0)),
    ("Saint-Fulgence-sur-l'Anse", 14000, (-4300.0, 0.0)),
]
ENGLISH = "Greenhaven"
SECTOR_POINT = (-300.0, -2600.0)
POCKET: Points = [(-1010, 1500), (-1010, 2180), (-480, 2120), (-480, 1500)]

PLACES: list[tuple[str, str, tuple[float, float]]] = [
    ("Vieux-Val", "neighbourhood", (-330.0, 1210.0)),
    ("Faubourg-des-Tanneurs", "neighbourhood", (830.0, 1250.0)),
    ("Les Draveurs", "neighbourhood", (-1700.0, 1330.0)),
    ("Coteau-du-Lavoir", "neighbourhood", (-2750.0, 1180.0)),
    ("Bas-Marsolais", "suburb", (-2750.0, -1300.0)),
    ("Cité-Jodoin", "neighbourhood", (-640.0, -1250.0)),
    ("Pointe-aux-Chaloupes", "suburb", (900.0, 2720.0)),
    ("Anse-Saint-Élie", "suburb", (-900.0, 2720.0)),
    ("Quartier-de-la-Crête", "suburb", (3330.0, -1830.0)),
    ("Aubépine-Nord", "suburb", (3280.0, 350.0)),
    ("Ainslie Village", "neighbourhood", (-320.0, -2060.0)),
    ("Churchfield", "neighbourhood", (820.0, -2760.0)),
    ("Rang-Double", "hamlet", (-4330.0, 300.0)),
]

# The first box that holds the centre of a face gives its style (west, south, east, north).
DISTRICTS: list[tuple[tuple[float, float, float, float], str]] = [
    ((-1150, 800, 420, 1900), "core"),
    ((420, 850, 1250, 1750), "faubourg"),
    ((-1010, -3700, 400, -1600), "sector"),
    ((-5400, -3000, -4400, 900), "rural"),
    ((4560, -3200, 5400, 900), "rural"),
    ((-5400, -3000, -3300, -1700), "rural"),
    ((3740, -3800, 5300, -3000), "rural"),
    ((2880, -2350, 3780, -1640), "park"),
    ((-2300, -950, -1080, -220), "park"),
    ((-1110, -220, 2900, 870), "industrial"),
    ((-2250, 870, -1100, 1900), "faubourg"),
    ((-3300, 870, -2250, 1900), "postwar"),
    ((-1090, -1640, 1260, -220), "postwar"),
    ((-1350, 2000, 700, 3100), "postwar"),
    ((400, -3700, 1260, -1640), "postwar"),
    ((2880, -960, 3760, 870), "postwar"),
    ((-3500, 3000, 5000, 3800), "rural"),
]
