"""The real wrangler against a stand-in of Cloudflare: whole, or as it was; what it lacks alone; errors one can act on.

`PAPERSYS_WRANGLER` names an installed wrangler (`npm install` in a copy of the folder `destinations/wrangler`).
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.publisher.site.deploying.destinations.cloudflare import CloudflareDeployer
from services.publisher.site.deploying.opening import open_deployer
from services.publisher.site.deploying.settings import DeploySettings
from shared.errors import PermanentFailure, TemporaryFailure
from shared.store.files.data_folder import DataFolder
from tests.support.browsing.sites import PAGES, write_site
from tests.support.outside.cloudflare_server import ACCOUNT, PROJECT, TOKEN, Cloudflare, cloudflare_server

WRANGLER = os.environ.get("PAPERSYS_WRANGLER", "")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not WRANGLER, reason="PAPERSYS_WRANGLER names no installed wrangler"),
]


@pytest.fixture
def cloudflare(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloudflare]:
    with cloudflare_server() as server:
        monkeypatch.setenv("CLOUDFLARE_API_BASE_URL", server.address)
        yield server


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write_site(tmp_path / "site")


def deployer(data: Path, token: str = TOKEN, project: str = PROJECT, minutes: float = 5.0) -> CloudflareDeployer:
    settings = DeploySettings.model_validate(
        {
            "to": "cloudflare",
            "account_id": ACCOUNT,
            "project": project,
            "token": token,
            "wrangler": WRANGLER,
            "timeout_minutes": minutes,
        }
    )
    opened = open_deployer(DataFolder(data, 0), settings)
    assert isinstance(opened, CloudflareDeployer)
    return opened


def online(cloudflare: Cloudflare) -> dict[str, str]:
    return {path: content.decode() for path, content in cloudflare.online.items()}


def test_the_site_goes_online_whole_and_the_next_sends_what_is_new(
    cloudflare: Cloudflare, site: Path, tmp_path: Path
) -> None:
    deployed = deployer(tmp_path / "data").deploy(site)
    assert online(cloudflare) == PAGES
    assert deployed.address == f"https://{PROJECT}.pages.dev"
    uploads = cloudflare.uploads
    write_site(site, {"index.html": "new", "rss.xml": None})
    deployer(tmp_path / "data").deploy(site)
    assert online(cloudflare) == {
        **{path: text for path, text in PAGES.items() if path != "rss.xml"},
        "index.html": "new",
    }
    assert cloudflare.uploads == uploads + 1


def test_what_cannot_succeed_says_what_to_do(cloudflare: Cloudflare, site: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with pytest.raises(PermanentFailure, match="the token was refused; make one with the permission") as refused:
        deployer(data, token="an-old-token").deploy(site)
    assert "an-old-token" not in str(refused.value)
    with pytest.raises(PermanentFailure, match="make the Pages project in Cloudflare's dashboard"):
        deployer(data, project="other").deploy(site)
    cloudflare.max_files = 3
    with pytest.raises(PermanentFailure, match="the site is larger than Cloudflare takes"):
        deployer(data).deploy(site)
    assert cloudflare.deployments == 0


def test_faults_on_the_way_lose_and_double_nothing(cloudflare: Cloudflare, site: Path, tmp_path: Path) -> None:
    cloudflare.faults = {"/check-missing": [503], "/assets/upload": [429, "lost"], "/upsert-hashes": [500, 500]}
    deployer(tmp_path / "data").deploy(site)
    assert online(cloudflare) == PAGES
    assert cloudflare.deployments == 1


def test_a_server_that_stays_away_leaves_what_is_online(cloudflare: Cloudflare, site: Path, tmp_path: Path) -> None:
    deployer(tmp_path / "data").deploy(site)
    write_site(site, {"index.html": "new"})
    cloudflare.faults = {"/deployments": [500] * 20}
    with pytest.raises(TemporaryFailure, match="wrangler says"):
        deployer(tmp_path / "data").deploy(site)
    assert online(cloudflare) == PAGES
    cloudflare.faults = {"/assets/upload": [], "/check-missing": [503] * 20}
    with pytest.raises(TemporaryFailure, match="did not end within"):
        deployer(tmp_path / "data", minutes=0.1).deploy(site)
    cloudflare.faults = {}
    deployer(tmp_path / "data").deploy(site)
    assert online(cloudflare)["index.html"] == "new"
