"""Bundles: what is joined, what is refused, and what collecting leaves on the disk."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from talehouse.lib import statics

ROOMS = Path(statics.__file__).parents[1]


@pytest.mark.parametrize(
    ("css", "short"),
    [
        ("a { color : red; }\n\nb{ }", "a{color : red;}b{}"),
        ("/* why */ a{x:y}", "a{x:y}"),
        ('a::before { content: "  /* kept */ {  " }', 'a::before{content: "  /* kept */ {  "}'),
        ("a :hover{}", "a :hover{}"),
        ("p { inline-size: calc(1px + 2px) }", "p{inline-size: calc(1px + 2px)}"),
        ("a,\n b{margin:0, 1}", "a,b{margin:0,1}"),
        (
            "@media (min-width: 2em) and (color) { a { b: c } }",
            "@media (min-width: 2em) and (color){a{b: c}}",
        ),
    ],
)
def test_only_needless_space_and_comments_go(css: str, short: str) -> None:
    assert statics.minify_css(css) == short


@given(st.text(alphabet="ab :;{}\"'\\/*\n,+", max_size=80))
def test_shortening_twice_changes_nothing_more(css: str) -> None:
    once = statics.minify_css(
        "a{}" + css.replace("/*", "").replace("*/", "").replace('"', "").replace("'", "")
    )
    assert statics.minify_css(once) == once


def test_each_module_gets_a_block_of_its_own() -> None:
    joined = statics.join_js({"a.js": "const x = 1;\n", "b.js": "const x = 2;"})
    assert joined == "{\nconst x = 1;\n}\n{\nconst x = 2;\n}\n"


@pytest.mark.parametrize("script", ["import x from './x.js';", "\n  export const y = 1;"])
def test_a_module_that_needs_another_is_refused(script: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"room/a\.js imports or exports"):
        statics.join("x.js", {"room/a.js": script})


@pytest.mark.parametrize("url", ["url(x.png)", "url( '../x.png')", 'url("x.svg")'])
def test_a_relative_address_in_a_style_sheet_is_refused(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"room/a\.css has a relative url"):
        statics.join("x.css", {"room/a.css": f"a{{background:{url}}}"})


def test_absolute_and_data_addresses_may_stand() -> None:
    css = "a{b:url(data:image/svg+xml,x);c:url(/static/y.png);d:url('#z')}"
    assert statics.join("x.css", {"a.css": css}) == css + "\n"


def test_every_source_of_our_bundles_exists_and_joins() -> None:
    for name, sources in statics.BUNDLES.items():
        texts = {path: _source(path).read_text(encoding="utf-8") for path in sources}
        joined = statics.join(name, texts)
        assert all(part.strip() in joined for part in texts.values()) or name.endswith(".css")
        assert joined.count("{") == joined.count("}")


def _source(path: str) -> Path:
    found = [room / path for room in ROOMS.glob("**/static") if (room / path).is_file()]
    assert len(found) == 1, f"{path} must exist exactly once"
    return found[0]


def _collected(tmp_path: Path, bundles: dict[str, list[str]]) -> statics.BundledStorage:
    (tmp_path / "room").mkdir()
    (tmp_path / "room/a.css").write_text("/* a */\nhtml { color: red; }\n" * 40, encoding="utf-8")
    (tmp_path / "room/b.css").write_text("p { margin: 0; }\n", encoding="utf-8")
    with override_settings(STATIC_BUNDLES=bundles):
        storage = statics.BundledStorage(location=str(tmp_path), base_url="/static/")
        paths = {path: (storage, path) for path in ("room/a.css", "room/b.css")}
        for _name, _new, result in storage.post_process(paths):
            assert not isinstance(result, Exception)
    return storage


def test_collecting_writes_a_hashed_and_compressed_bundle(tmp_path: Path) -> None:
    storage = _collected(tmp_path, {"room.css": ["room/a.css", "room/b.css"]})
    hashed = storage.stored_name("bundles/room.css")
    assert hashed != "bundles/room.css"
    css = (tmp_path / hashed).read_text(encoding="utf-8")
    assert css == "html{color: red;}" * 40 + "\np{margin: 0;}\n"
    assert (tmp_path / f"{hashed}.gz").exists()
    assert (tmp_path / f"{hashed}.br").exists()
    assert storage.url("bundles/room.css") == f"/static/{hashed}"


def test_a_missing_source_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"bundle room\.css names room/none\.css"):
        _collected(tmp_path, {"room.css": ["room/none.css"]})
