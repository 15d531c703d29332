"""What a person names: ids, addresses, bibliographies, files."""

from pathlib import Path

from services.summarizer.research.library.wanted_papers import read_wanted

BIB = """
@article{a, title={Graphs}, eprint={2005.11401v3}, archivePrefix={arXiv}}
@article{b, title={A book}, year={1999}}
@misc{c, url={https://arxiv.org/abs/hep-th/9901001}}
"""


def test_ids_addresses_and_versions_are_read_once_each() -> None:
    wanted = read_wanted(["2403.12345v2", "https://arxiv.org/pdf/2403.12345.pdf", "arXiv:hep-th/9901001", "foo"])
    assert (list(wanted.paper_ids), wanted.versions) == (["2403.12345", "hep-th/9901001"], {"2403.12345": 2})
    assert list(wanted.problems) == ["foo"]


def test_a_bibliography_gives_its_papers_and_names_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "my.bib"
    path.write_text(BIB)
    wanted = read_wanted([str(path), "local:0123456789abcdef"])
    assert list(wanted.paper_ids) == ["2005.11401", "hep-th/9901001", "local:0123456789abcdef"]
    assert wanted.passed_over == ["my.bib, line 3: no arXiv id (“A book”)"]
    path.write_text("@book{b, title={A book}}")
    assert "names no paper of arXiv" in read_wanted([str(path)]).problems[str(path)]
    path.write_bytes(b"\xff\xfe\x00nothing")
    assert str(path) in read_wanted([str(path)]).problems


def test_another_file_is_a_paper_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "draft.pdf"
    path.write_bytes(b"%PDF-1.4")
    assert read_wanted([str(path)]).files == [path]
