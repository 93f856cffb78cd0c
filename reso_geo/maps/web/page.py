"""The page: a folium map that carries all it needs, sealed by a content security policy.

Names come from anybody: they reach the page only as `safe_json`, and only its script, as text,
puts them where people read them.
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING, Any

import folium
from branca.element import Element, Figure, Link, MacroElement
from folium.template import Template

from reso_geo.atomic_files import data_file
from reso_geo.errors import ResoGeoError
from reso_geo.i18n import Phrase, say

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["PlanMap"]

_POLICY_HERE = '<meta name="policy">'
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_CSS_IMAGE = re.compile(r"url\((images/[\w.-]+)\)")
_SCRIPTS = ("plan_data", "plan_draw", "plan_panel", "plan_map")
_LOADED = ("http:", "https:", "//")


class _Literal(Element):
    """Code that stands in the page as it is: a value of the template, never a template."""

    _template = Template("<{{ this.tag }}>{{ this.code }}</{{ this.tag }}>")

    def __init__(self, tag: str, code: str) -> None:
        super().__init__()
        self.tag = tag
        self.code = code


class _MapPage(Figure):
    """The document around the map."""

    _template = Template(
        "<!DOCTYPE html>\n"
        '<html lang="{{ this.lang }}">\n'
        "<head>\n"
        "{{ this.header.render(**kwargs) }}\n"
        "</head>\n"
        "<body>\n"
        "{{ this.html.render(**kwargs) }}\n"
        "<script>\n"
        "{{ this.script.render(**kwargs) }}\n"
        "</script>\n"
        "</body>\n"
        "</html>\n"
    )

    def __init__(self, lang: str, title: str) -> None:
        super().__init__(height="640px", title=title)
        self.lang = lang
        self.header.add_child(_Head(title), name="head")
        self.header.add_child(_Literal("style", _leaflet_css()), name="leaflet_css")
        self.header.add_child(_Literal("style", _asset("map/plan_map.css")), name="plan_css")
        self.header.add_child(_Literal("script", _leaflet_js()), name="leaflet_js")
        for name in _SCRIPTS:
            self.header.add_child(_Literal("script", _asset(f"map/{name}.js")), name=name)

    def render(self, **kwargs: object) -> str:
        """Return the page; sealed, unless something added to the map comes from elsewhere."""
        page: str = super().render(**kwargs)
        policy = "" if self.remote() else _policy(page)
        return page.replace(_POLICY_HERE, policy, 1)

    def remote(self) -> list[str]:
        """List the addresses that the map would load from, once it is rendered."""
        header = self.header._children.values()  # noqa: SLF001  # branca has no other way
        links = [child.url for child in header if isinstance(child, Link)]
        own = [
            address
            for child in _below(self)
            for address in (getattr(child, "url", ""), getattr(child, "tiles", ""))
        ]
        found = [a for a in (*links, *own) if isinstance(a, str) and a.startswith(_LOADED)]
        return list(dict.fromkeys(found))


class _Head(Element):
    """What stands in every page's head; the policy before all that it governs."""

    _template = Template(
        _POLICY_HERE + "\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<link rel="icon" href="data:,">\n'
        "<title>{{ this.title|e }}</title>"
    )

    def __init__(self, title: str) -> None:
        super().__init__()
        self.title = title


class PlanMap(folium.Map):
    """A folium map of a plan, with its panel, that loads nothing from anywhere.

    Parameters
    ----------
    data
        From `reso_geo.maps.web.payload.content`, as `safe_json` writes it.
    lang
        ``fr`` or ``en``.
    title
        Of the page.

    Notes
    -----
    What needs only Leaflet can be added (GeoJson, PolyLine, CircleMarker, Tooltip, FeatureGroup,
    LayerControl). What folium draws with other libraries (Marker, Popup, plugins) brings links to
    them, as on any folium map; the page then stands no more alone, and `save_map` refuses it.
    Texts that are added by hand are folium's business: it evaluates them as templates.
    """

    _template = Template(
        "{% macro html(this, kwargs) %}"
        '<div class="folium-map" id="{{ this.get_name() }}"></div>'
        "{% endmacro %}"
        "{% macro script(this, kwargs) %}"
        "var {{ this.get_name() }} = "
        "L.map({{ this.get_name()|tojson }}, {{ this.options|tojavascript }});"
        "{% endmacro %}"
    )

    def __init__(self, data: str, lang: str, title: str) -> None:
        self._page = _MapPage(lang, title)
        self._said = f"{title} ({lang})"
        super().__init__(
            location=(0.0, 0.0),
            tiles=None,
            zoom_control=False,
            prefer_canvas=True,
            attribution_control=False,
            zoom_snap=0.25,
        )
        # Lists of its own, empty: those of folium's class link to other hosts, and are shared.
        self.default_js, self.default_css = [], []
        self._id = "plan"
        self._page.add_child(self)
        self.add_child(_PlanLayer(data, say(lang, "maps.no_script")))

    def __repr__(self) -> str:
        """Return its title and language."""
        return f"<PlanMap: {self._said}>"

    def render(self, **kwargs: object) -> Any:  # noqa: ANN401  # text or nothing in folium
        """Render the map into its page, with folium's own libraries if an added element needs them.

        Parameters
        ----------
        **kwargs
            What branca hands down when it renders a figure.

        Returns
        -------
        str or None
            What folium's own map gives.
        """
        needy = (folium.Popup, folium.Icon)
        # Circles and the like are markers to folium, but want nothing more than Leaflet.
        if any(type(c) is folium.Marker or isinstance(c, needy) for c in _below(self)):
            stock = folium.Map
            self.default_js = [link for link in stock.default_js if link[0] != "leaflet"]
            self.default_css = list(stock.default_css)
        return super().render(**kwargs)  # type: ignore[no-untyped-call]

    def remote(self) -> list[str]:
        """List the addresses that the saved page would load from; empty when it stands alone."""
        self._page.render()
        return self._page.remote()

    def page(self) -> str:
        """Return the whole page, as it is saved."""
        return self._page.render()


class _PlanLayer(MacroElement):
    """The plan's data, once, and the call that draws it on the map and fills the panel."""

    _template = Template(
        "{% macro html(this, kwargs) %}"
        '<main class="panel" id="panel" tabindex="-1">'
        "<noscript>{{ this.no_script }}</noscript></main>\n"
        '<script type="application/json" id="plan-data">{{ this.data }}</script>'
        "{% endmacro %}"
        "{% macro script(this, kwargs) %}"
        "showPlan({{ this._parent.get_name() }}, "
        'JSON.parse(document.getElementById("plan-data").textContent), '
        'document.getElementById("panel"));'
        "{% endmacro %}"
    )

    def __init__(self, data: str, no_script: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name, self._id = "PlanLayer", "plan"
        self.data = data
        self.no_script = no_script


def _below(element: Element) -> list[Element]:
    """List all that was added to an element, and to that."""
    children = list(element._children.values())  # noqa: SLF001  # branca has no other way
    return children + [deeper for child in children for deeper in _below(child)]


def _policy(page: str) -> str:
    """Allow the page its own scripts, by their hashes, and nothing else that runs or loads."""
    hashes = [
        base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
        for code in _SCRIPT.findall(page)
    ]
    scripts = " ".join(f"'sha256-{digest}'" for digest in dict.fromkeys(hashes))
    rules = (
        "default-src 'none'",
        f"script-src {scripts}",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    )
    return f'<meta http-equiv="Content-Security-Policy" content="{"; ".join(rules)}">'


def _asset(name: str) -> str:
    return data_file(name).read_text(encoding="utf-8")


def _leaflet(name: str) -> Path:
    path = data_file(f"leaflet/{name}")
    if not path.is_file():
        raise ResoGeoError(Phrase("maps.no_leaflet", {"name": f"leaflet/{name}"}))
    return path


def _leaflet_js() -> str:
    """Read Leaflet with its licence, without the line that has browsers ask for a source map."""
    code = _leaflet("leaflet.js").read_text(encoding="utf-8").split("//# sourceMappingURL=")[0]
    notice = _leaflet("LICENSE").read_text(encoding="utf-8")
    return f"/* @license\n{notice}*/\n{code.rstrip()}\n"


def _leaflet_css() -> str:
    """Read Leaflet's style sheet with its few images inside."""

    def embedded(found: re.Match[str]) -> str:
        image = base64.b64encode(_leaflet(found[1]).read_bytes()).decode()
        return f"url(data:image/png;base64,{image})"

    return _CSS_IMAGE.sub(embedded, _leaflet("leaflet.css").read_text(encoding="utf-8"))
