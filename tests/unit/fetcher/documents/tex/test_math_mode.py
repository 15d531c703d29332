from services.fetcher.documents.tex.math_mode import MathMode


def test_dollars_open_and_close_and_pairs_match() -> None:
    mode = MathMode()
    assert (mode.toggle("$"), mode.is_math) == ("$", True)
    assert (mode.toggle("$$"), mode.is_math) == ("$$", False)


def test_brackets_and_environments_of_mathematics_count() -> None:
    mode = MathMode()
    mode.track("begin", "{align*}", 0)
    assert mode.is_math
    mode.track("end", "{align*}", 0)
    assert not mode.is_math
    mode.track("begin", "{itemize}", 0)
    assert not mode.is_math
    mode.track("[", "", 0)
    assert mode.is_math
    mode.track("]", "", 0)
    assert not mode.is_math


def test_no_formula_runs_over_a_heading() -> None:
    mode = MathMode()
    mode.toggle("$")
    mode.track("section", "", 0)
    assert not mode.is_math
