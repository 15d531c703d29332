"""The corpus: that it has what it promises, and that any folder can stand in for it."""

import gzip
import io
import json
import re
import subprocess
import tarfile
import time
from datetime import date
from pathlib import Path

import pypandoc
import pytest
from pypdf import PdfReader

from deploy.demo.papers.corpus import OWN_FOLDER, Corpus, load_corpus, load_folder, load_jsonl
from deploy.demo.papers.paper import Author, parse_author, parse_paper_id
from deploy.demo.papers.sketch import sketch_latex
from deploy.demo.papers.sources import PDF_TEXT, eprint_paper_id, serve_eprint, serve_source
from deploy.demo.papers.synthetic import generate_corpus

INPUT = re.compile(r"\\(?:input|include)(?:\{([^}]+)\}|\s+([\w/]+))")


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus()


def main_text(files: dict[str, bytes]) -> str:
    mains = [name for name, content in files.items() if re.search(rb"\\document(class|style)|\\bye", content)]
    assert len(mains) == 1, f"one main file expected, found {mains}"
    return flatten(files, mains[0])


def flatten(files: dict[str, bytes], name: str) -> str:
    def included(match: re.Match[str]) -> str:
        wanted = match[1] or match[2]
        return flatten(files, wanted if wanted in files else f"{wanted}.tex")

    return INPUT.sub(included, decode(files[name]))


def decode(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def test_there_are_enough_papers_topics_archives_and_days(corpus: Corpus) -> None:
    papers = corpus.papers.values()
    days = [day for day in corpus.days if day >= "2026-10-26"]
    assert len(corpus) >= 120
    assert len({paper.topic for paper in papers}) >= 8
    assert len({paper.categories[0].partition(".")[0] for paper in papers}) >= 5
    assert len(days) == 10
    assert all(date.fromisoformat(day).weekday() < 5 for day in days)
    assert all(sum(day in paper.announced for paper in papers) >= 10 for day in days)


def test_every_paper_is_complete_and_its_id_fits_its_dates(corpus: Corpus) -> None:
    for paper_id, paper in corpus.papers.items():
        assert parse_paper_id(paper_id) == (paper_id, None)
        assert paper.title
        assert paper.authors
        assert 40 <= len(paper.abstract.split()) <= 160, paper_id
        assert list(paper.announced) == sorted(set(paper.announced))
        number = paper_id.rpartition("/")[2]
        assert paper.announced[0][2:4] == number[:2]
        assert abs(int(paper.announced[0][5:7]) - int(number[2:4])) <= 1


def test_no_two_papers_share_a_sentence_except_the_near_duplicates(corpus: Corpus) -> None:
    owners: dict[str, set[str]] = {}
    for paper in corpus.papers.values():
        for sentence in re.split(r"(?<=[.?!])\s+", paper.abstract):
            if len(sentence.split()) > 6:
                owners.setdefault(sentence, set()).add(paper.paper_id)
    shared = {frozenset(ids) for ids in owners.values() if len(ids) > 1}
    assert shared <= {frozenset({"2611.00208", "2611.00211"})}


def test_the_odd_cases_are_there(corpus: Corpus) -> None:
    papers = list(corpus.papers.values())
    assert any(paper.paper_id == "hep-th/9901001" and len(paper.announced) == 2 for paper in papers)
    assert sum(len(paper.announced) > 1 for paper in papers) >= 8
    assert sum(bool(paper.withdrawn_in) for paper in papers) == 2
    assert sum(len(paper.categories) > 1 for paper in papers) >= 40
    assert any(r"\H{o}" in paper.title for paper in papers)
    assert any("$" in paper.abstract for paper in papers)
    assert any(author.keyname == "Hernández" for paper in papers for author in paper.authors)


def test_forty_papers_have_sources_of_all_kinds(corpus: Corpus) -> None:
    homes = [eprint.files for eprint in corpus.shelf.eprints.values()]
    texts = [{name: decode(content) for name, content in files.items()} for files in homes]
    assert set(corpus.shelf.eprints) <= set(corpus.papers)
    assert len(homes) >= 40
    assert sum(len(files) == 1 for files in homes) >= 20
    assert sum(len(files) > 3 for files in homes) >= 3
    assert sum(list(files) == [PDF_TEXT] for files in homes) >= 2
    assert sum(any(is_latin1(content) for content in files.values()) for files in homes) >= 3
    for kind, least in {
        r"\documentstyle": 1,
        r"\bye": 1,
        r"\begin{algorithm}": 5,
        r"\begin{tabular}": 10,
        r"\begin{thebibliography}": 15,
        r"\newcommand": 20,
        r"\def": 6,
        r"\DeclareMathOperator": 4,
        "arXiv:26": 15,
        "10.9999/": 3,
    }.items():
        assert sum(any(kind in text for text in files.values()) for files in texts) >= least, kind
    assert any(name.endswith(".sty") for files in homes for name in files)
    assert any(name.endswith(".bbl") for files in homes for name in files)


def is_latin1(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def test_sources_cite_papers_of_the_corpus(corpus: Corpus) -> None:
    cited = set()
    for paper_id, eprint in corpus.shelf.eprints.items():
        for content in eprint.files.values():
            found = re.findall(r"(?:arXiv[:.]\s*|abs/)(\d{4}\.\d{5})|((?:hep-th|astro-ph)/\d{7})", decode(content))
            cited |= {(paper_id, new or old) for new, old in found if (new or old) != paper_id}
    assert len({pair for pair in cited if pair[1] in corpus.papers}) >= 20


def test_every_tex_source_converts_with_pandoc_once_its_inputs_are_in_place(corpus: Corpus) -> None:
    pandoc = pypandoc.get_pandoc_path()
    texts = {
        paper_id: main_text(eprint.files) for paper_id, eprint in corpus.shelf.eprints.items() if not eprint.is_pdf
    }
    plain = {paper_id for paper_id, text in texts.items() if r"\bye" in text}
    running = {
        paper_id: subprocess.Popen(
            [pandoc, "-f", "latex", "-t", "plain"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for paper_id in texts
        if paper_id not in plain
    }
    assert len(running) >= 36
    for paper_id, process in running.items():
        output, _ = process.communicate(texts[paper_id], timeout=60)
        assert process.returncode == 0, paper_id
        assert len(output.split()) >= 150, paper_id
        assert re.search(r"Limitations|Remarks|Concluding|open questions", output), paper_id


def test_a_pdf_only_submission_holds_text_that_can_be_extracted(corpus: Corpus) -> None:
    paper, eprint = corpus.papers["2610.20903"], corpus.shelf.eprints["2610.20903"]
    body = serve_eprint(paper, eprint, 1).body
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    assert "Julián Vargas" in text
    assert "median error of the interval between beats is 9 ms" in " ".join(text.split())


def test_a_source_is_packed_the_same_way_every_time(corpus: Corpus) -> None:
    paper, eprint = corpus.papers["2610.20101"], corpus.shelf.eprints["2610.20101"]
    first = serve_source(paper, eprint, 1)
    assert first == serve_source(paper, eprint, 1)
    with tarfile.open(fileobj=io.BytesIO(first.body)) as archive:
        assert "sections/method.tex" in archive.getnames()


def test_a_paper_without_a_source_gets_one_made_from_its_abstract(corpus: Corpus) -> None:
    paper = next(paper for paper_id, paper in corpus.papers.items() if paper_id not in corpus.shelf.eprints)
    tex = gzip.decompress(serve_eprint(paper, None, 1).body).decode()
    assert paper.abstract in tex.replace("\\%", "%")
    assert "put together by the demo server" in tex


def test_a_per_cent_sign_in_an_abstract_does_not_swallow_the_rest_of_it(corpus: Corpus) -> None:
    paper = next(paper for paper in corpus.papers.values() if re.search(r"\d% of [a-z]+ ", paper.abstract))
    text = pypandoc.convert_text(sketch_latex(paper), "plain", format="latex", extra_args=["--wrap=none"])
    assert paper.abstract.split("% of ")[1][:20] in text


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("1403.0037.gz", ("1403.0037", 1)),
        ("1706.03762.tar.gz", ("1706.03762", 1)),
        ("2501.01300v2.tar.gz", ("2501.01300", 2)),
        ("quant-ph_9802040.tar.gz", ("quant-ph/9802040", 1)),
        ("2101.10016.withdrawn.gz", ("2101.10016", 1)),
        ("2025-03.jsonl.gz", None),
        ("notes.txt", None),
    ],
)
def test_the_name_of_an_eprint_says_which_paper_it_is(name: str, expected: tuple[str, int] | None) -> None:
    assert eprint_paper_id(name) == expected


@pytest.mark.parametrize(
    ("text", "author"),
    [
        ("Okonkwo, Adaeze", Author("Okonkwo", "Adaeze")),
        ("Po-Ling Loh", Author("Loh", "Po-Ling")),
        ("Joe Biggs Jr.", Author("Biggs", "Joe", "Jr.")),
        ("Vogt, M., III (Univ. Demo)", Author("Vogt", "M.", "III", "Univ. Demo")),
        ("Plato", Author("Plato")),
    ],
)
def test_authors_are_read_from_either_spelling(text: str, author: Author) -> None:
    assert parse_author(text) == author


def test_a_folder_of_lists_and_eprints_becomes_one_corpus(tmp_path: Path) -> None:
    record = {
        "id": "2503.00001",
        "title": "A Title",
        "authors": ["Jane Doe"],
        "categories": ["cs.CV"],
        "comment": None,
        "abstract": "Words.",
        "first_seen": "2025-03-18",
        "last_seen": "2025-03-20",
    }
    with gzip.open(tmp_path / "2025-03.jsonl.gz", "wt") as lines:
        lines.write(json.dumps(record) + "\n")
    (tmp_path / "2503.00001.gz").write_bytes(gzip.compress(b"\\documentclass{article}"))
    (tmp_path / "quant-ph_9802040v2.gz").write_bytes(gzip.compress(b"plain"))
    corpus = load_folder(tmp_path)
    assert set(corpus.papers) == {"2503.00001", "quant-ph/9802040"}
    assert corpus.papers["2503.00001"].title == "A Title"
    assert corpus.papers["2503.00001"].announced == ("2025-03-18",)
    assert len(corpus.papers["quant-ph/9802040"].announced) == 2
    assert len(load_jsonl(tmp_path / "2025-03.jsonl.gz", sources=tmp_path)) == 2


def test_an_empty_folder_is_refused_with_what_it_could_hold(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="jsonl"):
        load_folder(tmp_path)


def test_the_own_folder_is_a_folder_like_any_other(corpus: Corpus) -> None:
    assert load_folder(OWN_FOLDER).papers == corpus.papers


def test_synthetic_papers_are_the_same_for_the_same_seed_and_found_by_id() -> None:
    corpus = generate_corpus(20_000, seed=3)
    entry = corpus.entries[12_345]
    assert corpus.papers[entry.paper_id] == generate_corpus(20_000, seed=3).papers[entry.paper_id]
    assert len({entry.paper_id for entry in corpus.entries}) == 20_000
    with pytest.raises(KeyError):
        corpus.papers["1901.00001"]


def test_paging_through_many_papers_is_not_quadratic() -> None:
    view = generate_corpus(50_000).view(date(2026, 11, 6))
    started, seen, since, skip, is_last = time.process_time(), 0, "2005-09-16", 0, False
    while not is_last:
        page = view.page(since, "2026-11-06", None, skip, 100)
        seen, since, skip, is_last = seen + len(page.rows), page.next_from, page.next_skip, page.is_last
    assert seen == 50_000
    assert time.process_time() - started < 2
