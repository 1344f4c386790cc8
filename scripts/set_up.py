"""Makes `.venv` and installs what a lock lists, then the project itself; does nothing when that is done.

    python3 scripts/set_up.py base|dev

Needs Python and pip only. It may be stopped at any moment: a folder that was left unfinished is made anew.
The syntax is old on purpose, so that an old Python can still say that it is too old.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / ".talehouse"
UNFINISHED = VENV / ".unfinished"
OLDEST = (3, 11)


def stop(sentence: str) -> None:
    """Ends with status 1 and one plain sentence."""
    sys.exit("talehouse: " + sentence)


def refuse_old_python() -> None:
    """Stops under a Python that is too old, or that cannot make a virtual environment."""
    if sys.version_info < OLDEST:
        found = ".".join(str(number) for number in sys.version_info[:3])
        stop(
            "Python 3.11 or newer is needed, and this is " + found + ". Install one and name it: "
            "make PYTHON=python3.12 …"
        )
    try:
        import ensurepip  # noqa: F401, PLC0415
        import venv  # noqa: F401, PLC0415
    except ImportError:
        stop(
            "this Python has no venv module. On Debian and Ubuntu: apt install python3-venv; "
            "then run make again."
        )


def fingerprint(level: str) -> str:
    """What the folder depends on: the lock, the project's own description, its place, the Python."""
    digest = hashlib.sha256()
    for path in (ROOT / "requirements" / (level + ".txt"), ROOT / "pyproject.toml", Path(__file__)):
        digest.update(path.read_bytes())
    digest.update(repr((str(ROOT), sys.version_info[:2])).encode())
    return level + " " + digest.hexdigest() + "\n"


def has_dev() -> bool:
    """Whether the tools for tests were installed before; they are then kept up to date with the rest."""
    return STAMP.exists() and STAMP.read_text().startswith("dev ")


def is_ready(level: str) -> bool:
    """Whether the last set-up ended well and nothing that it depends on has changed."""
    return is_whole() and STAMP.exists() and STAMP.read_text() == fingerprint(level)


def is_whole() -> bool:
    """Whether the folder can be built upon: finished once, not moved here from elsewhere, of this Python."""
    pip = VENV / "bin" / "pip"
    library = VENV / "lib" / ("python{}.{}".format(*sys.version_info))
    is_here = pip.exists() and str(VENV) in pip.read_text()[:1000]
    return is_here and library.exists() and (VENV / "bin" / "python").exists() and not UNFINISHED.exists()


def run(*command: str) -> None:
    """Runs one step; its own words are shown, and ours say what to do."""
    if subprocess.run(command, cwd=str(ROOT), stdin=subprocess.DEVNULL, check=False).returncode:
        stop("setting up stopped at the step above. Mend what it names, then run make again.")


def install(level: str) -> None:
    """Makes the folder, or builds upon it; the mark of the unfinished stands from first step to last."""
    is_new = not is_whole()
    if is_new and VENV.exists():
        shutil.rmtree(str(VENV))
    VENV.mkdir(exist_ok=True)
    UNFINISHED.touch()
    if is_new:
        run(sys.executable, "-m", "venv", str(VENV))
    pip = (str(VENV / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "-q")
    lock = str(Path("requirements") / (level + ".txt"))
    run(*pip, "--require-hashes", "--no-deps", "-r", lock)
    run(*pip, "--no-index", "--no-deps", "--no-build-isolation", "--editable", ".")
    draft = VENV / ".talehouse.new"
    draft.write_text(fingerprint(level))
    os.replace(str(draft), str(STAMP))
    UNFINISHED.unlink()


def main() -> None:
    """Sets up the level that was asked for; two calls at once wait for each other."""
    if len(sys.argv) != 2 or sys.argv[1] not in ("base", "dev"):  # noqa: PLR2004
        stop("usage: python3 scripts/set_up.py base|dev")
    refuse_old_python()
    door = os.open(str(ROOT / "requirements"), os.O_RDONLY)
    fcntl.flock(door, fcntl.LOCK_EX)
    level = "dev" if has_dev() else sys.argv[1]
    if not is_ready(level):
        print("Setting up .venv from requirements/" + level + ".txt …", flush=True)
        install(level)


if __name__ == "__main__":
    main()
