"""Where arXiv is, and which addresses are still arXiv's."""

import urllib.parse
from collections.abc import Mapping

import httpx

from services.fetcher.settings import FetcherSettings

_ARXIV_HOSTS = {"arxiv.org", "export.arxiv.org"}
_FEEDS_URL = "https://rss.arxiv.org/rss"


def feeds_url(settings: FetcherSettings) -> str:
    """Where the daily feeds are: as set, at arXiv, or beside the rest where that is elsewhere."""
    if settings.rss_url:
        return settings.rss_url.rstrip("/")
    is_arxiv = urllib.parse.urlsplit(settings.arxiv_url).hostname in _ARXIV_HOSTS
    return _FEEDS_URL if is_arxiv else f"{settings.arxiv_url.rstrip('/')}/rss"


def url_with(url: str, arguments: Mapping[str, str]) -> str:
    return f"{url}?{urllib.parse.urlencode(arguments)}"


def is_same_house(here: httpx.URL, there: httpx.URL) -> bool:
    """The same server, or another of arXiv's; never from https to http."""
    is_arxiv = f".{there.host}".endswith(".arxiv.org")
    is_safe = there.scheme == "https" or (there.scheme == here.scheme == "http")
    return is_safe and (here.netloc == there.netloc or (is_arxiv and there.scheme == "https"))
