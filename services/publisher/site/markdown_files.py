"""The site's Markdown, `site/content/`: papers, days and the page about it, made from the records alone.

The user's ratings and the reasons of a pick are private and stay out of it.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from services.publisher.pages.cards import in_order
from services.publisher.pages.linked_papers import link_groups, other_ends, relation, withdrawn_among
from services.publisher.paper.revisions.cited_since import withdrawn_papers
from services.publisher.records.records import Records, picks_of
from services.publisher.site.fair_quotes import QuoteLimits, with_fair_quotes
from services.publisher.site.figures import Figure, figures_of, store_figures
from services.publisher.site.page_files import PageFiles
from services.publisher.site.page_sources import PageSources, is_public
from services.publisher.site.settings import SiteSettings
from services.publisher.site.site_templates import SiteTemplates
from shared.errors import PermanentFailure
from shared.paper_ids import folder_name, is_arxiv
from shared.paper_labels import server_label
from shared.store.files.data_folder import DataFolder
from shared.store.papers.links import Link
from shared.store.papers.metadata import Paper
from shared.store.papers.summaries import Summary

log = logging.getLogger(__name__)

_READ_AT_ONCE = 200
_NO_SETTINGS = SiteSettings()


class Site:
    """Writes the pages of papers and days; `arxiv` is where a paper's original is found."""

    def __init__(
        self,
        data: DataFolder,
        records: Records,
        arxiv: str,
        settings: SiteSettings = _NO_SETTINGS,
        *,
        is_dry_run: bool = False,
    ) -> None:
        self._data = data
        self._records = records
        self._is_dry_run = is_dry_run
        self._settings = settings
        self._limits = QuoteLimits(settings.quote_characters, settings.quotes_characters)
        self._templates = SiteTemplates(data.path("site", "templates"), arxiv)
        self._files = PageFiles(data, is_dry_run=is_dry_run)

    @property
    def kept(self) -> list[Path]:
        """Files that the last `publish` left as they are, because a person edited them."""
        return self._files.kept

    @property
    def changed(self) -> list[Path]:
        """Files that it wrote, or would have written."""
        return self._files.changed

    def publish(self, paper_ids: Iterable[str]) -> dict[str, Exception]:
        """Write these papers' pages, those linked with them, and the days they were picked on.

        Returns which papers failed and why. The lock is held from reading to writing, so that a day's page never goes
        back to an older state.
        """
        failures: dict[str, Exception] = {}
        days: set[date] = set()
        with self._data.lock("site"):
            self._files.begin()
            wanted = list(dict.fromkeys(paper_ids))
            sources = PageSources(self._records)
            neighbours = sources.neighbours(wanted)
            sources.expect(len(wanted) + len(neighbours))
            for chunk in _chunks(wanted):
                sources.read(chunk)
                for paper_id in chunk:
                    try:
                        days |= self._publish_paper(paper_id, sources)
                    except PermanentFailure as failure:
                        failures[paper_id] = failure
            for chunk in _chunks(neighbours):
                sources.read(chunk)
                for paper_id in chunk:
                    self._publish_again(paper_id, sources)
            self._publish_days(days, failures)
        return failures

    def publish_all(self) -> int:
        """Write the page of every paper that has a summary; returns how many could be written."""
        paper_ids = self._records.summarised_ids()
        return len(paper_ids) - len(self.publish(paper_ids))

    def _publish_paper(self, paper_id: str, sources: PageSources) -> set[date]:
        if not is_public(paper_id):
            raise PermanentFailure(f"{paper_id} is a file of somebody's own, which is never published.")
        paper, summary = sources.papers.get(paper_id), sources.summaries.get(paper_id)
        if paper is None or summary is None:
            missing = "metadata" if paper is None else "summary"
            raise PermanentFailure(
                f"{paper_id} has no {missing} stored, so there is nothing to publish; `papersys reprocess {paper_id}`."
            )
        quoted = with_fair_quotes(summary, self._limits)
        links = sources.links(paper_id)
        days = sources.days(paper_id)
        withdrawn = withdrawn_papers(self._records, {paper_id, *other_ends(paper_id, links)})
        paper = replace(paper, withdrawn=paper_id in withdrawn)
        groups = link_groups(paper_id, links, sources.papers, withdrawn)
        text = self._templates.render(
            "paper.md.j2",
            paper=paper,
            summary=quoted,
            description=_description(paper, quoted),
            tag_labels=[self._records.tags.label(name) for name in summary.tags],
            days=sorted(days),
            groups=groups,
            rests_on_withdrawn=withdrawn_among(groups),
            relations=_relations(paper_id, links, sources.summarised),
            summarised=sources.summarised,
            sources={other.paper_id: other.source for other in sources.papers.values()},
            figures=self._figures(paper, summary),
            quote_characters=self._settings.quote_characters,
        )
        self._files.write("papers", folder_name(paper_id), text)
        return days

    def _figures(self, paper: Paper, summary: Summary) -> list[Figure]:
        if not self._settings.figures:
            return []
        document = self._records.documents.record(paper.paper_id, summary.made_by.document_version)
        figures = figures_of(paper, document, self._settings.figures)
        version = document.version if document else 0
        if self._is_dry_run or not figures:
            return figures
        return store_figures(self._data, self._records, paper.paper_id, version, figures)

    def _publish_again(self, paper_id: str, sources: PageSources) -> None:
        """A page that nobody asked for; what is wrong with it was said when it was written."""
        try:
            self._publish_paper(paper_id, sources)
        except PermanentFailure as failure:
            facts = {"action": "page_not_renewed", "paper_id": paper_id}
            log.warning("The page of %s stays as it was: %s", paper_id, failure, extra=facts)

    def _publish_days(self, days: set[date], failures: dict[str, Exception]) -> None:
        try:
            for day in sorted(days):
                self._publish_day(day)
            self._files.write(
                "", "about", self._templates.render("about.md.j2", settings=self._settings, servers=self._servers())
            )
        except PermanentFailure as failure:
            failures["days"] = failure

    def _servers(self) -> list[str]:
        """Whose papers stand beside arXiv's."""
        papers = (paper_id for paper_id in self._records.summarised_ids() if is_public(paper_id))
        return sorted({server_label(paper_id) for paper_id in papers if not is_arxiv(paper_id)})

    def _publish_day(self, day: date) -> None:
        picks = [pick for pick in picks_of(self._records.candidates(day)) if is_public(pick.paper_id)]
        ids = [pick.paper_id for pick in picks]
        summaries = self._records.summaries(ids)
        text = self._templates.render(
            "day.md.j2",
            day=day,
            picks=picks,
            papers=self._records.papers(ids),
            withdrawn=withdrawn_papers(self._records, ids),
            summaries={paper_id: with_fair_quotes(summaries[paper_id], self._limits) for paper_id in summaries},
        )
        self._files.write("days", day.isoformat(), text)


def _relations(paper_id: str, links: Iterable[Link], summarised: frozenset[str]) -> list[tuple[str, Link]]:
    """The links that start at a paper and lead to another page of the site, in words."""
    return [
        (relation(link, is_outgoing=True), link)
        for link in links
        if link.paper_id == paper_id and link.other_id in summarised
    ]


def _description(paper: Paper, summary: Summary) -> str:
    """What a paper is about in a sentence or so: its first claim, or the beginning of the abstract."""
    if paper.withdrawn:
        return "Withdrawn by its authors."
    claims = (claim.text for value in in_order(summary.fields) for claim in value.claims)
    return next(claims, paper.abstract)


def _chunks(paper_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (paper_ids[start : start + _READ_AT_ONCE] for start in range(0, len(paper_ids), _READ_AT_ONCE))
