"""What a user adds to a paper in an export for reference managers."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Remark(NamedTuple):
    """A keyword to filter by, and a note that programs keep as it is."""

    keyword: str = ""
    note: str = ""


NO_REMARKS: Mapping[str, Remark] = MappingProxyType({})
