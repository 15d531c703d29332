"""Settings of the site that cannot be meant are refused with what to do."""

import pytest
from pydantic import ValidationError

from services.publisher.settings import Settings
from services.publisher.site.settings import GiscusSettings, SiteSettings
from shared.errors import SettingsError


@pytest.mark.parametrize(
    "address", ["papers.example.org", "ftp://example.org", "https://me:pw@example.org", "https://a/?b"]
)
def test_what_is_no_address_of_a_site_is_refused(address: str) -> None:
    with pytest.raises(ValidationError, match="not the address of a site"):
        SiteSettings(address=address)


def test_without_an_address_the_site_is_where_the_preview_is() -> None:
    assert SiteSettings(preview_port=8091).address_in_use() == "http://127.0.0.1:8091"
    assert SiteSettings(address="https://me.github.io/papers/").address_in_use() == "https://me.github.io/papers"


def test_comments_need_both_ids_or_none() -> None:
    assert GiscusSettings().repo_id is None
    with pytest.raises(ValidationError, match=r"publisher\.giscus\.category_id missing"):
        GiscusSettings(repo="me/papers", repo_id="R", category="Papers")
    with pytest.raises(ValidationError, match="owner/name"):
        GiscusSettings(repo="papers", repo_id="R", category="Papers", category_id="D")


def test_comments_are_in_the_repository_that_reactions_are_read_from() -> None:
    ids = {"repo_id": "R", "category_id": "D"}
    read = {"repo": "me/papers", "category": "Papers"}
    comments = Settings.model_validate({"giscus": read, "publisher": {"giscus": ids}}).comments
    assert (comments.repo, comments.category) == ("me/papers", "Papers")
    own = {**ids, "repo": "me/talk", "category": "Other"}
    comments = Settings.model_validate({"giscus": read, "publisher": {"giscus": own}}).comments
    assert (comments.repo, comments.category) == ("me/talk", "Other")
    assert Settings.model_validate({"giscus": read}).comments == GiscusSettings()
    with pytest.raises(SettingsError, match=r"publisher\.giscus\.category or giscus\.category"):
        _ = Settings.model_validate({"giscus": {"repo": "me/papers"}, "publisher": {"giscus": ids}}).comments
