# ruff: noqa: E501 (seeds and words stand in one line)
"""CSV: months of metadata, ratings, tables of other programs, imports; and ids of papers, which every row begins with."""

import tempfile
from pathlib import Path

from tests.fuzz.json_targets import imported
from tests.fuzz.targets import Run, Target

_WORDS = (
    b",", b'"', b'""', b"\r\n", b"\n", b"\r", b"2401.00001", b"2401.0001", b"math/0309009", b'[""A""]', b'"[""A""]"', b"cs.LG", b"like", b"dislike",
    b"2026-01-01T00:00:00+00:00", b"9999-12-31T23:59:59+23:59", b"0001-01-01T00:00:00-23:59", b"nan", b"inf", b"-1", b"1e999", b"\x00", b"\xff",
    b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xd9\xa2\xd9\xa4", b"\xe2\x80\xa8", b"\x1f\x8b", b"9" * 5_000, b"[" * 500, b"=cmd|x", b";", b"\t",
)  # fmt: skip
_NESTS = ((b"[", b"]"), (b'"', b'"'), (b'"[', b']"'))


def _metadata() -> Run:
    from shared.errors import PapersysError
    from shared.store.files.data_folder import DataFolder
    from shared.store.papers.metadata import MetadataStore

    folder = Path(tempfile.mkdtemp())
    (folder / "metadata").mkdir()
    path = folder / "metadata" / "2024-01.csv"

    def run(content: bytes) -> None:
        path.write_bytes(content)
        store = MetadataStore(DataFolder(folder))
        for ask in (lambda: store.month("2024-01"), lambda: store.get(["2401.00001"]), store.count):
            try:
                ask()
            except PapersysError:
                continue

    return run


def _ratings() -> Run:
    from shared.errors import PapersysError
    from shared.store.files.data_folder import DataFolder
    from shared.store.people import preferences

    folder = Path(tempfile.mkdtemp())
    (folder / "preferences").mkdir()
    path = folder / "preferences" / "events-2026.csv"
    kind = getattr(preferences, "RatingStore", None) or preferences.RatingStore

    def run(content: bytes) -> None:
        path.write_bytes(content)
        store = kind(DataFolder(folder))
        try:
            store.current()
            store.count()
        except PapersysError:
            return

    return run


def _tables() -> Run:
    from services.ranker.evaluation import table_ranking as tables
    from shared.errors import PapersysError

    path = Path(tempfile.mkdtemp()) / "table.csv"
    reads = (tables.read_papers, tables.read_labels)

    def run(content: bytes) -> None:
        path.write_bytes(content)
        for read in reads:
            try:
                read(path)
            except PapersysError:
                continue

    return run


def _import_csv() -> Run:
    return imported(".csv")


def _ids() -> Run:
    from shared.paper_ids import folder_name, month_of, parse_paper_id, parse_versioned_id

    def run(content: bytes) -> None:
        text = content.decode("utf-8", "replace")
        try:
            paper_id = parse_paper_id(text)
            parse_versioned_id(text)
        except ValueError:
            return
        month_of(paper_id)
        if parse_paper_id(paper_id) != paper_id or not paper_id.isascii() or "/" in folder_name(paper_id):
            raise AssertionError(f"{text!r} became {paper_id!r}")

    return run


_MONTH = (
    b"paper_id,version,title,abstract,authors,categories,primary_category,published_at,updated_at,doi,comment,journal_ref,license,withdrawn,"
    b'source,harvested_at\r\n2401.00001,1,T,A,"[""A B""]","[""cs.LG""]",cs.LG,2024-01-01T00:00:00+00:00,2024-01-01T00:00:00+00:00,,,,,false,oai,'
    b"2024-01-02T00:00:00+00:00\r\n"
)
_RATINGS = b"event_id,paper_id,user,label,source,actor,weight,occurred_at\na,2401.00001,me,like,reader,me,1.0,2026-01-01T00:00:00+00:00\n"
_TABLE = b"paper_id,title,abstract,label,occurred_at\n2401.00001,T,A,like,2026-01-01\n"
TARGETS = (
    Target("metadata_csv", _metadata, lambda: (_MONTH,), _WORDS, _NESTS),
    Target("ratings_csv", _ratings, lambda: (_RATINGS,), _WORDS, _NESTS),
    Target("tables_csv", _tables, lambda: (_TABLE,), _WORDS, _NESTS),
    Target("import_csv", _import_csv, lambda: (_MONTH, _TABLE), _WORDS, _NESTS),
    Target("paper_ids", _ids, lambda: (b"arXiv:2401.00001v2", b"https://arxiv.org/abs/math/0309009"), _WORDS, (), 300),
)
