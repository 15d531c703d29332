import pytest

from services.fetcher.arxiv.client import ArxivResponse
from services.fetcher.documents.sources.download import version_in


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('attachment; filename="arXiv-2403.12345v12.tar.gz"', 12),
        ("inline; filename=2501.01300v2.tar.gz", 2),
        ('attachment; filename="hep-th-9901001v1.gz"', 1),
        ("attachment; filename=paper.pdf", None),
        ("", None),
    ],
)
def test_the_version_is_read_from_the_name_of_the_file(header: str, expected: int | None) -> None:
    assert version_in(ArxivResponse(200, b"", {"content-disposition": header}).headers) == expected
