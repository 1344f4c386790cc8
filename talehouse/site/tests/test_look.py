"""How numbers, dates, languages and counters are written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from talehouse.accounts.models import PenName
from talehouse.site.templatetags import look

COUNTED = SimpleNamespace(reads=12_345, votes=1, comments=0, elsewhere=None)


@pytest.fixture(autouse=True)
def _english() -> object:
    with override("en"):
        yield


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0"),
        (999, "999"),
        (1_347, "1,347"),
        (9_999, "9,999"),
        (10_000, "10K"),
        (12_345, "12.3K"),
        (99_999, "99.9K"),
        (340_400, "340K"),
        (999_999, "999K"),
        (1_000_000, "1M"),
        (1_250_000, "1.2M"),
        (123_456_789, "123M"),
    ],
)
def test_numbers_are_short_from_ten_thousand_on(count: int, shown: str) -> None:
    assert look.compact(count) == shown


@given(st.integers(min_value=0, max_value=10**9))
def test_a_short_number_never_says_more_than_is_true(count: int) -> None:
    with override("en"):
        shown = look.compact(count).replace(",", "")
    unit = {"K": 1_000, "M": 1_000_000}.get(shown[-1], 1)
    assert float(shown.rstrip("KM")) * unit <= count + 1e-3


def test_a_short_number_carries_its_full_form() -> None:
    assert look.number(12_345) == '<data value="12345" title="12,345">12.3K</data>'
    assert look.number(1_347) == "1,347"


def test_separators_are_those_of_the_language() -> None:
    with override("de"):
        assert look.full(1_234_567) == "1.234.567"
        assert look.compact(12_345).startswith("12,3")


@pytest.mark.parametrize(
    ("count", "kind", "shown"),
    [(1, "part", "1 part"), (2, "part", "2 parts"), (1_800, "word", "1,800 words"), (1, "story", "1 story")],
)
def test_amounts_are_said_in_words(count: int, kind: str, shown: str) -> None:
    assert look.amount(count, kind) == shown


def test_an_amount_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError, match="no phrase for 'lamp'"):
        look.amount(1, "lamp")


def test_counters_say_the_full_number_to_those_who_listen() -> None:
    html = look.counts(COUNTED)
    assert '<span class="n">12.3K</span>' in html
    assert '<span class="vh">12,345 reads</span>' in html
    assert '<span class="vh">1 vote</span>' in html
    assert '<span class="vh">0 comments</span>' in html


def test_counters_are_taken_from_a_dict_too() -> None:
    assert look.counts(vars(COUNTED)) == look.counts(COUNTED)


def test_numbers_from_elsewhere_stand_apart() -> None:
    brought = SimpleNamespace(reads=347, votes=0, comments=0)
    html = look.counts(SimpleNamespace(reads=2, votes=0, comments=0, elsewhere=brought))
    assert "347 reads elsewhere" in html
    assert "2 reads" in html
    assert "elsewhere" not in look.counts(COUNTED)


@pytest.mark.parametrize(
    ("brought", "said"),
    [
        ((6500, 1200, 347), "6,500 reads, 1,200 votes, 347 comments elsewhere"),
        ((0, 1, 0), "1 vote elsewhere"),
        ((0, 0, 2), "2 comments elsewhere"),
        ((1, 0, 1), "1 read, 1 comment elsewhere"),
        ((0, 0, 0), ""),
    ],
)
def test_every_number_from_elsewhere_that_is_not_zero_is_said(
    brought: tuple[int, int, int], said: str
) -> None:
    told = dict(zip(("reads", "votes", "comments"), brought, strict=True))
    assert look.elsewhere(brought) == said
    html = look.counts({"reads": 0, "votes": 0, "comments": 0, "elsewhere": told})
    assert (f"<span>{said}</span>" in html) == bool(said) == ('class="elsewhere"' in html)
    assert look.elsewhere(None) == ""


def test_a_day_is_words_with_its_utc_time() -> None:
    evening = datetime(2026, 11, 22, 23, 30, tzinfo=timezone(timedelta(hours=-2)))
    assert look.when(evening) == '<time datetime="2026-11-23T01:30:00Z">Nov. 23, 2026</time>'
    assert look.when(None) == ""
    assert "2026-01-02T03:04:05Z" in look.when(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("en", "English"),
        ("ar", "Arabic"),
        ("en-GB", "British English"),
        ("zh-CN", "Simplified Chinese"),
        ("x-klingon", "x-klingon"),
    ],
)
def test_languages_have_names(tag: str, name: str) -> None:
    assert look.language_name(tag) == name


LONG = "by the time the moon stood over the mill they had told each other nearly everything there was. "


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (f'<p id="b-1">Nobody {LONG}</p>', True),
        (f'<p id="b-1"><em>Никто</em> {LONG}</p>', True),
        (f"<p>Ωδή {LONG}</p>", True),
        (f"<p>“Set it down,” {LONG}</p>", False),
        ("<p>Short.</p>", False),
        (f"<h2>One</h2><p>Nobody {LONG}</p>", False),
        ("<p>" + "灯台の下の家には時計がひとつもなかった。" * 6 + "</p>", False),
        ("<p>" + "في المساء الأول من أيلول فتحت سلمى " * 6 + "</p>", False),
        (f"<p>1871 was the year. {LONG}</p>", False),
        ("", False),
    ],
)
def test_only_scripts_that_have_it_open_with_a_large_letter(html: str, expected: bool) -> None:
    assert look.has_drop_cap(html) is expected


@given(st.text(max_size=300))
def test_any_text_is_looked_at_without_an_error(text: str) -> None:
    assert look.has_drop_cap(text) in {True, False}
    assert look.has_drop_cap(f"<p>{text}</p>") in {True, False}


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Chapter 3: The Gate", True),
        ("CHAPTER IV. The Gate", True),
        ("12", True),
        ("2. Quick Water", True),
        ("XI", True),
        ("Part II — Home", True),
        ("Quick Water", False),
        ("I Am the Weir", False),
        ("In the year 1871", False),
        ("Civil Weather", False),
        ("", False),
    ],
)
def test_a_title_that_counts_needs_no_number_above_it(title: str, expected: bool) -> None:
    assert look.says_its_number(title) is expected


def test_a_small_card_shows_the_first_genre() -> None:
    tags = [
        SimpleNamespace(kind=kind, name=name) for kind, name in (("fandom", "Sagas"), ("genre", "Mystery"))
    ]
    assert look.leading_tag(tags) == "Mystery"
    assert look.leading_tag(tags[:1]) == ""


def test_icons_are_decoration_unless_they_have_a_name() -> None:
    assert 'aria-hidden="true"' in look.icon("reads")
    assert 'role="img" aria-label="good &amp; well"' in look.icon("ok", "good & well")
    assert "flip" in look.icon("forward")


class Asked(forms.Form):
    """Every kind of field that `_field.html` draws with its label before it."""

    title = forms.CharField()
    note = forms.CharField(required=False)
    language = forms.ChoiceField(choices=[("", "–"), ("en", "English")])
    rating = forms.ChoiceField(choices=[("teen", "Teen")], required=False)
    kind = forms.ChoiceField(choices=[("", "–"), ("theme", "Theme")], required=False)
    days = forms.MultipleChoiceField(choices=[("1", "Monday")], required=False)
    name = forms.ModelChoiceField(PenName.objects.none(), empty_label=None, required=False)
    other = forms.ModelChoiceField(PenName.objects.none(), required=False)


def test_only_what_may_be_left_empty_is_said_to_be_if_you_like() -> None:
    free = ["note", "kind", "days", "other"]
    assert [field.name for field in Asked() if look.may_be_empty(field)] == free
    template = Template('{% include "_field.html" %}')
    drawn = {field.name: template.render(Context({"field": field})) for field in Asked()}
    assert [name for name, html in drawn.items() if "if you like" in html] == free


def test_tags_work_in_a_template() -> None:
    text = '{% load look %}{{ n|number }} {% amount n "word" %} {% icon "book" %}'
    assert "12.3K" in Template(text).render(Context({"n": 12_345}))


def test_an_error_page_goes_without_a_style_sheet_rather_than_failing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(path: str) -> str:
        raise ValueError(path)

    monkeypatch.setattr(f"{look.__name__}.staticfiles_storage", SimpleNamespace(url=missing))
    assert look.safe_static("bundles/page.css") == ""


@pytest.mark.parametrize(
    ("label", "placeholder", "stays"),
    [
        ("Email", "Email address", False),
        ("New Password (again)", "new password", False),
        ("Find", "A word in the name", True),
        ("Numbers", "3-17, 20", True),
    ],
)
def test_a_placeholder_that_repeats_the_label_goes(label: str, placeholder: str, stays: bool) -> None:
    class Asked(forms.Form):
        it = forms.CharField(label=label, widget=forms.TextInput(attrs={"placeholder": placeholder}))

    assert ("placeholder" in str(look.said_once(Asked()["it"]))) is stays
    assert "placeholder" in str(Asked()["it"]), "the next form has it anew"
