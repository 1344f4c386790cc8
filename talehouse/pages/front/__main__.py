"""``python -m talehouse.pages.front``: run the front until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import Any

import uvloop

from talehouse.pages.front.options import Options, read
from talehouse.pages.front.server import Front


async def run(options: Options) -> None:
    """Serve until SIGTERM or SIGINT; SIGUSR1 asks how many requests were answered how."""
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_note)
    stopped = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopped.set)
    front = Front(options)
    loop.add_signal_handler(signal.SIGUSR1, front.tell)
    await front.start()
    await stopped.wait()
    await front.stop()


def _note(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    problem = context.get("exception")
    kind = type(problem).__name__ if problem is not None else ""
    print(f"front: {context.get('message', '')} {kind}".rstrip(), file=sys.stderr)


def main() -> int:
    """The exit status: 0 after a stop, 1 if it cannot listen."""
    options = read()
    try:
        uvloop.run(run(options))
    except OSError as problem:
        print(f"front: cannot listen on {options.listen}: {problem.strerror}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
