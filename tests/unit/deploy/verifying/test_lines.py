"""Lines of files, with what is wrong with them."""

from pathlib import Path

from pydantic import BaseModel

from deploy.verifying.lines import read_lines, read_records


class Word(BaseModel):
    word: str


def test_each_line_is_read_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "words.jsonl"
    path.write_bytes(b'{"word": "one"}\n\n\xff\n{"worm": 1}\n{"word": "t')
    lines = list(read_records(path, Word))
    assert [(line.number, line.record.word if line.record else "") for line in lines] == [
        (1, "one"),
        (3, ""),
        (4, ""),
        (5, ""),
    ]
    assert [line.problem.split(":")[0] for line in lines] == ["", "is not UTF-8", "cannot be read", "is cut"]


def test_a_file_that_is_not_there_has_no_lines(tmp_path: Path) -> None:
    assert list(read_lines(tmp_path / "none.jsonl")) == []
