"""Invented street and place names, mostly French, some English."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.random import Generator


def words(text: str) -> list[str]:
    """Split a list written as one text.

    Parameters
    ----------
    text : str
        Items set apart by ``|`` where there is one, else by spaces.

    Returns
    -------
    list of str
        The items.
    """
    return text.split("|" if "|" in text else None)


FIRST = words(
    "Adélard Aglaé Alphée Anatole Aurèle Blandine Céleste Clovis Cyprien Delphine Édouard Élodie "
    "Émérentienne Ernestine Étienne Évangéline Félix Fernande Georgiana Hélène Hercule Honoré "
    "Irénée Isaïe Joséphine Laurette Léonidas Marie-Anne Mélanie Napoléon Ovide Philomène "
    "Raphaël Rosalie Solange Théophile Ursule Victorin Wilfrid Zéphirin"
)
LAST = words(
    "Archambault-Roy Beauchemin Bellerose Bienvenue Boisclair Brisebois Cadorette Charlebois "
    "Choquette Courtemanche Desrosiers Duchesneau Dufresne Falardeau Francœur Gaudreault "
    "Grandmaison Guèvremont Hébert-Lamy Jolicœur Labrèche Ladouceur Lafrenière Lajeunesse "
    "Larivée Lavigueur Létourneau Malenfant Montpetit Ouimet Painchaud Patenaude Prud'homme "
    "Quévillon Robidoux Sanschagrin Tranchemontagne Vadeboncœur Vaillancourt Villemaire"
)
SAINTS = words(
    "Adèle Amable Anselme Barnabé Basile Cécile Clotilde Cunégonde Éloi Eusèbe Flavien Gédéon "
    "Hermas Hyacinthe Isidore Jérôme Ludger Malo Narcisse Odilon Polycarpe Rémi Sulpice Télesphore"
)
FEMININE = {"Adèle", "Cécile", "Clotilde", "Cunégonde"}
NATURE = words(
    "des Érables|des Bouleaux|des Épinettes|du Tilleul|des Ormes|du Merisier|de l'Aulne|"
    "des Mélèzes|du Noisetier|des Cèdres|du Frêne|des Peupliers|du Chêne-Rouge|des Pruches|"
    "de l'Orme-Fendu|du Sorbier|des Pommiers|des Lilas|des Pivoines|de la Verge-d'Or|"
    "des Iris|des Jonquilles|du Muguet|des Fougères|des Asters|de l'Ancolie|des Trilles|"
    "du Bruant|des Mésanges|de l'Hirondelle|du Héron|des Sarcelles|du Pic-Bois|des Outardes|"
    "du Grand-Duc|des Alouettes|de l'Oriole|du Geai-Bleu|des Sittelles|du Colibri|"
    "du Ruisseau|de la Source|des Cascades|du Vallon|de la Colline|des Prés|du Sous-Bois|"
    "de l'Orée|de la Clairière|des Champs|du Verger|de la Grange|du Moulin|de la Sucrerie|"
    "du Forgeron|des Tisserandes|du Tonnelier|des Potiers|du Meunier|de l'Imprimeur|"
    "des Cordiers|du Sabotier|de la Couturière|des Mariniers|du Passeur|de l'Éclusier|"
    "du Topaze|de l'Améthyste|du Grenat|de l'Opale|du Quartz|du Jaspe|"
    "de Gaspé|de Brouage|de Honfleur|de Saintonge|du Perche|de l'Aunis|de Bayonne|de Dinan|"
    "de Neptune|de Cassiopée|d'Orion|de Véga|d'Altaïr|de Pégase|"
    "de la Sonate|du Menuet|de l'Opéra|des Violons|du Hautbois|de la Cantate"
)
TYPES = words("rue rue rue rue rue avenue croissant place terrasse impasse")
ENGLISH = words(
    "Maple Oakfield Birchwood Elmhurst Cedarvale Hawthorn Springdale Queensbury Kingsmere "
    "Fairmount Glenmore Hillcrest Parkview Meadowbrook Westbrook Eastgate Thornton Campbell "
    "Mackay Dunbar Lindsay Murray Prescott Wentworth Balfour Cromarty Dalhousie Ainslie "
    "Regent Devonshire Norfolk Sussex Windermere Ashdown Coronation Empire Victoria Albert "
    "Duke Earl Margaret Louise Beatrice Harold Walter Gladstone Pelham Cobham Selkirk Tweed "
    "Northcliffe St-Andrew's Bishop's Miller's Larkspur Primrose Foxglove Heather Thistle"
)
ENGLISH_TYPES = words("Street Street Street Avenue Avenue Crescent Road Drive Place Court")
SPECIAL = words(
    "rue de l'Église|Allée « Les Bouleaux »|1re Avenue|2e Avenue|3e Avenue|"
    "rue du Vieux-Marché|ruelle d'En-Haut|rue de l'Hôtel-de-Ville|rue L'Heureux|"
    "rue Saint-Jean-Porte-Latine|côte à Bédard|rue du 22-Mars|rue N.-D.-du-Bon-Port"
)


def french(rng: Generator) -> Iterator[str]:
    """Yield French names in a shuffled order, each once.

    Parameters
    ----------
    rng : Generator
        Source of randomness.

    Yields
    ------
    str
        A name such as ``rue Ovide-Larivée``.
    """
    saints = [f"Saint{'e' if name in FEMININE else ''}-{name}" for name in SAINTS]
    pool = [*NATURE, *saints, *[f"{first}-{last}" for first in FIRST[::2] for last in LAST]]
    pool += [last for last in LAST if "-" not in last]
    yield from _shuffled([*pool, *NATURE, *saints], TYPES, rng, before=True)


def english(rng: Generator) -> Iterator[str]:
    """Yield English names in a shuffled order, each once.

    Parameters
    ----------
    rng : Generator
        Source of randomness.

    Yields
    ------
    str
        A name such as ``Maple Street``.
    """
    yield from _shuffled(ENGLISH * 5, ENGLISH_TYPES, rng, before=False)


def _shuffled(pool: list[str], types: list[str], rng: Generator, *, before: bool) -> Iterator[str]:
    used: set[str] = set()
    for k in rng.permutation(len(pool)):
        kind = types[int(rng.integers(len(types)))]
        name = f"{kind} {pool[k]}" if before else f"{pool[k]} {kind}"
        if name not in used:
            used.add(name)
            yield name
    count = 4
    while True:
        yield f"{count}e {'Rue' if before else 'Avenue'}"
        count += 1
