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


def test_what_is_a_persons_business_is_told_from_what_passes() -> None:
    refused = failure_of("Pages", Outcome(1, b"", "log ✘ [ERROR] Authentication error [code: 10000]"))
    assert isinstance(refused, PermanentFailure)
    assert str(refused).endswith("token_file. wrangler says: Authentication error [code: 10000]")
    assert isinstance(failure_of("Pages", Outcome(1, b"", "✘ [ERROR] fetch failed")), TemporaryFailure)
