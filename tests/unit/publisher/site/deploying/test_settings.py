"""Where the site goes, and secrets that stay out of addresses."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from services.publisher.site.deploying.settings import DeploySettings


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"to": "git"}, "needs publisher.deploy.repository"),
        ({"to": "cloudflare", "account_id": "a"}, "needs publisher.deploy.project"),
        ({"to": "folder", "folder": "www"}, "is relative"),
        ({"to": "git", "repository": "--upload-pack=touch /tmp/x"}, "begins with a hyphen"),
        ({"to": "git", "repository": "https://me:secret@example.org/x.git"}, "holds a password"),
        ({"to": "rsync", "rsync_to": "rsync://me:secret@example.org/x"}, "holds a password"),
        ({"to": "git", "repository": "/x", "branch": "../x"}, "not the name of a branch"),
        ({"to": "git", "repository": "git@example.org:x.git", "token": "t"}, "goes with https:// alone"),
        ({"to": "git", "repository": "http://example.org/x.git", "token": "t"}, "goes with https:// alone"),
        ({"to": "cloudflare", "account_id": "a", "project": "My Papers"}, "not the name of a Pages project"),
    ],
)
def test_what_cannot_be_meant_is_refused(settings: dict[str, str], complaint: str) -> None:
    with pytest.raises(ValidationError) as refused:
        DeploySettings.model_validate(settings)
    assert complaint in str(refused.value.errors()[0]["msg"])


def test_the_secret_comes_from_a_file_too(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("geheim\n")
    assert DeploySettings(token_file=file).secret() == "geheim"
    assert "geheim" not in repr(DeploySettings.model_validate({"token": "geheim"}))
