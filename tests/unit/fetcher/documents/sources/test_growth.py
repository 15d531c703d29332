import pytest

from services.fetcher.documents.sources.eprint import SourceRefused
from services.fetcher.documents.sources.growth import room_for_pages, room_for_result, room_for_tex, within


def test_room_grows_with_what_is_text_and_not_with_pictures() -> None:
    tex = b"\\begin{document}" + b"x" * 984
    assert room_for_tex({"a.tex": tex, "a.bbl": b"y" * 100, "a.png": b"z" * 10**6}) == 100_000 + 5 * 1_100


@pytest.mark.parametrize(
    ("room", "expected"),
    [(room_for_result(1_000), 208_000), (room_for_pages(1_000), 520_000), (room_for_result(10**9), 20_000_000)],
)
def test_room_has_a_floor_a_factor_and_a_ceiling(room: int, expected: int) -> None:
    assert room == expected


def test_a_text_beyond_its_room_is_refused_with_the_reason() -> None:
    assert within("a", 1) == "a"
    with pytest.raises(SourceRefused, match="its macros or inputs grow to over 5 kB of text") as refusal:
        within("a" * 5_001, 5_000)
    assert refusal.value.status == "unreadable"
