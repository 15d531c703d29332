"""What wrangler says, in words that a person can act on."""

from pathlib import Path

import pytest

from services.publisher.site.deploying.destinations.cloudflare import CloudflareDeployer, failure_of
from services.publisher.site.deploying.manifest import manifest_of
from services.publisher.site.programs import Outcome, Program
from shared.errors import PermanentFailure, TemporaryFailure
from tests.support.browsing.sites import write_site

WRANGLER = """#!/usr/bin/env python3
import json, os, sys
assert "geheim" not in " ".join(sys.argv) and os.environ["CLOUDFLARE_API_TOKEN"] == "geheim"
assert os.listdir() == []
with open(os.environ["WRANGLER_OUTPUT_FILE_PATH"], "w") as file:
    for entry in ({"type": "x"}, {"url": "https://1.papers.pages.dev"}, {"alias": "https://papers.pages.dev"}):
        file.write(json.dumps(entry) + "\\n")
print(SAID)
"""


def deployer(tmp_path: Path, said: str = "Deployment complete!") -> CloudflareDeployer:
    program = tmp_path / "wrangler"
    program.write_text(WRANGLER.replace("SAID", repr(said)))
    program.chmod(0o755)
    last = manifest_of(write_site(tmp_path / "last", {"index.html": "old", "gone.html": "x"}))
    run = Program((str(program),), {"CLOUDFLARE_API_TOKEN": "geheim"}, ("geheim",))
    return CloudflareDeployer(lambda: run, "papers", "main", last)


def test_the_address_of_the_branch_is_told(tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", {"index.html": "new"})
    deployed = deployer(tmp_path).deploy(site)
    assert deployed.address == "https://papers.pages.dev"
    assert str(deployed.changes) == "0 new, 1 changed, 1 removed; 3 bytes"


def test_a_site_that_is_not_confirmed_is_not_deployed(tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", {"index.html": "new"})
    said = "Deployment complete! However, we couldn't ascertain the final status of your deployment."
    with pytest.raises(TemporaryFailure, match="does not say that they are online"):
        deployer(tmp_path, said).deploy(site)


def test_a_file_that_is_too_large_is_named_before_anything_is_sent(tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", {"index.html": "new"})
    with (site / "big.bin").open("wb") as file:
        file.truncate(26 * 2**20)
    with pytest.raises(PermanentFailure, match=r"big\.bin has 26 MiB"):
        deployer(tmp_path).plan(site)


def scripted(tmp_path: Path, lines: str) -> CloudflareDeployer:
    """With a shell script for wrangler."""
    program = tmp_path / "wrangler"
    program.write_text(f"#!/bin/sh\n{lines}\n")
    program.chmod(0o755)
    run = Program((str(program),), {"CLOUDFLARE_API_TOKEN": "geheim"}, ("geheim",))
    return CloudflareDeployer(lambda: run, "papers", "main", {})


@pytest.mark.parametrize(
    ("lines", "kind", "said"),
    [
        ("kill -9 $$", TemporaryFailure, "wrangler was killed by signal 9"),
        ("exit 3", TemporaryFailure, "wrangler gave up with code 3 .*: no reason"),
        ("exec /usr/bin/env no-such-node", PermanentFailure, "wrangler cannot run here .*no-such-node"),
        ("exit 0", TemporaryFailure, "without saying that the site is online .* it says: nothing"),
        ("echo $CLOUDFLARE_API_TOKEN is wrong >&2; exit 1", TemporaryFailure, "code 1 .*: … is wrong"),
    ],
)
def test_a_wrangler_that_ends_half_way_deploys_nothing_and_says_why(
    tmp_path: Path, lines: str, kind: type[Exception], said: str
) -> None:
    site = write_site(tmp_path / "site", {"index.html": "new"})
    with pytest.raises(kind, match=said) as failure:
        scripted(tmp_path, lines).deploy(site)
    assert "geheim" not in str(failure.value)


def test_a_damaged_wrangler_of_ours_is_removed_and_one_of_the_owners_is_told(tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", {"index.html": "new"})
    owners = scripted(tmp_path, "echo \"code: 'MODULE_NOT_FOUND'\" >&2; exit 1")
    with pytest.raises(TemporaryFailure, match=r"gave up with code 1 .*MODULE_NOT_FOUND"):
        owners.deploy(site)
    forgotten: list[str] = []
    ours = CloudflareDeployer(
        owners._open_wrangler, "papers", "main", {}, forget_wrangler=lambda: forgotten.append("wrangler")
    )
    with pytest.raises(TemporaryFailure, match="the next attempt installs it again"):
        ours.deploy(site)
    assert forgotten == ["wrangler"]


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        ("Invalid access token [code: 9109]", "the token is not valid any more; make a new one"),
        ("Cannot use the access token from location: 192.0.2.1 [code: 9109]", "allow that where the token was made"),
        ("Invalid API Token [code: 1000]", "the token is not valid; make a new one"),
        ("Invalid request headers [code: 6003] - Invalid format for Authorization header", "copy it again, alone"),
        ("The configured Cloudflare API token contains a character", "copy it again, alone"),
        ("Authentication error [code: 10000]", "the token was refused"),
    ],
)
def test_what_is_wrong_with_a_token_is_told_apart(error: str, advice: str) -> None:
    failure = failure_of("Pages", Outcome(1, b"", f"✘ [ERROR] A request failed. {error}"))
    assert isinstance(failure, PermanentFailure)
    assert advice in str(failure)


def test_what_is_a_persons_business_is_told_from_what_passes() -> None:
    refused = failure_of("Pages", Outcome(1, b"", "log ✘ [ERROR] Authentication error [code: 10000]"))
    assert isinstance(refused, PermanentFailure)
    assert str(refused).endswith("token_file. wrangler says: Authentication error [code: 10000]")
    assert isinstance(failure_of("Pages", Outcome(1, b"", "✘ [ERROR] fetch failed")), TemporaryFailure)
