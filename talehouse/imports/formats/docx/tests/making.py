"""Word documents made for tests, by hand: a zip of the few parts that matter."""

from __future__ import annotations

import zipfile
from io import BytesIO

TRANSITIONAL = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_KINDS = {
    "styles.xml": "styles",
    "numbering.xml": "numbering",
    "footnotes.xml": "footnotes",
    "endnotes.xml": "endnotes",
}

STYLES = """
<w:docDefaults><w:rPrDefault><w:rPr/></w:rPrDefault></w:docDefaults>
<w:style w:type="paragraph" w:default="1" w:styleId="Standard"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/><w:rPr><w:b/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="berschrift2"><w:name w:val="heading 2"/></w:style>
<w:style w:type="paragraph" w:styleId="Gedanke"><w:name w:val="Thought"/><w:rPr><w:i/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Mitte"><w:name w:val="Middle"/><w:basedOn
w:val="Gedanke"/><w:pPr><w:jc w:val="center"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Zitat"><w:name w:val="Quote"/></w:style>
<w:style w:type="paragraph" w:styleId="Kreis"><w:name w:val="Loop"/><w:basedOn w:val="Kreis"/></w:style>
<w:style w:type="paragraph" w:styleId="Verzeichnis1"><w:name w:val="toc 1"/></w:style>
<w:style w:type="character" w:styleId="Betont"><w:name w:val="Emphasis"/><w:rPr><w:i/></w:rPr></w:style>
"""
NUMBERING = """
<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl><w:lvl
w:ilvl="1"><w:numFmt w:val="decimal"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt
w:val="upperRoman"/><w:lvlText w:val="Chapter %1"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
"""


def run(text: str, properties: str = "") -> str:
    """One run."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def para(content: str = "", properties: str = "", style: str = "") -> str:
    """One paragraph; plain text becomes one run."""
    inner = content if content.startswith("<") or not content else run(content)
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{properties}</w:pPr>{inner}</w:p>"


def heading(text: str, level: int = 1) -> str:
    """A heading in a German Word: the style's id is not English, its name is."""
    return para(text, style=f"berschrift{level}")


def made(
    body: str, *, namespace: str = TRANSITIONAL, core: str = "", relations: str = "", **parts: str | bytes
) -> bytes:
    """A document with this body; `parts` are further parts of the folder `word/`, `_` for the dot
    (`styles_xml`)."""
    files: dict[str, str | bytes] = {name.replace("_", "."): content for name, content in parts.items()}
    files.setdefault("styles.xml", STYLES)
    files.setdefault("numbering.xml", NUMBERING)
    roots = {
        "styles.xml": "styles",
        "numbering.xml": "numbering",
        "footnotes.xml": "footnotes",
        "endnotes.xml": "endnotes",
    }
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "_rels/.rels",
            _relations(
                [("officeDocument", "word/document.xml"), ("metadata/core-properties", "docProps/core.xml")]
            ),
        )
        kinds = [(kind, name) for name, kind in _KINDS.items() if name in files]
        archive.writestr("word/_rels/document.xml.rels", _relations(kinds, relations))
        archive.writestr("word/document.xml", _root("document", f"<w:body>{body}</w:body>", namespace))
        for name, content in files.items():
            archive.writestr(
                f"word/{name}",
                _root(roots[name], content, namespace) if isinstance(content, str) else content,
            )
        if core:
            archive.writestr("docProps/core.xml", _core(core))
    return stream.getvalue()


def _root(name: str, content: str, namespace: str) -> str:
    return (
        f'<?xml version="1.0"?><w:{name} xmlns:w="{namespace}" xmlns:r="{_RELATIONS}" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        f'xmlns:v="urn:schemas-microsoft-com:vml">{content}</w:{name}>'
    )


def _relations(kinds: list[tuple[str, str]], more: str = "") -> str:
    listed = "".join(
        f'<Relationship Id="k{at}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(kinds)
    )
    return f'<Relationships xmlns="{_PACKAGE}">{listed}{more}</Relationships>'


def relation(identifier: str, kind: str, target: str, *, external: bool = False) -> str:
    """One relationship of the document."""
    mode = ' TargetMode="External"' if external else ""
    return f'<Relationship Id="{identifier}" Type="{_RELATIONS}/{kind}" Target="{target}"{mode}/>'


def _core(content: str) -> str:
    return (
        f'<cp:coreProperties xmlns:cp="{_PACKAGE.removesuffix("relationships")}metadata/core-properties" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/">{content}</cp:coreProperties>'
    )
