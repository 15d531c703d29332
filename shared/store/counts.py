"""How much there is of what, in one look at the data folder."""

from collections.abc import Callable

from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.links import LinkStore
from shared.store.papers.metadata import MetadataStore
from shared.store.preferences import VerdictStore
from shared.store.selections import SelectionStore
from shared.store.summaries import SummaryStore
from shared.store.vectors.embeddings import VectorStore


def count_datasets(data: DataFolder, model_alias: str) -> dict[str, int | str]:
    """The size of each dataset, or why it cannot be counted; and the rows of papers that cannot be read, if any."""
    metadata = MetadataStore(data)
    counters: dict[str, Callable[[], int]] = {
        "papers": metadata.count,
        "vectors": VectorStore(data, model_alias).count,
        "verdicts": VerdictStore(data).count,
        "selection days": lambda: len(SelectionStore(data).days()),
        "summaries": SummaryStore(data).count,
        "links": LinkStore(data).count,
    }
    counts = {name: _counted(counter) for name, counter in counters.items()}
    unreadable = sum(map(len, metadata.unreadable().values()))
    return counts | ({"unreadable rows of papers": unreadable} if unreadable else {})


def _counted(counter: Callable[[], int]) -> int | str:
    try:
        return counter()
    except (PapersysError, OSError, ValueError) as error:
        return str(error)
