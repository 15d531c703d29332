"""The datasets of a bundle, in the order in which they are written and merged."""

from collections.abc import Sequence

from deploy.bundles.datasets.dataset import Dataset
from deploy.bundles.datasets.ledger import Costs
from deploy.bundles.datasets.papers.metadata import Papers
from deploy.bundles.datasets.papers.month_records import LINKS, RESULTS, REVISIONS, SUMMARIES
from deploy.bundles.datasets.papers.tags import Tags
from deploy.bundles.datasets.papers.vectors import Vectors
from deploy.bundles.datasets.people.facets import Facets
from deploy.bundles.datasets.people.follows import Follows
from deploy.bundles.datasets.people.glossaries import Glossaries
from deploy.bundles.datasets.people.missed_weeks import MissedWeeks
from deploy.bundles.datasets.people.notes import Notes
from deploy.bundles.datasets.people.people import People
from deploy.bundles.datasets.people.questions import Questions
from deploy.bundles.datasets.people.reading_lists import ReadingLists
from deploy.bundles.datasets.people.said import Ratings, Signals
from deploy.bundles.datasets.people.selections import Selections
from deploy.bundles.datasets.prompts import Prompts

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
