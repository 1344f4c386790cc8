"""The worker's door to this room."""

from django.conf import settings
from django.utils.translation import override
from django_tasks import task

from talehouse.imports import working
from talehouse.imports.models import Import


@task()
def work(uuid: str, language: str | None = None) -> None:
    """Do the next step of an import: read its files, or write its stories.

    What it says is kept, so it is said in the language of the one who asked.
    """
    with override(language or settings.LANGUAGE_CODE):
        working.do(Import.objects.select_related("owner", "pen_name").get(uuid=uuid))
