"""Looking for faults: each check says what it looked at, and what to do if something is wrong."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Max, Min, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from talehouse.lib import html as markup
from talehouse.ops.models import WorkerBeat
from talehouse.ops.recounting import check as recount
from talehouse.search import looking_after
from talehouse.search.looking_after import Health
from talehouse.site.house import current
from talehouse.site.models import MailFault
from talehouse.stories.models import Block, Part, Picture, Story


class Finding(NamedTuple):
    """What one check found; `state` is ok, warn or bad."""

    label: str
    state: str
    text: str


def _database() -> Finding:
    if connection.vendor != "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT version()")
            return Finding(_("Database"), "ok", str(cursor.fetchone()[0]).split(",")[0])
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check(5)")
        wrong = [row[0] for row in cursor.fetchall() if row[0] != "ok"]
        cursor.execute("PRAGMA foreign_key_check")
        dangling = len(cursor.fetchall())
    if wrong or dangling:
        told = "; ".join(wrong) or _rows(dangling)
        return Finding(
            _("Database"),
            "bad",
            _("The database file is damaged: %(what)s. Restore a backup.") % {"what": told},
        )
    return Finding(_("Database"), "ok", _("SQLite, sound"))


def _rows(dangling: int) -> str:
    text = ngettext("%(n)s row points to nothing", "%(n)s rows point to nothing", dangling)
    return text % {"n": dangling}


def _migrations() -> Finding:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        text = ngettext(
            "%(n)s migration waits. Run: talehouse migrate",
            "%(n)s migrations wait. Run: talehouse migrate",
            len(plan),
        )
        return Finding(_("Tables"), "bad", text % {"n": len(plan)})
    return Finding(_("Tables"), "ok", _("Up to date"))


def _space() -> Finding:
    free = shutil.disk_usage(settings.DATA).free
    state = "bad" if free < 200 * 2**20 else "warn" if free < 2 * 2**30 else "ok"
    if free < 2**30:
        return Finding(_("Disk"), state, _("%(n)s MB free in the data folder") % {"n": free // 2**20})
    return Finding(_("Disk"), state, _("%(n)s GB free in the data folder") % {"n": free // 2**30})


def _worker() -> Finding:
    last = WorkerBeat.objects.aggregate(last=Max("at"))["last"]
    if last is None:
        return Finding(_("Worker"), "warn", _("No worker has run yet. `talehouse serve` starts one."))
    silent = timezone.now() - last
    if silent > timedelta(minutes=1):
        minutes = int(silent.total_seconds() // 60)
        text = ngettext(
            "Silent for %(n)s minute. Is `talehouse serve` running?",
            "Silent for %(n)s minutes. Is `talehouse serve` running?",
            minutes,
        )
        return Finding(_("Worker"), "warn", text % {"n": minutes})
    return Finding(_("Worker"), "ok", _("At work"))


def _mail() -> Finding:
    site = current()
    if site.smtp_host and site.mail_failed_at:
        when = date_format(timezone.localtime(site.mail_failed_at), "DATETIME_FORMAT")
        fault = MailFault(site.mail_fault).label
        text = _("%(server)s: the last mail could not be sent (%(when)s). %(fault)s")
        return Finding(_("Mail"), "bad", text % {"server": site.smtp_host, "when": when, "fault": fault})
    if site.smtp_host:
        return Finding(_("Mail"), "ok", site.smtp_host)
    return Finding(
        _("Mail"), "warn", _("No mail server is set: mails are files in the folder “mail” of the data.")
    )


def _positions() -> Finding:
    standing = Part.objects.filter(deleted_at=None).values("story")
    told = standing.annotate(n=Count("pk"), low=Min("position"), high=Max("position"))
    broken = [row["story"] for row in told if row["low"] != 1 or row["high"] != row["n"]]
    if broken:
        return Finding(
            _("Positions"),
            "bad",
            _("The parts of story %(n)s are not numbered without gaps.") % {"n": broken[0]},
        )
    return Finding(_("Positions"), "ok", _("Every story's parts are numbered without gaps"))


def _whole() -> Finding:
    """No story without a person, no part without a text: a half-written import would show here."""
    orphaned = Story.objects.filter(purged_at=None).exclude(roles__isnull=False).count()
    empty = Part.objects.filter(purged_at=None, draft=None, published=None).count()
    if orphaned or empty:
        text = _("Stories without a writer: %(a)s. Parts without a text: %(b)s.") % {
            "a": orphaned,
            "b": empty,
        }
        return Finding(_("Stories"), "bad", text)
    number = Story.objects.standing().count()
    text = ngettext("%(n)s story, whole", "%(n)s stories, each whole", number) % {"n": number}
    return Finding(_("Stories"), "ok", text)


def _blocks() -> Finding:
    """Each published text and its block rows agree."""
    for part in (
        Part.objects.filter(published__isnull=False, purged_at=None).select_related("published").iterator(200)
    ):
        keys = [key for key, _block in markup.parse(part.published.html)] if part.published else []
        rows = Block.objects.filter(part=part, position__isnull=False).order_by("position")
        if keys != list(rows.values_list("key", flat=True)):
            return Finding(
                _("Paragraphs"),
                "bad",
                _("The paragraphs of part %(n)s do not agree with their list.") % {"n": part.pk},
            )
    return Finding(_("Paragraphs"), "ok", _("Every published text agrees with its list of paragraphs"))


def _pictures() -> Finding:
    missing = [
        picture.name
        for picture in Picture.objects.filter(~Q(uses=None)).distinct()
        if not default_storage.exists(picture.name)
    ]
    if missing:
        text = ngettext(
            "%(n)s picture file is missing from the folder “media”.",
            "%(n)s picture files are missing from the folder “media”.",
            len(missing),
        )
        return Finding(_("Pictures"), "bad", text % {"n": len(missing)})
    return Finding(_("Pictures"), "ok", _("Every picture has its file"))


def _counters() -> Finding:
    differences = recount()
    if differences:
        text = ngettext(
            "%(n)s counter differs from its rows. Run: talehouse recount",
            "%(n)s counters differ from their rows. Run: talehouse recount",
            len(differences),
        )
        return Finding(_("Counters"), "bad", text % {"n": len(differences)})
    return Finding(_("Counters"), "ok", _("Every counter equals its rows"))


def _search() -> Finding:
    """A lost index costs nobody a word: the worker builds a new one."""
    told = {
        Health.MISSING: _("There is no index yet. The worker builds it, or: talehouse reindex"),
        Health.BROKEN: _("The index is damaged. The worker builds a new one, or: talehouse reindex"),
        Health.LATE: _("The index is behind. Is `talehouse serve` running? If so: talehouse reindex"),
    }
    for health in (looking_after.of_stories(), looking_after.of_texts()):
        if health in told:
            return Finding(_("Search"), "warn", told[health])
    return Finding(_("Search"), "ok", _("The index is whole and up to date"))


def _secret() -> Finding:
    path = Path(settings.DATA) / "secret-key"
    if path.exists() and path.stat().st_mode & 0o077:
        return Finding(
            _("Secret key"), "warn", _("The file “secret-key” can be read by others. Run: chmod 600 on it.")
        )
    return Finding(_("Secret key"), "ok", _("Kept to this account"))


QUICK: tuple[Callable[[], Finding], ...] = (_migrations, _worker, _mail, _space, _secret)
THOROUGH: tuple[Callable[[], Finding], ...] = (
    *QUICK,
    _database,
    _whole,
    _positions,
    _blocks,
    _pictures,
    _counters,
    _search,
)


def examine(checks: tuple[Callable[[], Finding], ...] = THOROUGH) -> Iterator[Finding]:
    """One finding after the other; without tables there is nothing else to look at."""
    for look in checks:
        finding = look()
        yield finding
        if look is _migrations and finding.state == "bad":
            return
