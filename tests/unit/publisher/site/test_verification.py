"""The publisher's look at the pages of the site."""

from pathlib import Path

from services.publisher.site.verification import verify_site, write_missing_pages
from tests.support.folders.sound_folder import READ, commands_on, sound_folder


def test_pages_that_are_gone_are_written_again(tmp_path: Path) -> None:
    data = sound_folder(tmp_path)
    pages = data.path("site", "content", "papers")
    pages.mkdir(parents=True)
    with commands_on(data):
        assert verify_site(deep=False) == []  # nobody wanted a site yet
        (pages / f"{READ[0]}.md").write_text("mine")
        (finding,) = verify_site(deep=False)
        assert (finding.severity, READ[1] in finding.what, finding.repair) == ("gap", True, "site")
        assert write_missing_pages() == "1 page of the site written."
        assert verify_site(deep=False) == []
        assert write_missing_pages() == "0 pages of the site written."
