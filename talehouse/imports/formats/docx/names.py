"""XML names of Office Open XML, in lxml's `{namespace}` form, and strict names with the transitional ones
for them."""

from __future__ import annotations

_SCHEMAS = "http://schemas.openxmlformats.org"
_PURL = "http://purl.oclc.org/ooxml"

W = f"{{{_SCHEMAS}/wordprocessingml/2006/main}}"
R = f"{{{_SCHEMAS}/officeDocument/2006/relationships}}"
REL = f"{{{_SCHEMAS}/package/2006/relationships}}"
A = f"{{{_SCHEMAS}/drawingml/2006/main}}"
WP = f"{{{_SCHEMAS}/drawingml/2006/wordprocessingDrawing}}"
M = f"{{{_SCHEMAS}/officeDocument/2006/math}}"
CORE = f"{{{_SCHEMAS}/package/2006/metadata/core-properties}}"
DC = "{http://purl.org/dc/elements/1.1/}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
VML = "{urn:schemas-microsoft-com:vml}"

STRICT = tuple(
    (f"{_PURL}/{strict}".encode(), f"{_SCHEMAS}/{transitional}".encode())
    for strict, transitional in (
        ("wordprocessingml/main", "wordprocessingml/2006/main"),
        ("officeDocument/relationships", "officeDocument/2006/relationships"),
        ("drawingml/main", "drawingml/2006/main"),
        ("drawingml/wordprocessingDrawing", "drawingml/2006/wordprocessingDrawing"),
        ("officeDocument/math", "officeDocument/2006/math"),
    )
)
