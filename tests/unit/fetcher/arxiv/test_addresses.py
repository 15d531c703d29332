import pytest

from services.fetcher.arxiv.addresses import feeds_url
from services.fetcher.settings import FetcherSettings


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, "https://rss.arxiv.org/rss"),
        ({"arxiv_url": "http://127.0.0.1:8099/"}, "http://127.0.0.1:8099/rss"),
        ({"rss_url": "http://feeds/"}, "http://feeds"),
    ],
)
def test_feeds_come_from_where_the_rest_comes_from(settings: dict[str, str], expected: str) -> None:
    assert feeds_url(FetcherSettings.model_validate(settings)) == expected
