"""What robots.txt allows."""

import pytest

from services.fetcher.sources.robots import read_rules

RULES = """# a comment
User-agent: Badbot
Disallow: /

User-agent: *
Crawl-delay: 7
Disallow: /search
Disallow: /*.full.pdf$
Allow: /content/free/
Allow: /content/free/x.full.pdf
"""


@pytest.mark.parametrize(
    ("path", "is_allowed"),
    [
        ("/content/10.1101/2026.11.02.1v1", True),
        ("/search?q=x", False),
        ("/content/10.1101/2026.11.02.1v1.full.pdf", False),
        ("/content/10.1101/2026.11.02.1v1.full.pdf+html", True),
        ("/content/free/x.full.pdf", True),
    ],
)
def test_the_longest_pattern_decides(path: str, is_allowed: bool) -> None:
    rules = read_rules(RULES)
    assert rules.allow(path) is is_allowed
    assert rules.delay_seconds == 7


def test_rules_for_us_go_before_those_for_everybody() -> None:
    rules = read_rules(
        "User-agent: other\nUser-agent: papersys\nDisallow: /\n\nUser-agent: *\nDisallow:\nCrawl-delay: x\n"
    )
    assert not rules.allow("/a")
    assert read_rules("nothing\n<html>").allow("/a")
    assert read_rules("User-agent: *\nDisallow:\n").allow("/a")


def test_a_pattern_of_many_stars_takes_no_time() -> None:
    assert read_rules(f"User-agent: *\nDisallow: /{'*a' * 50_000}$").allow("/" + "b" * 50_000) is not False
