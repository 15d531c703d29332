"""arXiv's categories as the page lists them."""

from services.publisher.system.setup.category_groups import category_groups
from shared.categories import ARCHIVES, SUBJECTS


def test_every_category_is_there_once() -> None:
    codes = [code for group in category_groups() for code, _ in group.categories]
    assert sorted(codes) == sorted([*ARCHIVES, *SUBJECTS])


def test_an_archive_with_subjects_is_all_of_them_and_one_without_is_itself() -> None:
    names = dict(pair for group in category_groups() for pair in group.categories)
    assert (names["cs"], names["hep-th"]) == ("All of Computer Science", "High Energy Physics - Theory")
    first = category_groups()[0]
    assert first.categories[0][0] == "cs"
    assert first.chosen(("cs.LG", "math.CO")) == 1
