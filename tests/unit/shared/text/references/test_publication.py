"""Where a paper was published, read from its metadata; the comments are made up in the ways in which authors write."""

from dataclasses import replace

import pytest

from shared.text.references.publication import publication_of, reference_in
from shared.text.references.publication_links import links_in
from tests.support.folders.seed import GRAPHS, paper


@pytest.mark.parametrize(
    ("comment", "badge"),
    [
        ("Accepted at ICML 2025", "accepted: ICML 2025"),
        ("3 figures. Accepted for publication in Annals of Meshes (AM). Code: x", "accepted: Annals of Meshes (AM)"),
        ("Accepted as a conference paper at CIKM 2025", "accepted: CIKM 2025"),
        ("To appear in the Proceedings of the 9th Workshop on Trees, 2025", "accepted: 9th Workshop on Trees, 2025"),
        ("To be published in Adjunct Talks '25", "accepted: Adjunct Talks '25"),
        ("Published in Annals of Sorting 5, 2024", "published: Annals of Sorting 5, 2024"),
        ("CVPR 2025. Project page: https://a.github.io/b", "accepted: CVPR 2025"),
        ("accepted\n  by the 12th Conference on\n  Long Names", "accepted: 12th Conference on Long Names"),
        ("To appear in Phys. Rev. Lett.", "accepted: Phys. Rev. Lett."),
        ("12 pages. Accepted for publication in J. High Energy Phys. Code: x", "accepted: J. High Energy Phys."),
        ("Accepted to Physical Review D. arXiv admin note: text overlap", "accepted: Physical Review D"),
        ("v2: accepted version; matches published version in JHEP", "published: JHEP"),
        ("Accepted with minor revision by JMLR", "accepted: JMLR"),
        ("Final version accepted by PRX Quantum, many typos corrected", "accepted: PRX Quantum"),
        ("Accepted 2020 March 12, MNRAS", "accepted: MNRAS"),
        ("Accepted: 12 March 2020", "accepted"),
        ("Accepted to (ACL 2024)", "accepted: ACL 2024"),
        ("Conditionally accepted to CHI 2025", ""),
        ("Accepted at ISMAR 2023 but withdrawn", ""),
        ("We accept the null hypothesis", ""),
        ("Accepted", "accepted"),
        ("11 pages, 5 figures", ""),
        ("Submitted to NeurIPS 2025", ""),
        ("Under review at ICLR 2025", ""),
        ("Copyright may be transferred if accepted for publication", ""),
        ("Extended version of a paper accepted at ICML 2024", ""),
        ("An earlier version appeared in the CVPR 2025 Workshop on X", ""),
        ("Code will be released upon acceptance", ""),
        ("Work in progress. Code will be published at https://x.org", ""),
        ("Initially rejected, never accepted anywhere", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_a_comment_is_read_as_it_is_meant(comment: str, badge: str) -> None:
    assert publication_of(replace(paper(GRAPHS), comment=comment)).badge == badge


def test_the_journal_reference_counts_before_the_comment() -> None:
    found = publication_of(replace(paper(GRAPHS), comment="Accepted at X", journal_ref="J. Test 5 (2024) 12"))
    assert found.badge == "published: J. Test 5 (2024) 12"


@pytest.mark.parametrize(
    ("journal_ref", "badge"),
    [
        ("none", ""), ("N/A", ""), ("-", ""), ("arXiv:2001.00001", ""), ("Submitted to PRL", ""),
        ("ICML 2020 (under review)", ""), ("To appear in Nature", "accepted: Nature"), ("accepted", "accepted"),
        ("{\\it Ann. Math.} {\\bf 12} (1999)", "published: Ann. Math. 12 (1999)"),
    ],
)  # fmt: skip
def test_a_journal_reference_that_names_none_is_none(journal_ref: str, badge: str) -> None:
    found = publication_of(replace(paper(GRAPHS), comment="7 pages", journal_ref=journal_ref))
    assert found.badge == badge
    assert bool(reference_in(journal_ref)) == badge.startswith("published")


def test_a_withdrawn_paper_has_no_publication() -> None:
    assert publication_of(replace(paper(GRAPHS), comment="Accepted at ICML 2025", withdrawn=True)).badge == ""


@pytest.mark.parametrize(
    ("comment", "kinds"),
    [
        ("Code: https://github.com/a/b.", ["code"]),
        ("The dataset is at https://github.com/a/data and the code at https://github.com/a/b", ["data", "code"]),
        ("Project page: https://a.github.io/b, code: https://gitlab.com/a/b", ["project", "code"]),
        ("https://zenodo.org/record/1", ["data"]),
        ("See also https://example.org/talk", []),
        ('<a href="https://github.com/a/b">here</a>', ["code"]),
        ("code at javascript:alert(1)", []),
    ],
)  # fmt: skip
def test_addresses_of_code_and_data_are_told_apart(comment: str, kinds: list[str]) -> None:
    links = links_in(comment)
    assert [link.kind for link in links] == kinds
    assert all(link.address.startswith("https://") and not link.address.endswith((".", ",")) for link in links)
