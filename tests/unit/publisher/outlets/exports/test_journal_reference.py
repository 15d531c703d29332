"""Journal references taken apart: what is known of each, and what stays in one piece."""

import pytest

from services.publisher.outlets.exports.journal_reference import read_reference


@pytest.mark.parametrize(
    ("text", "container", "volume", "number", "pages", "year"),
    [
        ("J. Math. Phys. 48(2007), 092102.", "J. Math. Phys.", "48", "", "092102", "2007"),
        ("Eur. Phys. J. C (2017) 77:856", "Eur. Phys. J. C", "77", "", "856", "2017"),
        ("Lett. Math. Phys. 108 (2018), no. 2, 359-376", "Lett. Math. Phys.", "108", "2", "359--376", "2018"),
        ("Phys. Rev. D 97, 012345 (2018)", "Phys. Rev. D", "97", "", "012345", "2018"),
        ("Phys.Rev.D76:013009,2007", "Phys.Rev.", "D76", "", "013009", "2007"),
        ("Commun. ACM 12(3), 45-50, 2019", "Commun. ACM", "12", "3", "45--50", "2019"),
        ("Arch. Rat. Mech. (2011) 229--268", "Arch. Rat. Mech.", "", "", "229--268", "2011"),
        ("Proc. Natl. Acad. Sci. USA 115, 123-130 (2018)", "Proc. Natl. Acad. Sci. USA", "115", "", "123--130", "2018"),
        ("IEEE Access, vol. 9, no. 2, pp. 1-12, Jan.-Feb. 2021", "IEEE Access", "9", "2", "1--12", "2021"),
        ("Entropy 2020, 22(1), 45", "Entropy", "22", "1", "45", "2020"),
        ("Transactions on Learning, 2024", "Transactions on Learning", "", "", "", "2024"),
        ("J. Eng. (IJ), Vol.3, No.1, May 2012", "J. Eng. (IJ), Vol.3, No.1, May 2012", "", "", "", "2012"),
        ("Volume 5 of 2011 and 2012", "Volume 5 of 2011 and 2012", "", "", "", ""),
    ],
)  # fmt: skip
def test_an_article_is_taken_apart_where_its_form_is_known(
    text: str, container: str, volume: str, number: str, pages: str, year: str
) -> None:
    found = read_reference(text)
    assert found is not None
    assert found.kind == "article"
    assert (found.container, found.volume, found.number, found.pages, found.year) == (
        container, volume, number, pages, year,
    )  # fmt: skip


def test_proceedings_are_no_journal() -> None:
    found = read_reference("In Proc. 2023 IEEE International Conference on Software Testing (ICSTW), pp. 66-69")
    assert found is not None
    assert (found.kind, found.year, found.pages) == ("inproceedings", "2023", "66--69")
    assert found.container == "Proc. 2023 IEEE International Conference on Software Testing (ICSTW)"


def test_an_empty_reference_is_none() -> None:
    assert read_reference(" . ") is None
