"""`wrk` as the client: a plan of requests goes in, counts and times come out.

wrk keeps its connections busy without a pause (a closed loop), so its latencies are those of a server at full
load. See https://github.com/wg/wrk for its Lua interface.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from talehouse.ops.bench.processes import ServerError

CONNECTIONS = 32
BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Accept": "text/html,application/xhtml+xml",
    "Accept-Language": "en",
    "Accept-Encoding": "gzip, deflate, br",
}

SCRIPT = """
-- Plays a plan: one step a line, "KIND<tab>WHAT<tab>TAG". Kinds: v visits WHAT, s visits it signed in, c asks
-- whether WHAT has changed since TAG, b sends the beacon of part WHAT from an address that nobody else has.
local plan, at, readers = {}, 0, 0

local function copy(more)
  local headers = {}
  for name, value in pairs(wrk.headers) do headers[name] = value end
  for name, value in pairs(more) do headers[name] = value end
  return headers
end

local function beacon(part)
  readers = readers + 1
  local address = "10." .. math.floor(readers / 65536) % 256 .. "." .. math.floor(readers / 256) % 256 ..
    "." .. readers % 256
  return wrk.format("POST", "/beacon/read/", copy({["X-Forwarded-For"] = address, ["Origin"] = origin,
    ["Content-Type"] = "application/x-www-form-urlencoded"}), "part=" .. part)
end

function init(args)
  at, readers, origin = tonumber(args[2]), tonumber(args[3]), args[4]
  local known = {}
  for line in io.lines(args[1]) do
    if not known[line] then
      local kind, what, tag = line:match("^(%a)\\t([^\\t]*)\\t?(.*)$")
      if kind == "b" then known[line] = {part = what}
      elseif kind == "v" then known[line] = wrk.format("GET", what)
      elseif kind == "s" then known[line] = wrk.format("GET", what, copy({["Cookie"] = tag}))
      else known[line] = wrk.format("GET", what, copy({["If-None-Match"] = tag})) end
    end
    plan[#plan + 1] = known[line]
  end
end

function request()
  at = at % #plan + 1
  local step = plan[at]
  if type(step) == "string" then return step end
  return beacon(step.part)
end

function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('\\nRESULT {"requests": %d, "seconds": %.6f, "bytes": %d, "p50_us": %.1f, ' ..
    '"p99_us": %.1f, "broken": %d, "refused": %d}\\n', summary.requests, summary.duration / 1e6,
    summary.bytes, latency:percentile(50), latency:percentile(99),
    e.connect + e.read + e.write + e.timeout, e.status))
end
"""


@dataclass(frozen=True, slots=True)
class Step:
    """One request of a plan; `kind` and `tag` as the script says."""

    kind: str
    what: str
    tag: str = ""

    def line(self) -> str:
        """The step as the script reads it."""
        return f"{self.kind}\t{self.what}\t{self.tag}\n"


@dataclass(frozen=True, slots=True)
class Load:
    """What wrk saw: how many answers in how long, their bytes with heads, and how long people waited.

    `broken`: connections that failed or took too long; `refused`: answers with a status above 399.
    """

    requests: int
    seconds: float
    bytes: int
    p50_us: float
    p99_us: float
    broken: int
    refused: int


class Wrk:
    """Plays plans from files in `folder`. Each beacon comes from a reader of its own, over all runs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._readers = 0
        (folder / "play.lua").write_text(SCRIPT)

    def write(self, name: str, plan: Sequence[Step]) -> Path:
        """The plan as a file."""
        path = self._folder / f"{name}.plan"
        with path.open("w") as file:
            file.writelines(step.line() for step in plan)
        return path

    def play(self, base: str, plan: Path, *, seconds: int, first: int = 0) -> Load:
        """Play the plan over and over for whole seconds, from step `first` on. Raises ServerError."""
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s", "-s", "play.lua"]
        for name, value in BROWSER.items():
            command += ["-H", f"{name}: {value}"]
        command += [base, "--", str(plan), str(first), str(self._readers), base]
        done = subprocess.run(command, cwd=self._folder, capture_output=True, text=True, check=False)
        told = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
        if done.returncode or not told:
            raise ServerError(f"wrk failed: {(done.stderr or done.stdout).strip()[-1000:]}")
        load = Load(**json.loads(told[0].removeprefix("RESULT ")))
        self._readers += load.requests + CONNECTIONS
        return load
