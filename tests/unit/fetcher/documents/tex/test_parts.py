from services.fetcher.documents.tex.parts import chunks_of, paragraphs_of, plain_markdown, sections_in, slices

BODY = "Front.\n\n\\section{One} a\n\n\\subsection*{Two} b"


def test_a_body_is_cut_before_its_headings() -> None:
    assert sections_in(BODY) == 2
    assert chunks_of(BODY) == ["Front.\n\n", "\\section{One} a\n\n", "\\subsection*{Two} b"]


def test_a_part_is_cut_at_blank_lines_outside_environments() -> None:
    assert paragraphs_of("a\n\n\\begin{x}b\n\nc\\end{x}\n\nd") == ["a", "\\begin{x}b\n\nc\\end{x}", "d"]


def test_without_a_converter_words_and_headings_are_left() -> None:
    assert plain_markdown(BODY) == "Front.\n\n# One\n\na\n\n## Two\n\nb\n"


def test_a_long_text_is_cut_into_slices_that_lose_nothing_and_split_no_group() -> None:
    text = ("word " * 1_000 + "\n\n") * 20
    pieces = slices(text)
    assert [len(piece) for piece in pieces] == [30_012, 30_012, 30_012, 10_004]
    assert "".join(pieces) == text
    assert slices("short") == ["short"]
    assert slices("{" + text + "}") == ["{" + text + "}"]
