import pytest

from services.fetcher.documents.macros.toggles import with_toggles_resolved


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"\newtoggle{long}\toggletrue{long}\iftoggle{long}{a}{b}", "a"),
        (r"\newbool{x}\ifbool{x}{a}{b}\booltrue{x}\ifbool{x}{a}{b}\notbool{x}{a}{b}", "bab"),
        (
            r"\newboolean{x}\setboolean{x}{true}\ifthenelse{\boolean{x}}{a{1}}{b}\ifthenelse{\not\boolean{x}}{a}{b}",
            "a{1}b",
        ),
        (r"\iftoggle{unknown}{a}{b}", r"\iftoggle{unknown}{a}{b}"),
        (r"\newtoggle{x}\iftoggle{x}{a", "{a"),
    ],
)
def test_a_toggle_decides_between_two_texts(tex: str, expected: str) -> None:
    assert with_toggles_resolved(tex) == expected
