"""An answer as a file of its own."""

from services.publisher.asking.export import answer_markdown, file_name
from tests.support.folders.seed import GRAPHS, TIDES, paper
from tests.support.papers.answered_questions import answered, cited


def test_the_file_has_question_answer_excerpts_and_one_entry_a_paper() -> None:
    citations = (cited(1), cited(2, "two\nlines"), cited(3, paper_id=TIDES, page=4))
    disagreement = {"text": "They differ.", "citations": (1, 3)}
    result = answered(citations=citations, disagreements=(disagreement,))
    text = answer_markdown(result, {name: paper(name) for name in (GRAPHS, TIDES)})
    assert "> two\n> lines" in text
    assert "Method, page 4" in text
    assert "- They differ. [1] [3]" in text
    assert "- Counting walks (2601.00001)" in text
    assert text.count("@misc{") == 2
    assert file_name(result) == "answer-20261106T120000.md"


def test_no_text_ends_the_block_of_bibtex_or_loads_something() -> None:
    result = answered(answer="![x](https://evil.example/x.png)", citations=(cited(1, "```\n# Heading\n\n<img src=x>"),))
    text = answer_markdown(result, {})
    assert "![" not in text
    assert "\n# Heading" not in text
    assert "<img" not in text
