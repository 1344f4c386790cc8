"""Sees to what the tests need from the system: installs it where it may, else says what is missing.

    python3 scripts/system_needs.py [--slow]

`--slow`: what the slow tests need besides (the bench measures with wrk, beside nginx).

With apt-get and the rights of root (or sudo without a password) missing things are installed. Otherwise one
sentence for each missing thing, and status 1. Needs Python's standard library only: it runs before `.venv`.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST_POSTGRES = 15
OLDEST_JAVA = 8
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def answer(*command: str) -> str:
    """What a command prints on either stream, or nothing where there is no such command."""
    if not shutil.which(command[0]):
        return ""
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    return done.stdout.decode("utf-8", "replace")


def has_venv() -> bool:
    """Debian keeps the part of Python that makes virtual environments in a package of its own."""
    return all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))


def has_chromium() -> bool:
    """A Chromium or Chrome of the system, which Playwright drives."""
    return any(shutil.which(name) for name in CHROMIUM)


def has_postgres() -> bool:
    """PostgreSQL's server programs, in Debian's folders or on the PATH, new enough."""
    versions = [path.parent.parent.name for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    found = re.search(r"PostgreSQL\) (\d+)", answer("initdb", "--version"))
    versions += [found.group(1)] if found else []
    return any(version.isdigit() and int(version) >= OLDEST_POSTGRES for version in versions)


def has_java() -> bool:
    """A Java runtime for EPUBCheck."""
    found = re.search(r'version "(?:1\.)?(\d+)', answer("java", "-version"))
    return found is not None and int(found.group(1)) >= OLDEST_JAVA


def has_gettext() -> bool:
    """The tools that collect and compile messages."""
    return all(shutil.which(name) for name in ("msgfmt", "msgmerge", "xgettext", "msgattrib", "msguniq"))


def has_fonts() -> bool:
    """Letters for the Arabic and the Japanese story, so that a browser lays them out as people see them."""
    return all(answer("fc-list", ":lang=" + language).strip() for language in ("ar", "ja"))


def has_newsboat() -> bool:
    """A feed reader that people use, to read our feeds with."""
    return shutil.which("newsboat") is not None


NEEDS = (
    (has_venv, "python3-venv", "Python's venv module, to keep the tests' packages apart"),
    (has_chromium, "chromium", "Chromium, for the browser tests"),
    (has_postgres, "postgresql", "PostgreSQL 15 or newer, for the second run of the suite"),
    (has_java, "default-jre-headless", "a Java runtime (8 or newer), for EPUBCheck"),
    (has_gettext, "gettext", "GNU gettext, for the messages of the interface"),
    (
        has_fonts,
        "fontconfig fonts-noto-core fonts-noto-cjk",
        "fonts for Arabic and Japanese, for browser tests",
    ),
    (has_newsboat, "newsboat", "newsboat, a feed reader, for the tests of feeds"),
)


def has_wrk() -> bool:
    """The client of the bench."""
    return shutil.which("wrk") is not None


def has_nginx() -> bool:
    """The yardstick of the bench; its folder is not on everybody's PATH."""
    return shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin") is not None


SLOW_NEEDS = (
    (has_wrk, "wrk", "wrk, the client of `talehouse bench`"),
    (has_nginx, "nginx-light", "nginx, the yardstick of `talehouse bench`"),
)


def may_install() -> "list[str] | None":
    """How apt-get is called here, or None where we may not install."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return ["apt-get"]
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return [sudo, "-n", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    return None


def install(apt: "list[str]", packages: "list[str]") -> None:
    """Installs with apt-get; what it could not do is seen by the check that follows."""
    print("Installing with apt-get: " + " ".join(packages) + " …", flush=True)
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    options = ["-qq", "-o", "DPkg::Lock::Timeout=300"]
    for step in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        with open(os.devnull, "rb") as nothing:
            subprocess.call([*apt, *options, *step], env=environment, stdin=nothing, stdout=sys.stderr)


def main() -> int:
    """Checks, installs, checks again; says what is still missing."""
    needs = NEEDS + SLOW_NEEDS if "--slow" in sys.argv[1:] else NEEDS
    missing = [need for need in needs if not need[0]()]
    apt = may_install() if missing else None
    if apt:
        install(apt, [package for need in missing for package in need[1].split()])
        missing = [need for need in missing if not need[0]()]
    for _, packages, what in missing:
        print(f"talehouse: missing: {what}. On Debian or Ubuntu: apt install {packages}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
