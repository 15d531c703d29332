"""What changes no meaning makes no difference, and what does, does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fetcher.metadata.normal_form import normal_form, says_the_same


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (r"Schr\"odinger, Schr\"{o}dinger", "Schrödinger, Schrödinger"),
        (r"Erd\H{o}s, \v{C}ech, Sa\u{g}lam, \c{C}a\u gr\i", "Erdős, Čech, Sağlam, Ça\\u gr\u0131"),
        (r"\'\i \^\i \^{\i} na\"{\i}ve", "\\'\u0131 \\^\u0131 \\^\u0131 naïve"),
        (r"H$\alpha$ at $\lambda of 3 \mu m, \varphi \phi \epsilon", "H$α$ at $λof 3 μm, φϕε"),
        (r"{\AA}ngstr\"om \ss \o{} \L{}\'od\'z", "Ångström ßøŁódź"),
        (r"\c{m} and \v{x}", "cm and vx"),
        (r"30 \deg \div \S 2", "30 °÷§2"),
        ("Maxwell&#39;s  ``waves'' &amp;lt; 3\n lines", "Maxwell’s “waves” < 3 lines"),
        (r"{\it new} \emph{words} of {{braces}}", "new words of braces"),
        (r"full--wave 3\,cm", "full–wave 3,cm"),
    ],
)
def test_tex_and_what_arxiv_makes_of_it_say_the_same(raw: str, told: str) -> None:
    assert normal_form(raw) == normal_form(told)


@pytest.mark.parametrize(
    ("text", "other_text"),
    [
        ("We prove it", "We disprove it"),
        ("12% better", "21% better"),
        ("0.5 GeV", "05 GeV"),
        ("$x<1$", "$x>1$"),
        ("$x=1$", r"$x\ne 1$"),
        ("at -5 K", "at 5 K"),
        (r"$\alpha$-decay", r"$\beta$-decay"),
        ("", "An abstract"),
    ],
)
def test_another_meaning_is_told(text: str, other_text: str) -> None:
    assert not says_the_same(text, other_text)


@given(st.text(max_size=200))
def test_any_text_has_a_normal_form(text: str) -> None:
    assert normal_form(f" {text}\n") == normal_form(text)


@pytest.mark.parametrize("hostile", ["\\" * 50_000, "\\'" + " " * 50_000, "{" * 50_000, "&" * 50_000, "\\c" * 25_000])
def test_a_hostile_text_is_no_work(hostile: str) -> None:
    assert says_the_same(hostile, hostile + " ")
