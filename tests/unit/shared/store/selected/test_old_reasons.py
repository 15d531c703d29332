"""Reasons of former selections read like those of today."""

import pytest

from shared.store.selected.old_reasons import in_new_words


@pytest.mark.parametrize(
    ("old", "sentences", "details"),
    [
        (
            ('because you liked "Alpha" (cosine 0.74)', 'because you liked "Be "ta"" (cosine 0.61)'),
            ("like “Alpha”, which you liked",),
            ("“Alpha”: cosine 0.74", "“Be \"ta\"”: cosine 0.61"),
        ),
        (
            ('because you liked "Alpha" (cosine 0.74)', 'despite disliking "Delta" (cosine 0.71)', "in “x”, boosted"),
            ("like “Alpha”, which you liked, but also like “Delta”, which you disliked", "in “x”, boosted"),
            ("“Alpha”: cosine 0.74", "“Delta”: cosine 0.71"),
        ),
        (('close to your seed "words" (cosine 0.89)',), ("like your seed “words”",), ("“words”: cosine 0.89",)),
        (("no close match; best of the rest",), ("no close match; best of the rest",), ()),
        (
            ("close to nothing you liked; the best of what is there", 'despite disliking "D" (cosine 0.50)'),
            ("no close match; best of the rest, but also like “D”, which you disliked",),
            ("“D”: cosine 0.50",),
        ),
        (('nearly the same as "Beta" (cosine 0.97)',), ('nearly the same as "Beta"',), ("cosine 0.97",)),
        (("requested",), ("requested",), ()),
        (("like “Alpha”, which you liked in May",), ("like “Alpha”, which you liked in May",), ()),
        ((), (), ()),
    ],
)  # fmt: skip
def test_old_reasons_are_said_in_new_words(
    old: tuple[str, ...], sentences: tuple[str, ...], details: tuple[str, ...]
) -> None:
    assert in_new_words(old) == (sentences, details)
