import pytest

from services.fetcher.documents.engines.pandoc import to_markdown


@pytest.mark.parametrize(
    ("text", "source_format", "expected"),
    [
        (r"\section{One}\emph{a} $x^2$", "latex", "# One\n\n*a* $x^2$\n"),
        ("<h2>Two</h2><p>b</p>", "html", "## Two\n\nb\n"),
    ],
)
def test_latex_and_html_become_markdown(text: str, source_format: str, expected: str) -> None:
    assert to_markdown(text, source_format, seconds=30, memory_mb=2_000).markdown == expected


def test_commands_that_pandoc_skips_are_named() -> None:
    assert "mycommand" in to_markdown(r"a \mycommand{b} c", "latex", seconds=30, memory_mb=2_000).skipped


def test_where_pandoc_gives_up_its_answer_has_the_reason_and_the_line() -> None:
    answer = to_markdown("fine\n\nbroken \\begin{itemize} \\item a", "latex", seconds=30, memory_mb=2_000)
    assert answer.markdown is None
    assert answer.problem.startswith("pandoc refused it: ")
    assert answer.line == 4
