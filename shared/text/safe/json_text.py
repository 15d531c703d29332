"""JSON from outside, read so that nothing in it can do worse than a ValueError.

The parser of the standard library raises RecursionError for deep nesting, and lets lone surrogates and NaN through.
"""

from typing import Any

from pydantic_core import from_json


def parse_json(text: str | bytes) -> Any:
    """What a JSON text says. Raises ValueError for whatever is no JSON, is nested too deeply or is no Unicode."""
    try:
        return from_json(text, allow_inf_nan=False)
    except ValueError as error:
        raise ValueError(f"no valid JSON ({error})") from error
    except TypeError as error:
        raise ValueError("no valid JSON (lone surrogates)") from error
