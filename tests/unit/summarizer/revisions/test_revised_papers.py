"""The figures of the bench in small: an invented paper in many newer versions, of which all edits are known."""

import random

import pytest

from services.summarizer.revisions.comparison import compare
from services.summarizer.revisions.units import sections_of
from tests.support.arxiv.revised_papers import edited

_WORDS = "graph mesh node edge run disk tree pass sort merge cost bound round walk seed tide planet orbit".split()  # noqa: SIM905


def invented(seed: int, sections: int = 9) -> str:
    """Sections with sentences, numbers, a theorem and a table each."""
    dice = random.Random(seed)

    def word() -> str:
        return dice.choice(_WORDS)

    text = "# An invented paper\n"
    for number in range(1, sections + 1):
        name = " ".join(dice.sample(_WORDS, 2)).title()
        sentences = [
            f"We show that the {word()} of every {word()} takes {dice.randint(2, 900)} of the {word()}s, and "
            f"{dice.random() * 90:.1f} percent of the {word()}s in Table {number}."
            for _ in range(5)
        ]
        rows = [f"| {one} | {dice.random() * 50:.2f} | {dice.randint(1, 99)} |" for one in dice.sample(_WORDS, 3)]
        theorem = f"**Theorem {number}**. *Each {word()} has at most {dice.randint(2, 99)} {name.lower()}s.*"
        table = "\n".join(["| A | B | C |", "|:--|:--|:--|", *rows])
        text += f"\n## {number} {name}\n\n{' '.join(sentences)}\n\n{theorem}\n\n{table}\n"
    return text


@pytest.mark.parametrize("seed", range(12))
def test_every_edit_is_found_and_nothing_else_is_called_changed(seed: int) -> None:
    before = invented(seed)
    after, edits = edited(before, random.Random(seed))
    assert {edit.kind for edit in edits} == {"number", "reworded", "weakened"}
    found = {section.title: section for section in compare(before, after)}
    assert set(found) == {edit.title for edit in edits}
    for edit in edits:
        numbers = {(one.before, one.after) for change in found[edit.title].changes for one in change.numbers}
        kinds = {kind for change in found[edit.title].changes for kind in change.kinds}
        assert numbers == ({(edit.before, edit.after)} if edit.kind == "number" else set())
        assert ("theorem" in kinds) == (edit.kind == "weakened") or edit.kind == "number"


@pytest.mark.parametrize("seed", range(6))
def test_sections_in_any_order_with_other_numbers_are_no_changes(seed: int) -> None:
    before = invented(seed)
    parts = before.split("\n## ")
    head, rest = parts[0], parts[1:]
    random.Random(seed).shuffle(rest)
    renumbered = [f"{number}{part[part.index(' ') :]}" for number, part in enumerate(rest, start=1)]
    after = "\n## ".join([head, *renumbered])
    assert {section.fate for section in compare(before, after)} <= {"moved", "renamed"}
    assert len(sections_of(after)) == len(sections_of(before))
