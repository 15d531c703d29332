"""Tags: `tags.jsonl`, every decision about them; the index is what the decisions of both places come to."""

from deploy.bundles.archive.package import Resource
from deploy.bundles.archive.reading import Bundle
from deploy.bundles.archive.table_schemas import schema_of_model
from deploy.bundles.archive.writing import BundleWriter
from deploy.bundles.datasets.dataset import Source, Target
from deploy.bundles.datasets.records import records_in
from deploy.bundles.tally import Tally
from shared.paper_ids import parse_paper_id
from shared.store.files.jsonlines import dump_line
from shared.store.tagging.tag_decisions import TagDecision
from shared.store.tagging.tags import TagStore, merged_decisions, slug_of


class Tags:
    name = "tags"
    about = "every decision about tags: which were made, merged, renamed, rejected, and which phrases mean them"

    def write(self, source: Source, bundle: BundleWriter) -> None:
        """They are everybody's, and the tags of a summary mean nothing without them."""
        lines = (dump_line(decision).encode("utf-8", "replace") for decision in TagStore(source.data).history())
        bundle.add_lines(
            self.name, f"{self.name}.jsonl", lines, schema_of_model(TagDecision, ["made_at", "slug", "phrase"])
        )

    def merge(self, bundle: Bundle, resource: Resource, target: Target) -> Tally:
        tally, store = Tally(self.name), TagStore(target.data)
        given: list[TagDecision] = []
        for decision in records_in(bundle, resource, TagDecision, tally, lambda decision: _check(decision, target)):
            given.append(decision)
        stored = store.history()
        tally.count_unknown(len(given), len(merged_decisions(stored, given)) - len(stored))
        if tally.new and not target.dry_run:
            store.merge(given)
        return tally


def _check(decision: TagDecision, target: Target) -> None:
    """Raises ValueError for what cannot have been decided: slugs stand in addresses and in names of files."""
    for slug in filter(None, (decision.slug, decision.into)):
        if slug_of(slug) != slug or len(slug) > 200:
            raise ValueError(f"{slug[:60]!r} is no name of a tag")
    if decision.paper_id is not None:
        parse_paper_id(decision.paper_id)
    if decision.made_at > target.latest:
        raise ValueError(f"it was made at {decision.made_at:%Y-%m-%d}, which lies in the future")
