"""Settings of the site that cannot be meant are refused with what to do."""

import pytest
from pydantic import ValidationError

from services.publisher.site.settings import GiscusSettings, SiteSettings


@pytest.mark.parametrize(
    "address", ["papers.example.org", "ftp://example.org", "https://me:pw@example.org", "https://a/?b"]
)
def test_what_is_no_address_of_a_site_is_refused(address: str) -> None:
    with pytest.raises(ValidationError, match="not the address of a site"):
        SiteSettings(address=address)


def test_without_an_address_the_site_is_where_the_preview_is() -> None:
    assert SiteSettings(preview_port=8091).address_in_use() == "http://127.0.0.1:8091"
    assert SiteSettings(address="https://me.github.io/papers/").address_in_use() == "https://me.github.io/papers"


def test_giscus_needs_all_four_or_none() -> None:
    assert GiscusSettings().repo is None
    with pytest.raises(ValidationError, match=r"publisher\.giscus\.category_id missing"):
        GiscusSettings(repo="me/papers", repo_id="R", category="Papers")
    with pytest.raises(ValidationError, match="owner/name"):
        GiscusSettings(repo="papers", repo_id="R", category="Papers", category_id="D")
