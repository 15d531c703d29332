"""How papers are named, and where their originals are."""

import pytest

from shared.paper_labels import (
    own_doi,
    page_address,
    paper_label,
    pdf_address,
    server_label,
    source_of_pages,
    written_id,
)

BIO, HAL = "biorxiv:10.1101-2024.01.15.575123", "hal:2401.HAL_hal-04400001"
SOURCE = source_of_pages("https://hal.science/hal-04400001", "https://hal.science/hal-04400001/file/a.pdf")


@pytest.mark.parametrize(
    ("paper_id", "label", "server", "doi"),
    [
        ("2403.12345", "arXiv:2403.12345", "arXiv", "10.48550/arXiv.2403.12345"),
        (BIO, "bioRxiv 10.1101/2024.01.15.575123", "bioRxiv", "10.1101/2024.01.15.575123"),
        (HAL, "hal:hal-04400001", "hal", ""),
    ],
)
def test_a_paper_is_named_by_its_server(paper_id: str, label: str, server: str, doi: str) -> None:
    assert (paper_label(paper_id), server_label(paper_id), own_doi(paper_id)) == (label, server, doi)
    assert paper_label(paper_id, 2) == f"{label}v2"


def test_originals_are_at_their_server() -> None:
    assert page_address("2403.12345", "http://127.0.0.1:1", 2) == "http://127.0.0.1:1/abs/2403.12345v2"
    assert page_address(BIO) == "https://www.biorxiv.org/content/10.1101/2024.01.15.575123"
    assert pdf_address(BIO, version=2) == "https://www.biorxiv.org/content/10.1101/2024.01.15.575123v2.full.pdf"
    assert page_address(HAL, source=SOURCE) == "https://hal.science/hal-04400001"
    assert pdf_address(HAL, source=SOURCE).endswith("a.pdf")
    assert page_address(HAL) == pdf_address(HAL, source="oai") == page_address("local:0123456789abcdef") == ""


def test_an_address_that_is_none_of_the_web_leads_nowhere() -> None:
    assert page_address(HAL, source='oai_dc javascript:alert(1) https://x"onclick=') == ""
    assert source_of_pages("javascript:x", "file:///etc/passwd") == "oai_dc"


def test_files_for_other_programs_have_the_id_that_imports_read() -> None:
    assert [written_id(name) for name in ("2403.12345", BIO)] == ["arXiv:2403.12345", BIO]
