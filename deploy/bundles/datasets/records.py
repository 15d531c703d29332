"""The lines of a dataset as records; what is none is refused with its file and line, and the others are read."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TypeVar

from pydantic import BaseModel

from deploy.bundles.archive.package import Resource
from deploy.bundles.archive.reading import Bundle
from deploy.bundles.tally import Tally
from deploy.bundles.wording import first_line

R = TypeVar("R", bound=BaseModel)


def records_in(
    bundle: Bundle, resource: Resource, kind: type[R], tally: Tally, check: Callable[[R], None] = lambda record: None
) -> Iterator[R]:
    """`check` raises ValueError for a record that is not taken."""
    for number, line in bundle.lines(resource):
        try:
            record = kind.model_validate_json(line)
            check(record)
        except (ValueError, RecursionError) as error:
            tally.refuse(f"{resource.path}, line {number}: {first_line(error)}")
            continue
        yield record


def check_moment(moment: datetime, latest: datetime) -> None:
    """Raises ValueError for a moment to come."""
    if moment > latest:
        raise ValueError(f"{moment:%Y-%m-%d} lies in the future")
