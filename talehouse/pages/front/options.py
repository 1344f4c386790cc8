"""The front's command line."""

from __future__ import annotations

import argparse
import ipaddress
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Options:
    """How the front runs; times in seconds, sizes in bytes."""

    listen: str
    upstream: str
    database: str
    hosts: tuple[str, ...]
    languages: tuple[str, ...]
    default_language: str
    page_query: Mapping[str, Sequence[str]]
    trusted_proxies: tuple[Network, ...] = ()
    scheme: str = "http"
    memory: int = 64 * 1024 * 1024
    body_limit: int = 300 * 1024 * 1024
    connections: int = 4096
    upstream_connections: int = 256
    header_timeout: float = 10.0
    body_timeout: float = 30.0
    idle_timeout: float = 75.0
    upstream_timeout: float = 120.0
    connect_patience: float = 1.0
    stop_timeout: float = 10.0
    access_log: bool = False


def read(arguments: Sequence[str] | None = None) -> Options:
    """Options from the command line; a wrong one ends the process with status 2 and a sentence."""
    parser = argparse.ArgumentParser(prog="python -m talehouse.pages.front", description=__doc__)
    parser.add_argument("--listen", required=True, help="host:port, or unix:/path")
    parser.add_argument("--upstream", required=True, help="host:port, or unix:/path, of the Django server")
    parser.add_argument("--database", required=True, type=_from_environment, help="a URL, or env:NAME")
    parser.add_argument("--hosts", type=_names, required=True, help="allowed hosts, divided by commas")
    parser.add_argument("--languages", type=_names, default=("en",))
    parser.add_argument("--default-language", default="en")
    parser.add_argument("--page-query", type=_query_rules, default={}, help='JSON: {"/browse/": ["sort"]}')
    parser.add_argument("--trusted-proxies", type=_networks, default=(), help="networks, divided by commas")
    parser.add_argument("--scheme", choices=("http", "https"), default="http", help="how visitors reach us")
    parser.add_argument("--memory-mb", type=int, default=64)
    parser.add_argument("--body-limit-mb", type=int, default=300)
    parser.add_argument("--access-log", action="store_true")
    for name in _PLAIN:
        kind = type(getattr(_DEFAULTS, name))
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind, default=getattr(_DEFAULTS, name))
    given = vars(parser.parse_args(arguments))
    megabyte = 1024 * 1024
    given["memory"] = given.pop("memory_mb") * megabyte
    given["body_limit"] = given.pop("body_limit_mb") * megabyte
    return Options(**given)


_DEFAULTS = Options("", "", "", (), (), "", {})
_PLAIN = (
    "connections",
    "upstream_connections",
    "header_timeout",
    "body_timeout",
    "idle_timeout",
    "upstream_timeout",
    "connect_patience",
    "stop_timeout",
)


def _from_environment(text: str) -> str:
    return os.environ.get(text.removeprefix("env:"), "") if text.startswith("env:") else text


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _networks(text: str) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(name, strict=False) for name in _names(text))


def _query_rules(text: str) -> dict[str, tuple[str, ...]]:
    rules = json.loads(text)
    if not isinstance(rules, dict):
        raise argparse.ArgumentTypeError("is not a JSON object of path prefixes")
    return {str(prefix): tuple(map(str, names)) for prefix, names in rules.items()}
