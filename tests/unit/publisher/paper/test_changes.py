"""What changed between two texts, paragraph by paragraph."""

from hypothesis import given
from hypothesis import strategies as st

from services.publisher.paper.changes import changes_between

BEFORE = """# 1 Introduction

We study 1,200 planets on eccentric orbits.

They lose a quarter of their envelope.

# 2 Method

An old remark that nobody needs any more.
"""
AFTER = """# 1 Introduction

We study 1,350 planets on eccentric orbits.

They lose a quarter
of their envelope.

# 2 Method

## Limits

Rocky planets were left out.
"""


def test_changed_added_and_removed_paragraphs_are_told_apart() -> None:
    changes = changes_between(BEFORE, AFTER)
    assert [(change.kind, change.section) for change in changes.shown] == [
        ("changed", "1 Introduction"),
        ("added", "Limits"),
        ("added", "Limits"),
        ("removed", "2 Method"),
    ]
    assert (changes.total, changes.sections) == (4, 3)


def test_of_a_changed_paragraph_only_the_words_that_differ_are_marked() -> None:
    change = changes_between(BEFORE, AFTER).shown[0]
    assert change.before is not None
    assert change.after is not None
    assert change.before.text[change.before.start : change.before.end] == "1,200"
    assert change.after.text[change.after.start : change.after.end] == "1,350"


def test_layout_is_no_change() -> None:
    assert changes_between("# A\n\none two\n", "# A\r\n\r\n\r\none   two").total == 0


_TEXTS = st.lists(st.text("ab #\n", max_size=12), max_size=8).map("\n\n".join)


@given(_TEXTS, _TEXTS)
def test_marks_lie_within_their_paragraph_and_equal_texts_do_not_differ(before: str, after: str) -> None:
    assert changes_between(before, before).total == 0
    for change in changes_between(before, after).shown:
        for marked in filter(None, (change.before, change.after)):
            assert 0 <= marked.start <= marked.end <= len(marked.text)
