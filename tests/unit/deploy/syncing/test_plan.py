"""What a sync puts, removes and leaves alone."""

import pytest

from deploy.syncing.plan import ContentIds, plan_sync

OLD, NEW, THEIRS = ContentIds("b-old", "s-old"), ContentIds("b-new", "s-new"), "b-theirs"


@pytest.mark.parametrize(
    ("there", "last", "put", "conflicts"),
    [
        ({}, {}, 1, 0),
        ({"a": "b-new"}, {}, 0, 0),
        ({"a": "s-new"}, {}, 0, 0),
        ({"a": "s-old"}, {"a": OLD}, 1, 0),
        ({"a": THEIRS}, {"a": OLD}, 0, 1),
        ({"a": "b-old"}, {}, 0, 1),
        ({}, {"a": OLD}, 1, 0),
    ],
    ids=["absent", "the same", "the same by LFS", "ours of before", "theirs", "not known whose", "removed there"],
)
def test_only_what_we_put_there_is_replaced(
    there: dict[str, str], last: dict[str, ContentIds], put: int, conflicts: int
) -> None:
    plan = plan_sync({"a": NEW}, there, last)
    assert (len(plan.put), len(plan.conflicts), plan.same) == (put, conflicts, 1 - put - conflicts)
    assert plan_sync({"a": NEW}, there, last, overrule=True).conflicts == ()


@pytest.mark.parametrize(("there", "removed"), [({"a": "b-old"}, ("a",)), ({"a": THEIRS}, ()), ({}, ())])
def test_what_is_gone_here_is_removed_there_unless_others_changed_it(
    there: dict[str, str], removed: tuple[str, ...]
) -> None:
    assert plan_sync({}, there, {"a": OLD}).remove == removed
