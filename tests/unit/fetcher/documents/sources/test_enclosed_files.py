from services.fetcher.documents.sources.enclosed_files import with_enclosed_files


def test_files_enclosed_in_the_main_file_are_found_beside_it_and_never_replace_one_that_is_there() -> None:
    main = (
        b"\\begin{filecontents}{a.tex}\nof a\n\\end{filecontents}\n"
        b"\\begin{filecontents*}[force]{b.tex}\nof b\n\\end{filecontents*}\nrest"
    )
    files = with_enclosed_files({"main.tex": main, "b.tex": b"own"})
    assert files == {"main.tex": b"\n\nrest", "a.tex": b"of a\n", "b.tex": b"own"}
    unclosed = {"main.tex": b"\\begin{filecontents}{a.tex} for ever"}
    assert with_enclosed_files(unclosed) == unclosed
