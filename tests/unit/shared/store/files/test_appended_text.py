"""A growing file is read once; one that was written anew is noticed."""

from pathlib import Path

from shared.store.files.appended_text import AppendedText


def test_only_what_was_appended_is_read_and_a_torn_line_waits(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("a\nb\nto")
    text = AppendedText(path)
    assert (text.read_on(), text.read_on(), text.lines) == ("a\nb\n", "", 2)
    with path.open("a") as file:
        file.write("rn\nc\n")
    assert (text.read_on(), text.lines, text.was_replaced()) == ("torn\nc\n", 4, False)


def test_a_file_that_was_written_anew_cut_or_removed_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for after in ("x\nb\nc\n", "a\n", None):
        path.write_text("a\nb\n")
        text = AppendedText(path)
        text.read_on()
        assert not text.was_replaced()
        path.unlink() if after is None else path.write_text(after)
        assert text.was_replaced()
