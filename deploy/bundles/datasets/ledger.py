"""What calls to models cost: `ledger.jsonl`; a call that stands here already is not counted again."""

from deploy.bundles.archive.package import Resource
from deploy.bundles.archive.reading import Bundle
from deploy.bundles.archive.table_schemas import schema_of_model
from deploy.bundles.archive.writing import BundleWriter
from deploy.bundles.datasets.dataset import Source, Target
from deploy.bundles.datasets.records import check_moment, records_in
from deploy.bundles.tally import Tally
from shared.store.files.jsonlines import dump_line
from shared.store.models.ledger import Call, Ledger


class Costs:
    name = "ledger"
    about = "what calls to language models used and cost"

    def write(self, source: Source, bundle: BundleWriter) -> None:
        """Of the whole system only: in another system somebody's calls would count against its caps."""
        if source.user:
            return
        lines = (dump_line(call).encode("utf-8", "replace") for call in Ledger(source.data).calls())
        bundle.add_lines(self.name, f"{self.name}.jsonl", lines, schema_of_model(Call, ["made_at", "call_id"]))

    def merge(self, bundle: Bundle, resource: Resource, target: Target) -> Tally:
        tally, ledger = Tally(self.name), Ledger(target.data)
        in_time = records_in(bundle, resource, Call, tally, lambda call: check_moment(call.made_at, target.latest))
        given = list(in_time)
        fresh = ledger.unknown(given)
        tally.count_unknown(len(given), len(fresh))
        if fresh and not target.dry_run:
            ledger.add_all(fresh)
        return tally
