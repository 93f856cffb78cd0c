"""Office files of the same bytes for the same plan, that tell nothing of who wrote them where."""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape

__all__ = ["reproducible_zip"]

_CREATOR = "reso_geo"
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The earliest that a ZIP file can tell."""
_CORE = "docProps/core.xml"
_APP = "docProps/app.xml"
_APP_XML = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties xmlns="http://schemas.'
    'openxmlformats.org/officeDocument/2006/extended-properties"><Application>reso_geo'
    "</Application></Properties>"
)


def reproducible_zip(data: bytes, title: str, date: str, lang: str) -> bytes:
    """Assign an Office file fixed properties and fixed times.

    Parameters
    ----------
    data
        An XLSX or DOCX file.
    title
        Of the document.
    date
        Day that it is dated by, YYYY-MM-DD; empty where not known.
    lang
        ``fr`` or ``en``.

    Returns
    -------
    bytes
        With its parts in the same order, dated 1980; author ``reso_geo``, made and changed on that
        day.
    """
    fixed = {_CORE: _core(title, date, lang), _APP: _APP_XML}
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            part = zipfile.ZipInfo(name, _FIRST_DAY)
            part.compress_type = zipfile.ZIP_DEFLATED
            part.external_attr = 0o600 << 16
            part.create_system = 0
            new.writestr(part, fixed.get(name) or old.read(name))
    return made.getvalue()


def _core(title: str, date: str, lang: str) -> str:
    day = f'xsi:type="dcterms:W3CDTF">{date[:10]}T00:00:00Z'
    times = (
        f"<dcterms:created {day}</dcterms:created><dcterms:modified {day}</dcterms:modified>"
        if date
        else ""
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
        'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(title)}</dc:title><dc:creator>{_CREATOR}</dc:creator>"
        f"<cp:lastModifiedBy>{_CREATOR}</cp:lastModifiedBy>{times}"
        f"<dc:language>{lang}-CA</dc:language></cp:coreProperties>"
    )
