"""The settings name a place; this is who goes there."""

from pathlib import Path

import pytest

from services.publisher.site.deploying.opening import open_deployer
from services.publisher.site.deploying.settings import DeploySettings
from shared.errors import SettingsError
from shared.store.files.data_folder import DataFolder


def test_each_destination_has_its_deployer(tmp_path: Path) -> None:
    data = DataFolder(tmp_path, 0)
    for settings, where in (
        ({"to": "folder", "folder": "/srv/www"}, "the folder /srv/www"),
        ({"to": "git", "repository": "git@example.org:me/x.git"}, "the branch gh-pages of git@example.org:me/x.git"),
        ({"to": "rsync", "rsync_to": "me@example.org:/srv/www"}, "rsync me@example.org:/srv/www/"),
        (
            {"to": "cloudflare", "account_id": "a", "project": "papers", "token": "t"},
            "Cloudflare Pages, project papers (main)",
        ),
    ):
        assert open_deployer(data, DeploySettings.model_validate(settings)).where == where
    with pytest.raises(SettingsError, match="nowhere to deploy"):
        open_deployer(data, DeploySettings())
    with pytest.raises(SettingsError, match=r"PAPERSYS_PUBLISHER__DEPLOY__TOKEN"):
        open_deployer(data, DeploySettings(to="cloudflare", account_id="a", project="papers"))
