"""The site built of papers of other servers and of odd ones: each has a page, and every link leads somewhere."""

from dataclasses import replace
from pathlib import Path

import pytest

from shared.preprints import oai_id
from shared.store.papers.links import Link, LinkStore
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.summaries import SummaryStore
from tests.support.browsing.built_site import build_site, write_site
from tests.support.browsing.link_checker import dead_links
from tests.support.folders.seed import GRAPHS, OLD, TIDES, paper, seed, summary

pytestmark = [pytest.mark.proof, pytest.mark.xdist_group("site"), pytest.mark.timeout(300)]


def test_papers_of_other_servers_have_pages_and_every_link_is_alive(tmp_path: Path) -> None:
    data = seed(tmp_path)
    bare = "hal:2401.HAL_hal-04400001"
    odd = oai_id("zenodo", "oai:zenodo.org:records/10.5281~é", 2026, 11).paper_id
    left_out = "hal:2401.HAL_hal-04400002"
    assert "~" in odd
    MetadataStore(data).put(
        replace(paper(TIDES), paper_id=each, title="", source="oai_dc") for each in (bare, odd, left_out)
    )
    for paper_id in (bare, odd, left_out):
        made = summary(TIDES).model_copy(update={"paper_id": paper_id, "tags": ("C#", "F#", "#hash", "C++", "c")})
        SummaryStore(data).put(made)
    ends = (bare, odd, left_out, GRAPHS)
    LinkStore(data).put(OLD, [Link(paper_id=OLD, other_id=other, type="cites") for other in ends])
    write_site(data)
    data.path("site", "content", "papers", "hal_2401.HAL_hal-04400002.md").write_text("---\ntitle: ''\n---\n", "utf-8")
    built = build_site(data)
    assert [(file.file, "**" in file.reason) for file in built.left_out] == [
        ("papers/hal_2401.HAL_hal-04400002.md", False)
    ]
    assert built.left_out[0].reason.startswith("title: ")
    public = data.path("site", "public").resolve()
    assert dead_links(public) == []
    assert (public / "papers" / "zenodo_2611.zenodo.org_records~2F10.5281~7E~C3~A9" / "index.html").exists()
    assert {path.name for path in (public / "tags").iterdir()} >= {"c-sharp", "f-sharp", "sharp-hash", "c++", "c"}
    assert "arxiv.org/abs/hal" not in (public / "papers" / "hep-th_9901001" / "index.html").read_text("utf-8")
