"""Real processes beside bioRxiv and a repository of the tests: harvested, found, read by their PDF, named as theirs."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from shared.store.files.data_folder import DataFolder
from shared.store.harvests.source_states import SourceStates
from shared.store.papers.documents import DocumentStore
from shared.store.papers.summaries import SummaryStore
from shared.store.vectors.embeddings import VectorStore
from tests.support.checks.waiting import eventually_sync
from tests.support.outside.preprint_servers import BioRxiv, Repository, serving, text_pdf
from tests.support.processes.system import ROOT, running_system

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("other servers")]

DAY = (datetime.now(UTC).date() - timedelta(days=1)).isoformat()
SENTENCES = [
    "We measured how place cells of mice remember an odour for a month.",
    "The method records two thousand neurons through a window in the skull.",
    "Our results show that forty percent of the cells keep their field.",
    "A limitation of this study is that only young mice were recorded.",
]
TEXT = ["Place cells remember odours", "", "Abstract", *SENTENCES, "", "1 Introduction", *SENTENCES * 12, "",
        "2 Results", *SENTENCES * 12, "", "3 Discussion", *SENTENCES * 12]  # fmt: skip


def test_papers_of_other_servers_go_the_way_of_all_papers(tmp_path: Path) -> None:
    biorxiv, hal = BioRxiv(pdf=text_pdf(TEXT)), Repository()
    doi = biorxiv.post(675_001, DAY, title="Place cells remember odours", abstract=" ".join(SENTENCES))
    with serving(biorxiv) as bio, serving(hal) as repository:
        hal.deposit("oai:HAL:hal-05500001", DAY, date=DAY, title="Sorting of glaciers", description="Glaciers are old.",
                    identifier=f"{repository}/hal-05500001")  # fmt: skip
        tables = (
            f'\n[fetcher.sources.biorxiv]\nkind = "biorxiv"\naddress = "{bio}"\nsite = "{bio}"\npace_seconds = 0\n'
            f'\n[fetcher.sources.hal]\nkind = "oai"\naddress = "{repository}/oai"\npace_seconds = 0\n'
        )
        settings = (ROOT / "deploy" / "demo" / "papersys.toml").read_text() + tables
        paper_id = f"biorxiv:{doi.replace('/', '-')}"
        record_id = f"hal:{DAY[2:4]}{DAY[5:7]}.HAL_hal-05500001"
        with running_system(tmp_path, settings) as system:
            data = DataFolder(system.data, 0)
            states = SourceStates(data)
            eventually_sync(lambda: len([one for one in states.all() if one.outcome]) == 2, 60, "both are harvested")
            assert {one.outcome for one in states.all()} == {"1 new, 0 revised, 0 unchanged"}

            def has_vectors() -> bool:
                return VectorStore(data, "minilm").has([paper_id, record_id]) == {paper_id, record_id}

            eventually_sync(has_vectors, 120, "both have a vector", system.log_tail)
            assert "bioRxiv: 1 new, 0 revised, 0 unchanged" in system.command("status").stdout

            assert system.command("reprocess", paper_id).returncode == 0
            eventually_sync(
                lambda: any(one.paper_id == paper_id for one in SummaryStore(data).all()),
                120,
                "it is read",
                system.log_tail,
            )
            document = DocumentStore(data).record(paper_id, 1)
            assert document is not None
            assert (document.status, document.route) == ("converted", "pdf")

            page = system.get(f"/paper/{paper_id}").text
            assert f'href="https://www.biorxiv.org/content/{doi}" rel="noopener noreferrer">bioRxiv {doi}</a>' in page
            assert f"{doi}v1.full.pdf" in page
            assert "arXiv:biorxiv" not in page
            record = system.get(f"/paper/{record_id}").text
            assert f'href="{repository}/hal-05500001" rel="noopener noreferrer">hal:hal-05500001</a>' in record
            assert "place" in system.get(f"/paper/{paper_id}/text").text
            assert system.get(f"/search?q={doi}").headers["location"] == f"/paper/{quote(paper_id)}"
            assert system.command("verify").returncode == 0
