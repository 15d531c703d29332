"""What rises, in a folder of 300,000 papers: seconds and memory of the first look, and of the answer kept from it.

`python -m tests.bench.picks.bench_rising_large [--papers N] [--folder KEPT]`
"""

import resource
import time
from datetime import UTC, datetime

from services.ranker.rising.rising_concepts import RisingConcepts
from services.ranker.rising.saved_rising import RisingFiles
from services.ranker.rising.search_for_growth import GrowthStores
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.people.preferences import RatingStore
from shared.store.vectors.embeddings import VectorStore
from tests.bench.keeping.large_folder import ALIAS, large_folder, options_of


def main() -> None:
    with large_folder(options_of(__doc__)) as (folder, _):
        data = DataFolder(folder, 0)
        stores = GrowthStores(VectorStore(data, ALIAS), MetadataStore(data))
        rising = RisingConcepts(stores, RatingStore(data), RisingFiles(data), lambda: datetime.now(UTC))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for again in (True, False):
            started, cpu = time.perf_counter(), time.process_time()
            reply = rising.now("me", again=again)
            seconds, busy = time.perf_counter() - started, time.process_time() - cpu
            print(f"{'a look' if again else 'the answer kept'}: {seconds:.2f} s ({busy:.2f} s of processor)")
        memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        print(f"{reply.inside:,} papers inside, {reply.outside:,} outside, {reply.weeks} weeks; {memory:.0f} MB more")
        print(reply.note or ", ".join(concept.name for concept in reply.concepts))


if __name__ == "__main__":
    main()
