"""How much there is of what, in one look at the data folder."""

from collections.abc import Callable, Mapping
from typing import Annotated

from pydantic import PlainSerializer

from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.papers.links import LinkStore
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.results import ResultStore
from shared.store.papers.summaries import SummaryStore
from shared.store.people.preferences import RatingStore
from shared.store.selections import SelectionStore
from shared.store.vectors.embeddings import VectorStore


def count_datasets(data: DataFolder, model_alias: str) -> dict[str, int | str]:
    """The size of each dataset, or why it cannot be counted; and the rows of papers that cannot be read, if any."""
    metadata = MetadataStore(data)
    counters: dict[str, Callable[[], int]] = {
        "papers": metadata.count,
        "vectors": VectorStore(data, model_alias).count,
        "ratings": RatingStore(data).count,
        "selection days": lambda: len(SelectionStore(data).days()),
        "summaries": SummaryStore(data).count,
        "links": LinkStore(data).count,
        "papers with results": ResultStore(data).count,
    }
    counts = {name: _counted(counter) for name, counter in counters.items()}
    unreadable = sum(map(len, metadata.unreadable().values()))
    return counts | ({"unreadable rows of papers": unreadable} if unreadable else {})


def with_old_names(counts: Mapping[str, int | str]) -> dict[str, int | str]:
    """Counts for programs: what has another name today is there under its name of old as well."""
    return {**counts, "verdicts": counts["ratings"]} if "ratings" in counts else dict(counts)


Counts = Annotated[dict[str, int | str], PlainSerializer(with_old_names, when_used="json")]


def _counted(counter: Callable[[], int]) -> int | str:
    try:
        return counter()
    except (PapersysError, OSError, ValueError) as error:
        return str(error)
