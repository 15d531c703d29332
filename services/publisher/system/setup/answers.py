"""What somebody enters on the Setup page, read and checked: every problem is named with its field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.publisher.system.setup.pasted_papers import PastedPapers, read_pasted
from shared.categories import checked_category
from shared.errors import PapersysError
from shared.hosts.model_server import checked_address
from shared.settings.first_settings import Answers, ModelAnswers
from shared.settings.sections.contact import checked_contact
from shared.text.rating_files.rated_rows import RatingFile
from shared.text.rating_files.reading import read_rating_text

KEEP, NONE, SERVER = "keep", "none", "server"
MODEL_CHOICES = (KEEP, NONE, SERVER)
NO_PAPERS = ""
_MOST_A_DAY = 200
_LONGEST = 300


@dataclass(frozen=True)
class Entered:
    """The fields as text, to be shown again; files with their lines as they are, because problems name lines.

    The key is no part of it: it is never sent back.
    """

    categories: tuple[str, ...] = ()
    contact: str = ""
    papers: str = ""
    papers_name: str = ""
    papers_file: str = ""
    ratings_name: str = ""
    ratings: str = ""
    per_day: str = "10"
    model_choice: str = NONE
    base_url: str = ""
    model: str = ""
    price_input: str = ""
    price_output: str = ""

    @property
    def all_papers(self) -> str:
        """What was pasted, and the file below it: files are not sent again with a form."""
        return "\n".join(filter(None, (self.papers, self.papers_file)))


@dataclass(frozen=True)
class Checked:
    """What was entered, as answers; the papers among them; and what is wrong, by field: usable where nothing is."""

    entered: Entered
    answers: Answers = field(default_factory=lambda: Answers([]))
    pasted: PastedPapers = field(default_factory=PastedPapers)
    ratings: RatingFile | None = None
    problems: Mapping[str, str] = field(default_factory=dict)


def read_entered(fields: Mapping[str, Sequence[str]]) -> Entered:
    """The fields of a form, by name; what is missing is empty."""

    def text(name: str, default: str = "") -> str:
        return whole(name, default).strip()

    def whole(name: str, default: str = "") -> str:
        written = next(iter(fields.get(name, ())), default)
        return written if written.strip() else ""

    choice = text("model_choice", NONE)
    return Entered(
        categories=tuple(dict.fromkeys(filter(None, map(str.strip, fields.get("category", ()))))),
        contact=text("contact"),
        papers=whole("papers"),
        papers_name=text("papers_file"),
        papers_file=whole("papers_text"),
        ratings_name=text("ratings_file"),
        ratings=whole("ratings_text"),
        per_day=text("per_day", "10"),
        model_choice=choice if choice in MODEL_CHOICES else NONE,
        base_url=text("base_url"),
        model=text("model"),
        price_input=text("price_input"),
        price_output=text("price_output"),
    )


def check(entered: Entered, *, may_read_all: bool = False) -> Checked:
    """Everything but what only a running server can tell; `may_read_all`: no category means all of arXiv."""
    problems: dict[str, str] = {}
    answers = Answers(_categories(entered, problems, may_read_all), _contact(entered, problems))
    answers.per_day = _per_day(entered, problems)
    answers.model = _model(entered, problems)
    pasted = read_pasted(entered.papers, entered.papers_file, entered.papers_name)
    if pasted.problems:
        more = f" (and {len(pasted.problems) - 3} more)" if len(pasted.problems) > 3 else ""
        named = "; ".join(pasted.problems[:3]) + more
        problems["papers"] = named if named.endswith("?") else f"{named}."
    answers.seeds = list(pasted.titles)
    return Checked(entered, answers, pasted, _ratings(entered, problems), problems)


def _ratings(entered: Entered, problems: dict[str, str]) -> RatingFile | None:
    """The file of ratings; None where there is none, or nothing in it."""
    if not entered.ratings:
        return None
    name = entered.ratings_name or "The file"
    try:
        file = read_rating_text(entered.ratings, name)
    except PapersysError as error:
        problems["ratings"] = str(error)
        return None
    if not file.rows:
        problems["ratings"] = f"There is no paper in {name}: {file.problems[0]}."
        return None
    return file


def _categories(entered: Entered, problems: dict[str, str], may_read_all: bool) -> list[str]:
    try:
        chosen = [checked_category(name) for name in entered.categories]
    except ValueError as error:
        problems["categories"] = f"{error}."
        return []
    if not chosen and not may_read_all:
        problems["categories"] = "Choose at least one category."
    return chosen


def _contact(entered: Entered, problems: dict[str, str]) -> str:
    try:
        contact = checked_contact(entered.contact)
    except ValueError as error:
        problems["contact"] = f"{error}."
        return ""
    if not contact:
        problems["contact"] = "Enter an e-mail address or a web page: arXiv asks everybody who harvests for one."
    return contact


def _per_day(entered: Entered, problems: dict[str, str]) -> int:
    text = entered.per_day
    if text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= _MOST_A_DAY:
        return int(text)
    problems["per_day"] = f"Enter a whole number from 1 to {_MOST_A_DAY}."
    return 10


def _model(entered: Entered, problems: dict[str, str]) -> ModelAnswers:
    if entered.model_choice != SERVER:
        return ModelAnswers()
    try:
        address = checked_address(entered.base_url)
    except ValueError as error:
        problems["base_url"] = f"{error}."
        address = ""
    if not entered.model or len(entered.model) > _LONGEST or not entered.model.isprintable():
        problems["model"] = "Enter the model's name as the server has it; the test below lists them."
    return ModelAnswers(
        base_url=address,
        model=entered.model,
        price_per_million_input=_price("price_input", entered.price_input, problems),
        price_per_million_output=_price("price_output", entered.price_output, problems),
    )


def _price(name: str, text: str, problems: dict[str, str]) -> float | None:
    if not text:
        return None
    try:
        price = float(text.replace(",", "."))
    except ValueError:
        price = -1.0
    if not 0 <= price < 1e6:
        problems[name] = "Enter a price as a number, or leave this empty where you do not know it."
        return None
    return price
