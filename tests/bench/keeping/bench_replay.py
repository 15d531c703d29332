"""A replay of the ranker over 30 days of years of papers, beside scoring the same papers with one model.

python -m tests.bench.keeping.bench_replay [--papers 300000] [--summaries 10000] [--folder DIR] [--scratch DIR]

Each day is ranked twice, from what was known then, with a model fitted as of that day, and both are compared. Plainly:
the papers of each day are scored by likes' mean minus dislikes' mean. Prints a table and JSON; asserts nothing.
"""

import json
import os
import resource
import subprocess
import sys
from datetime import timedelta

import numpy as np

from shared.store.files.data_folder import DataFolder
from shared.store.people.preferences import RatingStore
from shared.store.selections import SelectionStore
from shared.store.vectors.embeddings import VectorStore
from tests.bench.keeping.large_folder import ALIAS, Row, cost_of, large_folder, options_of, plain_copy, table_of
from tests.bench.pages.bench_reader import LAST
from tests.support.bus.ports import free_port

DAYS = 30


def main() -> None:
    with large_folder(options_of(__doc__)) as (folder, scratch):
        data = DataFolder(scratch / "data", 0)
        plain_copy(folder, data.root)
        plain = cost_of(lambda: score_plainly(data))
        rows = {f"{DAYS} days ranked twice, compared": Row(cost_of(lambda: replay(data)), plain, "means")}
        rows["the same again, done already"] = Row(cost_of(lambda: replay(data)), plain, "means")
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        figures = {"seconds of a processor": used.ru_utime + used.ru_stime, "peak memory, MB": used.ru_maxrss / 1024}
        figures["load"] = os.getloadavg()[0]
    print(table_of(rows))
    print(json.dumps({name: round(value, 1) for name, value in figures.items()}))


def replay(data: DataFolder) -> None:
    """As a person types it."""
    settings = data.root.parent / "papersys.toml"
    settings.write_text(f'[data]\npath = "{data.root}"\nmin_free_mb = 0\n[bus]\nport = {free_port()}\n')
    since = LAST - timedelta(days=DAYS - 1)
    command = (sys.executable, "-m", "deploy.cli", "replay", "rank", "--set", "diversity=0.5", "--name", "bench")
    environment = {**os.environ, "PAPERSYS_CONFIG": str(settings)}
    subprocess.run([*command, "--from", str(since), "--to", str(LAST)], check=True, env=environment)


def score_plainly(data: DataFolder) -> None:
    vectors, selections = VectorStore(data, ALIAS), SelectionStore(data)
    ratings = RatingStore(data).current().values()
    likes, dislikes = (
        vectors.get([rating.paper_id for rating in ratings if rating.label == label]).matrix.mean(axis=0)
        for label in ("like", "dislike")
    )
    for day in selections.days()[:DAYS]:
        matrix = vectors.get([candidate.paper_id for candidate in selections.day(day)]).matrix
        np.argsort(matrix @ (likes - dislikes))


if __name__ == "__main__":
    main()
