"""Keys: one page has one key, and nobody can fill the store with junk."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talehouse.pages.address import LONGEST_QUERY, Hosts, QueryRules, is_usual, key_of
from talehouse.pages.variant import Variant

RULES = QueryRules({"/browse/": ("sort", "tag"), "/browse/new/": ("after",)})


@pytest.mark.parametrize(
    ("path", "query", "canonical"),
    [
        ("/parts/1-a/", "utm_source=x&fbclid=y", ""),
        ("/browse/", "utm_source=x&sort=new", "sort=new"),
        ("/browse/", "tag=b&sort=new&tag=a", "sort=new&tag=a&tag=b"),
        ("/browse/", "sort=&tag=", ""),
        ("/browse/new/", "sort=new&after=3", "after=3"),
        ("/browse/", "tag=%C3%BC", "tag=%C3%BC"),
        ("/browse/", "&".join(f"x{n}=1" for n in range(100)), None),
        ("/browse/", "tag=" + "a" * LONGEST_QUERY, None),
        ("/browse/", "tag=%ff", None),
    ],
)
def test_only_allowed_parameters_count(path: str, query: str, canonical: str | None) -> None:
    assert RULES.canonical(path, query) == canonical


@given(
    st.lists(st.tuples(st.sampled_from(["sort", "tag", "junk"]), st.text("abc&=+ü", min_size=1)), max_size=8)
)
def test_the_canonical_query_says_the_same_whatever_the_order(pairs: list[tuple[str, str]]) -> None:
    from urllib.parse import urlencode  # noqa: PLC0415

    canonical = RULES.canonical("/browse/", urlencode(pairs))
    assert canonical == RULES.canonical("/browse/", urlencode(pairs[::-1]))
    assert canonical is not None
    assert sorted(parse_qsl(canonical)) == sorted(pair for pair in pairs if pair[0] != "junk")
    assert RULES.canonical("/browse/", canonical) == canonical


@pytest.mark.parametrize(
    "path", ["/", "/parts/12-a-tale/", "/tags/genre/%C3%BC/", "/people/a.b_c~d/", "/a%20b/"]
)
def test_usual_paths(path: str) -> None:
    assert is_usual(path)


@pytest.mark.parametrize(
    "path",
    [
        "//",
        "/a//b",
        "/a/../b",
        "/a/.",
        "/%61",
        "/%c3%bc",
        "/a%2Fb",
        "/a%",
        "/%7E",
        "/a\\b",
        "/ü",
        "x",
        "/%2E",
    ],
)
def test_unusual_paths_are_never_kept(path: str) -> None:
    assert not is_usual(path)


def test_the_key_divides_variants() -> None:
    assert key_of("/a/", "x=1", Variant("en", "teen")) == ("/a/?x=1", "en", "teen")
    assert key_of("/a/", "", Variant("es", "teen")) != key_of("/a/", "", Variant("en", "teen"))
    assert key_of("/a/", "", Variant("en", "teen", True)) != key_of("/a/", "", Variant("en", "teen"))


@pytest.mark.parametrize(
    "host", ["tales.example", "TALES.example:8000", "a.b.wild.example", "wild.example", "[::1]:80"]
)
def test_hosts_that_are_ours(host: str) -> None:
    assert host in Hosts(["tales.example", ".wild.example", "[::1]"])


@pytest.mark.parametrize(
    "host",
    ["", None, "other.example", "tales.example.evil", "evilwild.example", "tales.example@x", "a b", "x:y:z"],
)
def test_hosts_that_are_not(host: str | None) -> None:
    assert host not in Hosts(["tales.example", ".wild.example", "[::1]"])


def test_a_star_takes_every_well_formed_host() -> None:
    assert "anything.example:1" in Hosts(["*"])
    assert "<script>" not in Hosts(["*"])
