"""The version of papersys that runs."""

from importlib.metadata import PackageNotFoundError, version

UNKNOWN = "unknown"


def papersys_version() -> str:
    """As installed; `unknown` where it runs from a folder that was never installed."""
    try:
        return version("papersys")
    except PackageNotFoundError:
        return UNKNOWN
