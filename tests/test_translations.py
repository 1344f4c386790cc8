"""The languages of the interface: each catalogue is whole, true to its source, fresh, and at work."""

from __future__ import annotations

import gettext
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.template import Context, Template
from django.test import Client, TestCase, override_settings
from django.utils.translation import override
from django_tasks_db.models import DBTaskResult

from talehouse.accounts import middleware
from talehouse.exports.taking import book_of, epub_of
from talehouse.imports.models import Import
from talehouse.lib.zips import BadZipError, open_zip
from talehouse.pages.front import sentences
from talehouse.pages.front.body import TOO_MUCH
from talehouse.site.templatetags.look import byline, compact, full, when
from tests.cast import Archive, Cast, first

LOCALE = Path(settings.LOCALE_PATHS[0])
LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")
TAG = re.compile(r"</?[a-z][^>]*>")

Message = tuple[str, int] | str
"""How a compiled catalogue names a message: its English (after its context), with the form of a plural."""
Catalogue = dict[Message, str]


def compiled(path: Path) -> Catalogue:
    """What a .mo file holds, without its header; gettext has no public way to ask for all of it."""
    with path.open("rb") as file:
        messages: Catalogue = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    return {key: words for key, words in messages.items() if key}


def run(*command: str | Path) -> None:
    """A program of GNU gettext, which must find nothing wrong."""
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def compile_po(po: Path, mo: Path) -> Catalogue:
    """As compilemessages does it: fuzzy and empty messages do not count, formats are checked."""
    run("msgfmt", "--check", "-o", mo, po)
    return compiled(mo)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """Every message of the code as it stands now, collected anew beside the project, in English."""
    copy = tmp_path_factory.mktemp("collected") / "talehouse"
    unwanted = shutil.ignore_patterns("tests", "static", "__pycache__", "*.mo", "*.po")
    shutil.copytree(settings.BASE / "talehouse", copy, ignore=unwanted)
    folder = copy / "locale" / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch, override_settings(LOCALE_PATHS=[copy / "locale"]):
        patch.chdir(copy)
        call_command("makemessages", locale=["en"], no_wrap=True, verbosity=0)
    run("msgen", "-o", folder / "full.po", folder / "django.po")
    return compile_po(folder / "full.po", folder / "full.mo")


def name_of(key: Message) -> str:
    return key if isinstance(key, str) else key[0]


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    """Each language but English, which stands in the code."""
    return str(request.param)


@pytest.fixture
def catalogue(language: str, tmp_path: Path) -> Catalogue:
    """What the .po of this language says, compiled here and now."""
    return compile_po(LOCALE / language / "LC_MESSAGES" / "django.po", tmp_path / "django.mo")


# Catalogues


def test_there_is_a_second_language() -> None:
    assert "es" in LANGUAGES


def test_every_message_of_the_code_is_translated(source: Catalogue, catalogue: Catalogue) -> None:
    """Missing, empty and fuzzy all show here; `make messages` collects what is new."""
    missing = sorted({name_of(key) for key in source} - {name_of(key) for key in catalogue})
    assert len(source) > 300
    assert not missing, "Not translated:\n" + "\n".join(missing)


def test_no_message_is_left_from_older_code(source: Catalogue, catalogue: Catalogue) -> None:
    stale = sorted({name_of(key) for key in catalogue} - {name_of(key) for key in source})
    assert not stale, "No longer in the code; `make messages` drops them:\n" + "\n".join(stale)


def test_placeholders_and_tags_are_those_of_the_english(source: Catalogue, catalogue: Catalogue) -> None:
    """Of a plural, each form is held against the English plural: “one” may be said without a number."""
    wrong = []
    for key, words in catalogue.items():
        english = source[key] if isinstance(key, str) else source[key[0], 1]
        for pattern in (PLACEHOLDER, TAG):
            if sorted(pattern.findall(words)) != sorted(pattern.findall(english)):
                wrong.append(f"{english!r} → {words!r}")
    assert not wrong, "\n".join(wrong)


def test_every_plural_has_all_forms_of_its_language(language: str, catalogue: Catalogue) -> None:
    with (LOCALE / language / "LC_MESSAGES" / "django.mo").open("rb") as file:
        plural = gettext.GNUTranslations(file).plural  # type: ignore[attr-defined]
    forms = {plural(count) for count in [*range(1000), 1_000_000]}
    plurals = {key[0] for key in catalogue if not isinstance(key, str)}
    assert plurals
    assert not [(name, form) for name in plurals for form in forms if not catalogue.get((name, form))]


def test_the_compiled_catalogue_is_that_of_its_source(language: str, catalogue: Catalogue) -> None:
    assert compiled(LOCALE / language / "LC_MESSAGES" / "django.mo") == catalogue, "Run: make messages"


def test_sources_name_no_place_of_a_machine(language: str) -> None:
    lines = (LOCALE / language / "LC_MESSAGES" / "django.po").read_text("utf-8").splitlines()
    places = [word for line in lines if line.startswith("#: ") for word in line[3:].split()]
    assert places
    assert not [place for place in places if place.startswith(("/", "..")) or ":" in place]


# Pages


def opening(answer: str) -> str:
    """The start tag of the document."""
    found = re.search(r"<html[^>]*>", answer)
    assert found
    return found[0]


def ask(path: str, *, wish: str = "", cookie: str = "") -> str:
    client = Client(headers={"accept-language": wish} if wish else {})
    if cookie:
        client.cookies["language"] = cookie
    return client.get(path).content.decode()


@pytest.mark.parametrize(
    ("wish", "cookie", "told"),
    [
        ("", "", "en"),
        ("es", "", "es"),
        ("es-MX,es;q=0.9,en;q=0.8", "", "es"),
        ("fr", "", "en"),
        ("en", "es", "es"),
        ("es", "en", "en"),
        ("es", "klingon", "es"),
    ],
)
def test_a_page_speaks_the_language_that_was_asked_for(db: None, wish: str, cookie: str, told: str) -> None:
    page = ask("/about/counting/", wish=wish, cookie=cookie)
    assert opening(page) == f'<html lang="{told}" dir="ltr">'
    assert ("<h2>Una lectura</h2>" in page) == (told == "es")
    assert ("<h2>A read</h2>" in page) == (told == "en")


@pytest.mark.parametrize("path", ["/", "/browse/", "/accounts/login/", "/accounts/signup/", "/preferences/"])
def test_pages_of_every_kind_have_a_spanish_frame(archive: Archive, path: str) -> None:
    page = ask(path, cookie="es")
    assert 'lang="es"' in opening(page)
    assert "Ir al contenido" in page
    assert "Skip to the page" not in page


def test_a_story_and_its_part_are_told_in_spanish(archive: Archive) -> None:
    page = ask(archive.public.url, cookie="es")
    assert "Empezar a leer" in page
    assert re.search(r"\b\d partes\b", page)
    assert 'de <a href="/people/writer/"><bdi>Writer</bdi></a>' in page
    assert "Parte siguiente" in ask(first(archive.public).url, cookie="es")


def test_what_is_not_there_and_what_is_refused_are_told_in_spanish(archive: Archive) -> None:
    assert "Aquí no hay nada" in ask("/nowhere/", cookie="es")
    assert "tiene la clasificación: Explícita" in ask(first(archive.adult).url, cookie="es")


def test_errors_of_a_form_are_told_in_spanish(cast: Cast) -> None:
    client = cast.client("reader")
    client.cookies["language"] = "es"
    assert "Elige al menos un archivo" in client.post("/write/import/").content.decode()


def test_the_language_is_switched_on_the_page_of_preferences(db: None) -> None:
    client = Client()
    assert "Español" in client.get("/preferences/").content.decode()
    client.post("/preferences/", {"language": "es", "rating": "teen"})
    assert 'lang="es"' in opening(client.get("/").content.decode())
    client.post("/preferences/", {"language": "en", "rating": "teen"})
    assert 'lang="en"' in opening(client.get("/").content.decode())


def test_an_error_is_said_in_the_language_of_the_moment() -> None:
    with override("es"), pytest.raises(BadZipError, match="no es un archivo zip"):
        open_zip(b"no zip at all")
    with override("en"), pytest.raises(BadZipError, match="This is not a zip file"):
        open_zip(b"no zip at all")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("es", "Talehouse está arrancando"),
        ("es-MX", "Talehouse está arrancando"),
        ("en", "Talehouse is starting"),
        ("xx", "Talehouse is starting"),
    ],
)
def test_the_front_speaks_while_django_is_not_up(language: str, said: str) -> None:
    page = sentences.page(503, language=language)[1].decode()
    assert f'<html lang="{language}"' in page
    assert f"<h1>{said}</h1>" in page


def test_the_front_says_what_it_refuses_in_the_language_of_the_one_who_asked() -> None:
    full_house = sentences.page(503, "Too many are here at once. Please try again in a minute.", "es")[
        1
    ].decode()
    assert "<h1>La casa está llena</h1><p>Hay demasiada gente a la vez." in full_house
    assert "<p>Esto es más de lo que" in sentences.page(413, TOO_MUCH, "es")[1].decode()
    assert "&lt;b&gt;" in sentences.page(400, "<b>", "es")[1].decode()


def test_what_the_worker_says_is_said_in_the_language_of_the_one_who_asked(cast: Cast) -> None:
    """The worker reads files later and elsewhere; what it says is kept and shown on a page."""
    client = cast.client("writer")
    client.cookies["language"] = "es"
    client.post("/write/import/", {"files": SimpleUploadedFile("broken.epub", b"PK\x03\x04 and no more")})
    waiting = DBTaskResult.objects.get()
    with TestCase.captureOnCommitCallbacks(execute=True):
        waiting.task.call(*waiting.args_kwargs["args"], **waiting.args_kwargs["kwargs"])
    job = Import.objects.get()
    assert job.state == Import.State.FAILED
    assert "está dañado" in job.message
    assert job.message in client.get(job.url).content.decode()


def test_a_book_is_the_same_whoever_takes_it_and_speaks_the_language_of_its_story(archive: Archive) -> None:
    story, parts = archive.adult, list(archive.adult.parts.all())
    with override("en"):
        english = epub_of(story, parts)
    with override("es"):
        assert epub_of(story, parts) == english
        assert book_of(story, parts).labels.contents == "Contents"
    story.language = "es"
    assert book_of(story, parts).labels.contents == "Índice"
    assert epub_of(story, parts) != english


# Numbers, dates, direction


def test_numbers_and_dates_follow_the_language() -> None:
    day = datetime(2026, 3, 14, tzinfo=UTC)
    with override("en"):
        assert (full(1_234_567), compact(12_345), ">March 14, 2026<" in when(day)) == (
            "1,234,567",
            "12.3K",
            True,
        )
    with override("es"):
        assert full(1_234_567) in {"1.234.567", "1\xa0234\xa0567"}
        assert compact(12_345) == "12,3 mil"
        assert ">14 de marzo de 2026<" in when(day)


def test_a_byline_is_one_sentence_with_links_and_escapes() -> None:
    authors = [{"name": "Ada", "url": "/people/ada/"}, {"name": "<b>", "url": "/people/b/"}]
    with override("es"):
        assert byline(authors) == (
            'de <a href="/people/ada/"><bdi>Ada</bdi></a>, <a href="/people/b/"><bdi>&lt;b&gt;</bdi></a>'
        )


@pytest.fixture
def arabic() -> Iterator[None]:
    """A house whose second language is written from right to left."""
    with override_settings(LANGUAGES=[("en", "English"), ("ar", "العربية")]):
        middleware._variants.cache_clear()
        yield
    middleware._variants.cache_clear()


def test_a_language_written_from_right_to_left_turns_the_page(arabic: None, db: None) -> None:
    assert opening(ask("/about/", wish="ar")) == '<html lang="ar" dir="rtl">'
    assert opening(ask("/about/", cookie="ar")) == '<html lang="ar" dir="rtl">'
    assert opening(ask("/about/")) == '<html lang="en" dir="ltr">'


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_error_pages_without_a_request_know_language_and_direction(arabic: None, name: str) -> None:
    template = Template(f'{{% include "{name}" %}}')
    with override("ar"):
        assert '<html lang="ar" dir="rtl">' in template.render(Context())
    with override("en"):
        assert '<html lang="en" dir="ltr">' in template.render(Context())
