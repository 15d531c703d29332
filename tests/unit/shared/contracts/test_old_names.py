"""Fields under their old names."""

from shared.contracts.old_names import with_new_names


def test_the_new_name_counts_where_both_are_given() -> None:
    assert with_new_names({"old": 1, "other": 2}, {"old": "new"}) == {"new": 1, "other": 2}
    assert with_new_names({"old": 1, "new": 2}, {"old": "new"}) == {"new": 2}


def test_what_has_no_old_name_or_is_no_object_is_left_as_it_is() -> None:
    content = {"new": 1}
    assert with_new_names(content, {"old": "new"}) is content
    assert with_new_names([1], {"old": "new"}) == [1]
