"""Lists of papers in plain text and Markdown."""

from tests.unit.shared.text.rating_files.rows import problems_of, rows_of

LIST = """# liked
- [A](https://arxiv.org/abs/2403.12345), with a remark
https://huggingface.co/papers/2403.12346

1. Attention is all you need
foo
## Disliked
2403.11111, 2403.11112 2410.1285
"""


def test_ids_links_and_titles_with_headings_that_rate_them() -> None:
    assert rows_of(LIST) == [
        (2, "like", "2403.12345"),
        (3, "like", "2403.12346"),
        (5, "like", "Attention is all you need"),
        (8, "dislike", "2403.11111"),
        (8, "dislike", "2403.11112"),
        (8, "dislike", "2410.1285"),
    ]
    assert [problem.split(" names")[0] for problem in problems_of(LIST)] == ["line 6: 'foo'"]
