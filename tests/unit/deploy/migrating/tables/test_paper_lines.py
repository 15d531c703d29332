"""Lines of metadata column by column: they say what every row by itself says."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from random import Random
from typing import Any

import pyarrow as pa
import pytest

from deploy.migrating.tables.cells import read_id
from deploy.migrating.tables.paper_lines import PaperLines, ReadIds, paper_lines, read_ids
from deploy.migrating.tables.paper_rows import paper_of
from shared.store.papers.rows import decode_rows, encode_row

AT = datetime(2024, 5, 6, tzinfo=UTC)
FACTS: dict[str, Any] = {"title": "A title", "categories": ["cs.LG"]}

CHARACTERS = "aé中 \t\n\r\v\x1c\x85\u00a0\u2003\",\\[]'/\x00\x07\x7f"
DAYS = ("2024-01-03", "2024-01-03T04:05:06Z", "yesterday", "", "nan", None, "Tue, 2 Jan 2024 10:00:00 GMT")
VERSIONS = ("1", "v3", "", "x", "0", None)


def odd_row(random: Random) -> dict[str, Any]:
    """Cells with every character that anything has to be done about."""

    def text() -> str | None:
        return None if random.random() < 0.1 else "".join(random.choices(CHARACTERS, k=random.randrange(8)))

    def names() -> list[str | None] | None:
        return None if random.random() < 0.1 else [text() for _ in range(random.randrange(4))]

    return {
        **{name: text() for name in ("title", "abstract", "primary_category", "doi")},
        **{name: names() for name in ("authors", "categories")},
        **{name: random.choice(DAYS) for name in ("date", "created", "updated")},
        "version": random.choice(VERSIONS),
    }


def lines_of(cells: Sequence[dict[str, Any]], types: dict[str, pa.DataType] | None = None) -> PaperLines:
    """The lines of rows that all have an id."""
    ids = ReadIds([f"2401.{number:05}" for number in range(len(cells))])
    columns = {name: pa.array([each[name] for each in cells], (types or {}).get(name)) for name in cells[0]}
    return paper_lines(ids, columns, AT)


def line_alone(number: int, cells: dict[str, Any]) -> tuple[str | None, str]:
    try:
        read = paper_of(read_id(f"2401.{number:05}"), cells, AT)
    except ValueError as error:
        return None, str(error)
    return encode_row(read.paper).decode(), read.remark


@pytest.mark.parametrize("seed", range(5))
def test_a_batch_says_what_each_row_says_by_itself(seed: int) -> None:
    random = Random(seed)
    cells = [odd_row(random) for _ in range(100)]
    types = {name: pa.list_(pa.string()) if name in ("authors", "categories") else pa.string() for name in cells[0]}
    read = lines_of(cells, types)
    alone = [line_alone(number, each) for number, each in enumerate(cells)]
    assert read.lines.to_pylist() == [line for line, _ in alone]
    assert set(read.remarks) == {number for number, (_, remark) in enumerate(alone) if remark}


@pytest.mark.parametrize(
    ("name", "values", "kind"),
    [
        ("title", ["One", "Two"], pa.large_string()),
        ("title", ["One", "One"], pa.dictionary(pa.int8(), pa.string())),
        ("authors", [["A", "B"], []], pa.large_list(pa.large_string())),
        ("authors", [["A", "B"], ["C", None]], pa.list_(pa.string(), 2)),
        ("authors", ["A, B and C", "['D', 'E']"], pa.string()),
        ("authors", [[{"name": "A"}], [{"name": None}]], None),
        ("categories", ["cs.LG stat.ML", "['cs.LG']"], pa.dictionary(pa.int32(), pa.string())),
        ("categories", [["cs.LG"], ["cs.LG", "cs.AI"]], pa.list_(pa.dictionary(pa.int8(), pa.string()))),
        ("created", [date(2024, 1, 2), None], pa.date32()),
        ("created", [datetime(2024, 1, 2), None], pa.timestamp("ns")),
        ("created", [datetime(2024, 1, 2, tzinfo=UTC), None], pa.timestamp("ms", "Asia/Shanghai")),
        ("created", [1_704_153_600, None], pa.int64()),
        ("created", ["2024-01-02", "2024-01-02"], pa.dictionary(pa.int8(), pa.string())),
        ("version", [2, None], pa.float64()),
        ("license", [None, None], pa.null()),
        ("comment", [1.5, float("nan")], pa.float64()),
    ],
)
def test_columns_of_every_type_say_the_same(name: str, values: list[Any], kind: pa.DataType | None) -> None:
    cells = [{**FACTS, name: value} for value in values]
    read = lines_of(cells, {name: kind} if kind is not None else None)
    plain = pa.array(values, kind)
    plain = plain.cast(pa.timestamp("us", plain.type.tz)) if pa.types.is_timestamp(plain.type) else plain
    assert read.lines.to_pylist() == [
        line_alone(number, {**FACTS, name: value})[0] for number, value in enumerate(plain.to_pylist())
    ]


def test_text_that_is_no_utf8_keeps_its_row() -> None:
    offsets = pa.py_buffer(pa.array([0, 4, 8], pa.int32()).buffers()[1])
    titles = pa.StringArray.from_buffers(2, offsets, pa.py_buffer(b"Good\xe9t\xe9s"))
    categories = pa.array([["cs.LG"], ["cs.LG"]])
    read = paper_lines(ReadIds(["2401.00001", "2401.00002"]), {"title": titles, "categories": categories}, AT)
    papers = [paper for line in read.lines.to_pylist() for paper in decode_rows(line.encode())]
    assert [paper.title for paper in papers] == ["Good", "\ufffdt\ufffds"]


def test_what_is_longer_than_a_paper_may_be_is_cut() -> None:
    cells = [{**FACTS, "title": "x" * 6_000}, {**FACTS, "title": "short"}]
    first, second = (len(decode_rows(line.encode())[0].title) for line in lines_of(cells).lines.to_pylist())
    assert (first, second) == (5_000, 5)


def test_a_moment_beyond_all_years_is_left_empty() -> None:
    read = lines_of([{**FACTS, "created": 10**18}], {"created": pa.timestamp("s")})
    assert "not a valid date" in read.remarks[0]
    assert decode_rows(read.lines[0].as_py().encode())[0].published_at is None


@pytest.mark.parametrize(
    ("cells", "kind", "ids"),
    [
        (["2401.00001", " arXiv:2401.00001v2 ", "hep-th/9901001", "math.GT/0309136"], None, None),
        (["2401.00001", None, "", "nonsense", "2401.1235", "1501.0001"], None, None),
        (["2401.00001"], pa.dictionary(pa.int8(), pa.string()), None),
        ([b"2401.00001", b"\xff"], pa.large_binary(), ["2401.00001", ""]),
        ([2401.1235, 704.0001, float("nan"), 9_901_001.0], pa.float64(), ["2401.12350", "0704.0001", "", ""]),
    ],
)
def test_ids_are_read_as_each_by_itself(cells: list[Any], kind: pa.DataType | None, ids: list[str] | None) -> None:
    read = read_ids(pa.array(cells, kind))

    def alone(cell: object) -> str:
        try:
            return read_id(cell).paper_id
        except ValueError:
            return ""

    assert read.ids == (ids if ids is not None else list(map(alone, cells)))
    assert set(read.remarks) >= {row for row, paper_id in enumerate(read.ids) if not paper_id}
