"""Papers that a line names by their ids are links, and nothing else is."""

from services.publisher.rendering.id_links import linked_html


def test_ids_of_both_schemes_are_links_to_pages_here() -> None:
    text = "“A $x$” (arXiv:2611.00101): cosine 0.56; “B” (arXiv:hep-th/9901001)"
    html = linked_html(text)
    assert '” (<a href="/paper/2611.00101">arXiv:2611.00101</a>): cosine 0.56; “B” (<a href="/paper/hep-th/' in html
    assert '<span class="math' in html


def test_nothing_in_a_title_becomes_markup_or_a_link_elsewhere() -> None:
    html = linked_html('“<b onclick="x">” (arXiv:javascript:1) (arXiv:2611.00101"><script>)')
    assert "<a" not in html
    assert "<script" not in html
    assert "<b" not in html


def test_a_line_without_ids_stays_as_it_is() -> None:
    assert linked_html("Rank 1 of 5") == "Rank 1 of 5"
    assert linked_html("") == ""
