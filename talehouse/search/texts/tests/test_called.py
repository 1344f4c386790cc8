"""After wranglers' work stories are found by their new names, without their texts being read again."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from talehouse.activity.log import record
from talehouse.activity.models import Event
from talehouse.search.texts.called import called_anew
from talehouse.search.texts.tests.conftest import HEAP, Texts
from talehouse.search.texts.tests.test_texts import written
from talehouse.search.texts.writing import Writer
from talehouse.stories import describing
from talehouse.stories.effective import refresh
from talehouse.tags.models import Tag
from talehouse.tags.vocabulary import Standing
from tests.cast import Cast


def test_a_new_synonym_finds_the_stories_that_carry_what_it_means(
    cast: Cast, built: Callable[[], Texts]
) -> None:
    one, two, other = (written(cast, title, "<p>x</p>") for title in ("One", "Two", "Three"))
    describing.set_tags(one, [("fandom", "Middle-earth")], by=cast.writer)
    describing.set_tags(two, [("fandom", "Arda")], by=cast.writer)
    texts = built()
    before = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    meant, synonym = Tag.objects.get(name="Middle-earth"), Tag.objects.get(name="Arda")
    Tag.objects.filter(pk=synonym.pk).update(standing=Standing.SYNONYM, merged_into=meant)
    with transaction.atomic():
        record("tag.wrangled", actor=None, subject=synonym)
        refresh([two.pk])
    stories = called_anew(list(Event.objects.filter(pk__gt=before).order_by("pk")))
    assert stories == {one.pk, two.pk} and other.pk not in stories
    with Writer(texts.folder, heap=HEAP, threads=1) as writer:
        writer.describe(stories)
    assert texts.found("arda") == texts.found("middle") == {one.pk, two.pk}
