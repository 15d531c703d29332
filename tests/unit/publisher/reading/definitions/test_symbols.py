"""Symbols have the words that a sentence defines them by; what only uses a symbol defines nothing."""

import pytest

from services.publisher.reading.definitions.symbols import symbol_definitions, symbol_key, symbols_in


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("where $x$ denotes the input.", [("x", "the input", True)]),
        (
            "where $x$ denotes the input and $y_i$ is the label of item $i$.",
            [("x", "the input", True), ("y_i", "the label of item $i$", True)],
        ),
        ("Let $G=(V,E)$ be a graph with $n$ nodes.", [("G", "a graph with $n$ nodes", True)]),
        ("Let $x, y$ be two points.", [("x", "two points", True), ("y", "two points", True)]),
        ("We denote by $\\eta$ the learning rate.", [("\\eta", "the learning rate", True)]),
        ("The learning rate, denoted by $\\eta$, is small.", [("\\eta", "The learning rate", True)]),
        ("Here $\\mathbf{W} \\in \\mathbb{R}^{d}$ is the weight matrix.", [("\\mathbf{W}", "the weight matrix", True)]),
        ("$m$ is the electron mass and we have used it.", [("m", "the electron mass", True)]),
        ("It adds the previous hidden state $h_{t-1}$ to it.", [("h_{t-1}", "the previous hidden state", False)]),
        ("We use $x$ to denote the input.", [("x", "the input", True)]),
        ("In the case $n=2$ the yellow bands represent $T$.", []),
        ("$N$ is not large, and the bound on $Q$ is the well known result.", []),
        ("Let $n$ be divisible by 4.", []),
        ("We do not assume that $G$ is a group.", []),
        ("It holds if and only if $T$ is a tree.", []),
        ("If $n$ is even, $m$ is the mean of both.", [("m", "the mean of both", True)]),
        ("$p$ is the same as before.", []),
        (
            "where $N$, $M$ and $K$ are the numbers of users, items and clusters, and we use them.",
            [(letter, "the numbers of users, items and clusters", True) for letter in "NMK"],
        ),
        (
            "where $N$, $M$ and $K$ are the sizes of sets, and then some more is said.",
            [(letter, "the sizes of sets", True) for letter in "NMK"],
        ),
        ("We write $\\|x\\|$ and $x + y$ is the sum.", []),
        ("No formula is here, where x is the input.", []),
    ],
)
def test_what_a_sentence_says_of_symbols(sentence: str, found: list[tuple[str, str, bool]]) -> None:
    definitions = symbol_definitions(sentence)
    assert [(one.symbol, one.words, one.is_outright) for one in definitions] == found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("h_{t}", "h_t"),
        ("h _t", "h_t"),
        ("\\mathbf x", "\\mathbf{x}"),
        ("x_{\\alpha}", "x_\\alpha"),
        ("\\bm{x}", "\\mathbf{x}"),
    ],
)
def test_a_symbol_has_one_key_however_it_is_spelt(one: str, other: str) -> None:
    assert symbol_key(one) == symbol_key(other)


def test_the_symbols_of_a_formula() -> None:
    found = symbols_in(r"\frac{h_{t-1}+\alpha W^T}{\mathbf{x}_i} \le \sqrt{n}")
    assert [whole for whole, _ in found] == ["h_{t-1}", "\\alpha", "W^T", "\\mathbf{x}_i", "n"]
    assert ("W^T", "W") in found
