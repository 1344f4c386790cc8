"""Browsers that are no readers, by what they call themselves.

The words are those that crawlers, fetchers and monitors document for themselves; a browser that says
nothing at all is no reader either.
"""

from __future__ import annotations

import re

WORDS = (
    "bot bots crawl crawler spider slurp scrape archiver fetch fetcher preview validator monitor uptime "
    "lighthouse curl wget libwww httpclient python-requests python-urllib aiohttp "
    "httpx go-http-client java okhttp axios node-fetch ruby perl php scrapy facebookexternalhit whatsapp "
    "telegrambot discordbot embedly feed rss bingpreview mediapartners gptbot ccbot claudebot "
    "perplexitybot bytespider"
).split()
BOT = re.compile(
    rf"(?<![a-z])(?:{'|'.join(map(re.escape, WORDS))})(?![a-z])|bot(?=[/;,)+-]|$)|crawler|spider|fetcher",
    re.IGNORECASE,
)
"""A word of its own, or a name that ends in one ("Googlebot/2.1"); "Cubot" is a telephone."""


def is_bot(browser: str) -> bool:
    """Whether this User-Agent is a known bot's, or empty."""
    return not browser.strip() or BOT.search(browser) is not None
