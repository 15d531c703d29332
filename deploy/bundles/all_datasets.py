"""The datasets of a bundle, in the order in which they are written and merged."""

from collections.abc import Sequence

from deploy.bundles.datasets.dataset import Dataset
from deploy.bundles.datasets.facets import Facets
from deploy.bundles.datasets.follows import Follows
from deploy.bundles.datasets.glossaries import Glossaries
from deploy.bundles.datasets.ledger import Costs
from deploy.bundles.datasets.missed_weeks import MissedWeeks
from deploy.bundles.datasets.month_records import LINKS, RESULTS, REVISIONS, SUMMARIES
from deploy.bundles.datasets.notes import Notes
from deploy.bundles.datasets.papers import Papers
from deploy.bundles.datasets.people import People
from deploy.bundles.datasets.prompts import Prompts
from deploy.bundles.datasets.questions import Questions
from deploy.bundles.datasets.reading_lists import ReadingLists
from deploy.bundles.datasets.said import Ratings, Signals
from deploy.bundles.datasets.selections import Selections
from deploy.bundles.datasets.tags import Tags
from deploy.bundles.datasets.vectors import Vectors

DATASETS: Sequence[Dataset] = (
    People(),
    Ratings(),
    Signals(),
    Follows(),
    Notes(),
    Glossaries(),
    Facets(),
    ReadingLists(),
    Questions(),
    MissedWeeks(),
    Papers(),
    Vectors(),
    Tags(),
    SUMMARIES,
    LINKS,
    REVISIONS,
    RESULTS,
    Selections(),
    Costs(),
    Prompts(),
)
