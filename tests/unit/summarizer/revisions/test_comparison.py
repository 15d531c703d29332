"""Two versions of a text: what is said to have changed, and what is not."""

import pytest

from services.summarizer.revisions.comparison import compare, counts_of

BEFORE = """# Message passing on meshes

## Abstract

We study message passing. It wins by 2.3 points on average.

## 1 Introduction

Graphs are everywhere in physics and in chemistry. Our method is described in Section 3 and tested in Table 2.
We follow [@smith20; @doe21] in all experiments that are reported here, as did @lee19 and others [e.g. @{1918ApJ.roe}].

## 2 Theory

**Theorem 1**. *Every bounded operator on $H$ has a fixed point whenever $\\alpha \\le 0.5$.*

By Theorem 1 and Lemma 2, the iteration converges for every start.

## 3 Results

| Model | BLEU | Hours |
|:--|:--|:--|
| Ours | 28.4 | 12 |
| Theirs | 27.3 | 84 |

The model was trained for 100,000 steps on eight machines with a batch of 512 sentences.

## 4 Conclusions

Our method converges for all inputs, and it needs no tuning of any kind.
"""


def changed(before: str, after: str) -> dict[str, str]:
    return {section.title: section.fate for section in compare(before, after)}


def edited(*edits: tuple[str, str]) -> str:
    text = BEFORE
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return text


def test_the_same_text_has_no_changes() -> None:
    assert compare(BEFORE, BEFORE) == ()


def test_layout_numbering_and_names_of_citations_are_no_changes() -> None:
    after = edited(
        ("in physics and in chemistry. Our", "in physics\nand in chemistry.  Our"),
        ("Section 3 and tested in Table 2", "Section 4 and tested in Table 3"),
        ("[@smith20; @doe21]", "[@smith2020; @jane; @doe21]"),
        ("@lee19", "@lee:2019"),
        ("Theorem 1", "Theorem 2"),
        ("Lemma 2", "Lemma A.7"),
        ("## 2 Theory", "## 3 Theory"),
        ("|:--|:--|:--|", "|:---|---:|---:|"),
        ("| Ours | 28.4 | 12 |", "| Ours   | **28.4** |  12   |"),
        ("100,000", "100000"),
    )
    assert compare(BEFORE, after) == ()


def test_a_section_that_moved_is_moved_and_not_changed() -> None:
    start, theory, results = BEFORE.index("## 2"), BEFORE.index("## 3"), BEFORE.index("## 4")
    after = BEFORE[:start] + BEFORE[theory:results] + BEFORE[start:theory] + BEFORE[results:]
    assert [section.fate for section in compare(BEFORE, after)] == ["moved"]


def test_a_renamed_section_is_renamed() -> None:
    assert changed(BEFORE, edited(("## 3 Results", "## 3 Experiments"))) == {"3 Experiments": "renamed"}


def test_a_sentence_that_moved_to_another_section_is_not_changed() -> None:
    sentence = "Graphs are everywhere in physics and in chemistry."
    after = edited((sentence, ""), ("By Theorem 1 and", f"{sentence} By Theorem 1 and"))
    assert compare(BEFORE, after) == ()


@pytest.mark.parametrize(
    ("old", "new", "section", "kinds", "numbers"),
    [
        ("2.3 points", "1.9 points", "Abstract", ("number", "conclusion"), [("2.3", "1.9")]),
        ("\\le 0.5", "\\le 0.4", "2 Theory", ("number", "theorem"), [("0.5", "0.4")]),
        ("28.4", "28.1", "3 Results", ("number", "table"), [("28.4", "28.1")]),
        ("100,000", "300,000", "3 Results", ("number",), [("100000", "300000")]),
        ("batch of 512", "batch", "3 Results", ("number",), [("512", "")]),
        ("Every bounded", "Every compact", "2 Theory", ("theorem",), []),
        ("| Ours |", "| Our model |", "3 Results", ("table",), []),
        ("for all inputs", "for most inputs", "4 Conclusions", ("conclusion",), []),
        ("sentences.", "samples.", "3 Results", ("reworded",), []),
        ("on eight machines", "on several machines", "3 Results", ("number",), [("8", "")]),
    ],
)
def test_one_change_is_found_where_it_is_and_named(
    old: str, new: str, section: str, kinds: tuple[str, ...], numbers: list[tuple[str, str]]
) -> None:
    (found,) = compare(BEFORE, edited((old, new)))
    assert (found.title, found.fate) == (section, "changed")
    (change,) = found.changes
    assert change.kinds == kinds
    assert [(number.before, number.after) for number in change.numbers] == numbers


@pytest.mark.parametrize(
    ("old", "new", "numbers"),
    [
        ("in $[0, 1]$", "in $[0, 2]$", [("1", "2")]),
        ("in $[1, 10]$", "in $[1, 100]$", [("10", "100")]),
        ("by $-0.5$", "by $0.5$", [("-0.5", "0.5")]),
        ("by −3.2 points", "by +3.2 points", [("-3.2", "3.2")]),
        ("at $10^{-3}$", "at $10^{-4}$", [("-3", "-4")]),
        ("over three seeds", "over five seeds", [("3", "5")]),
        ("over three seeds", "over 3 seeds", None),
        ("of 10,000", "of $10{,}000$", None),
        ("of 10000", "of $10\\,000$", None),
        ("by 5%", "by $5\\%$", None),
        ("at $\\frac{1}{2} n$", "at $\\tfrac12 n$", None),
        ("at $x -3$", "at $x-3$", None),
        ("as in [3, 7]", "as in [4]", None),
    ],
)
def test_numbers_in_every_form_are_compared_by_what_they_say(
    old: str, new: str, numbers: list[tuple[str, str]] | None
) -> None:
    text = "# T\n\n## Method\n\nThe weight lies {} for all of the models here.\n"
    found = compare(text.format(old), text.format(new))
    told = [(one.before, one.after) for part in found for change in part.changes for one in change.numbers]
    assert told == (numbers or [])
    assert bool(found) == (numbers is not None)


def test_a_place_leads_to_the_newer_text() -> None:
    after = edited(("28.4", "28.1"))
    change = compare(BEFORE, after)[0].changes[0]
    assert "28.1" in after[change.start : change.end]


def test_what_was_added_and_removed_is_told_with_its_section() -> None:
    new = "\n## 5 Limitations\n\nThe method was tested on meshes of one kind alone.\n"
    (added,) = compare(BEFORE, BEFORE + new)
    assert (added.title, added.fate, added.changes[0].kinds) == ("5 Limitations", "added", ("conclusion", "added"))
    (removed,) = compare(BEFORE + new, BEFORE)
    assert (removed.title, removed.fate, removed.changes[0].after) == ("5 Limitations", "removed", "")


def test_changes_are_told_from_what_matters_most() -> None:
    after = edited(("on eight machines", "on several machines"), ("28.4", "28.1"), ("100,000", "300,000"))
    (results,) = compare(BEFORE, after)
    assert [change.kinds[0] for change in results.changes] == ["number", "number"]
    assert counts_of([results]) == {"number": 2}


def test_one_of_two_equal_rows_that_changes_is_found() -> None:
    before = BEFORE.replace("| Theirs | 27.3 | 84 |", "| A | 1.5 |\n| A | 1.5 |\n| A | 1.7 |")
    (found,) = compare(before, before.replace("| A | 1.5 |\n| A | 1.5 |", "| A | 1.5 |\n| A | 1.7 |"))
    assert [(number.before, number.after) for number in found.changes[0].numbers] == [("1.5", "1.7")]


def test_texts_without_anything_compare_to_nothing() -> None:
    assert compare("", "") == ()
    assert changed("", BEFORE)["Abstract"] == "added"
    assert changed(BEFORE, "")["Abstract"] == "removed"
