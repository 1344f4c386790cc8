"""Cutting a page at its holes and splicing it: the gzip is exactly the page with the holes filled."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talehouse.pages.holes import marked
from talehouse.pages.pieces import Pieces

HTML = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=200),
    st.sampled_from(["<p>one</p>" * 300, "<!-- x -->", "<!--/hole", "--><!--", "\x00" * 70000]),
).filter(lambda text: "<!--hole:" not in text and "<!--/hole-->" not in text)
NAMES = st.sampled_from(["me", "my_vote", "place2"])
ARGUMENTS = st.from_regex(r"[A-Za-z0-9_-]{0,12}", fullmatch=True)


@st.composite
def pages(draw: st.DrawFn) -> tuple[list[str], list[tuple[str, str, str]], list[bytes]]:
    """Static pieces, holes (name, argument, default) and what shall stand in the holes."""
    holes = draw(st.lists(st.tuples(NAMES, ARGUMENTS, HTML), max_size=5))
    size = len(holes)
    statics = draw(st.lists(HTML, min_size=size + 1, max_size=size + 1))
    contents = draw(st.lists(st.binary(max_size=400), min_size=size, max_size=size))
    return statics, holes, contents


def render(statics: list[str], holes: list[tuple[str, str, str]]) -> bytes:
    """The page as a template writes it."""
    drawn = [marked(*hole) for hole in holes]
    return "".join(a + b for a, b in zip(statics, [*drawn, ""], strict=True)).encode()


@given(pages())
def test_a_page_is_cut_at_its_holes(page: tuple[list[str], list[tuple[str, str, str]], list[bytes]]) -> None:
    statics, holes, _ = page
    pieces = Pieces.cut(render(statics, holes))
    assert [piece.decode() for piece in pieces.statics] == statics
    assert [(hole.name, hole.argument, hole.default.decode()) for hole in pieces.holes] == holes
    visitors = "".join(a + b for a, b in zip(statics, [*(hole[2] for hole in holes), ""], strict=True))
    assert pieces.plain() == visitors.encode()


@given(pages())
def test_the_spliced_gzip_is_the_filled_page(
    page: tuple[list[str], list[tuple[str, str, str]], list[bytes]],
) -> None:
    statics, holes, contents = page
    pieces = Pieces.cut(render(statics, holes))
    spliced = pieces.gzip(pieces.deflated(), contents)
    expected = b"".join(a.encode() + b for a, b in zip(statics, [*contents, b""], strict=True))
    assert pieces.plain(contents) == expected
    assert gzip.decompress(spliced) == expected
    reader = zlib.decompressobj(zlib.MAX_WBITS | 16)
    assert reader.decompress(spliced) == expected
    assert reader.eof
    assert reader.unused_data == b""


def test_contents_must_match_the_holes() -> None:
    pieces = Pieces.cut(b"no holes")
    with pytest.raises(ValueError, match="0 holes"):
        pieces.gzip(pieces.deflated(), [b"x"])


@pytest.mark.parametrize("argument", ["a b", "-->", "ü", "a:b", "x\n"])
def test_a_holes_argument_cannot_break_out(argument: str) -> None:
    with pytest.raises(ValueError, match="letters, digits"):
        marked("me", argument, "")
