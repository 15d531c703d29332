"""References link what stands in them, once, and to safe addresses alone."""

import pytest
from hypothesis import given, settings

from services.publisher.reading.fulltext.reference_list import reference_html
from shared.store.papers.documents import Reference
from tests.support.arxiv.hostile_text import ANY_TEXT, Tags


@pytest.mark.parametrize(
    ("entry", "links"),
    [
        (Reference(text="A. arXiv:1706.03762v2, 2017.", arxiv_id="1706.03762"), ["/paper/1706.03762"]),
        (Reference(text="A. http://arxiv.org/abs/hep-th/9901001."), ["/paper/hep-th/9901001"]),
        (Reference(text="A. Title.", arxiv_id="1706.03762", doi="10.1/x"), ["/paper/1706.03762", "https://doi.org/10.1/x"]),
        (Reference(text="A. 10.1103/PhysRev.93.1, 2016.", doi="10.1103/PhysRev.93.1"), ["https://doi.org/10.1103/PhysRev.93.1"]),
        (Reference(text="A. javascript:alert(1) $x_1$"), []),
    ],
)  # fmt: skip
def test_what_a_reference_links_to(entry: Reference, links: list[str]) -> None:
    tags = Tags(reference_html(entry)).seen
    assert [dict(attributes)["href"] for tag, attributes in tags if tag == "a"] == links


@settings(max_examples=50, deadline=None)
@given(ANY_TEXT)
def test_nothing_of_a_reference_runs(text: str) -> None:
    for tag, attributes in Tags(reference_html(Reference(text=text))).seen:
        assert tag in ("a", "span")
        assert all((value or "").startswith(("http", "/paper/")) for name, value in attributes if name == "href")
