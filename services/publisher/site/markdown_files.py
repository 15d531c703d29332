"""The site's Markdown, `site/papers/<id>.md` and `site/days/<date>.md`: made from the records alone, so the same again.

The user's ratings and the reasons of a pick are private and stay out of it.
"""

from collections.abc import Iterable
from datetime import date

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.publisher.pages.cards import checked, field_label, in_order
from services.publisher.pages.linked_papers import relation
from services.publisher.pages.templating import FOLDER
from services.publisher.records.records import PICKED, Records, picks_of
from services.publisher.site.escaping import quoted_yaml, site_text
from shared.errors import PermanentFailure
from shared.paper_ids import folder_name
from shared.store.files.data_folder import DataFolder


class Site:
    """Writes the pages of papers and days; `arxiv` is where a paper's original is found."""

    def __init__(self, data: DataFolder, records: Records, arxiv: str) -> None:
        self._data = data
        self._records = records
        self._templates = site_environment(arxiv)

    def publish(self, paper_ids: Iterable[str]) -> dict[str, Exception]:
        """Write these papers' pages and those of the days they were picked on; returns which papers failed and why.

        The lock is held from reading to writing, so that a day's page never goes back to an older state.
        """
        failures: dict[str, Exception] = {}
        days: set[date] = set()
        with self._data.lock("site"):
            for paper_id in paper_ids:
                try:
                    days |= self._publish_paper(paper_id)
                except PermanentFailure as failure:
                    failures[paper_id] = failure
            for day in sorted(days):
                self._publish_day(day)
        return failures

    def publish_all(self) -> int:
        """Write the page of every paper that has a summary; returns how many could be written."""
        paper_ids = self._records.summarised_ids()
        return len(paper_ids) - len(self.publish(paper_ids))

    def _publish_paper(self, paper_id: str) -> set[date]:
        paper = self._records.papers([paper_id]).get(paper_id)
        summary = self._records.summaries([paper_id]).get(paper_id)
        if paper is None or summary is None:
            missing = "metadata" if paper is None else "summary"
            raise PermanentFailure(
                f"{paper_id} has no {missing} stored, so there is nothing to publish; `papersys reprocess {paper_id}`."
            )
        picks = [candidate for candidate in self._records.outcomes(paper_id) if candidate.outcome == PICKED]
        links = [
            (relation(link, is_outgoing=True), link)
            for link in self._records.links(paper_id)
            if link.paper_id == paper_id
        ]
        titles = {
            other: paper.title for other, paper in self._records.papers(link.other_id for _, link in links).items()
        }
        days = {pick.day for pick in picks}
        text = self._templates.get_template("paper.md.j2").render(
            paper=paper, summary=summary, days=sorted(days), links=links, titles=titles
        )
        self._data.write_text(self._data.path("site", "papers", f"{folder_name(paper_id)}.md"), text)
        return days

    def _publish_day(self, day: date) -> None:
        picks = picks_of(self._records.candidates(day))
        ids = [pick.paper_id for pick in picks]
        text = self._templates.get_template("day.md.j2").render(
            day=day, picks=picks, papers=self._records.papers(ids), summaries=self._records.summaries(ids)
        )
        self._data.write_text(self._data.path("site", "days", f"{day.isoformat()}.md"), text)


def site_environment(arxiv: str) -> Environment:
    """Templates of Markdown: every text goes through `md` (body) or `yaml` (front matter)."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates" / "site"),
        autoescape=False,  # noqa: S701
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters |= {
        "md": site_text,
        "yaml": lambda value: quoted_yaml(str(value)),
        "yaml_list": lambda values: "[" + ", ".join(quoted_yaml(str(value)) for value in values) + "]",
        "field_label": field_label,
        "checked": checked,
        "in_order": in_order,
        "file": folder_name,
    }
    environment.globals["arxiv"] = arxiv
    return environment
