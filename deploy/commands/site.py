"""`publish`: the publisher's own code in this process."""

from typing import Annotated

import typer

from deploy.commands.context import console, service_function, service_settings
from deploy.commands.papers import parsed
from shared.errors import PapersysError


def publish(
    paper_ids: Annotated[list[str] | None, typer.Argument(help="arXiv ids; none: all that have a summary.")] = None,
) -> None:
    """Write the site's pages again."""
    known = tuple(parsed(text) for text in paper_ids or ())
    count, failures = service_function("publisher", "publish")(service_settings("publisher"), known)
    console.print(f"{count} pages written.", highlight=False)
    if failures:
        raise PapersysError("\n".join(str(error) for error in failures.values()))
