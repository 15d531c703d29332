"""Boosted and muted facets of interests: `facets.jsonl`; the preference that was set last counts."""

from deploy.bundles.archive.package import Resource
from deploy.bundles.archive.reading import Bundle
from deploy.bundles.archive.table_schemas import schema_of_model
from deploy.bundles.archive.writing import BundleWriter
from deploy.bundles.datasets.dataset import Source, Target
from deploy.bundles.datasets.records import records_in
from deploy.bundles.tally import Tally
from shared.store.files.jsonlines import dump_line
from shared.store.people.facet_preferences import FacetPreferenceStore, StoredFacetPreference


class Facets:
    name = "facets"
    about = "which facets of their interests users boosted or muted"

    def write(self, source: Source, bundle: BundleWriter) -> None:
        stored = FacetPreferenceStore(source.data).everybody()
        lines = (dump_line(facet).encode("utf-8", "replace") for facet in stored if source.user in ("", facet.user))
        bundle.add_lines(
            self.name, f"{self.name}.jsonl", lines, schema_of_model(StoredFacetPreference, ["user", "key"])
        )

    def merge(self, bundle: Bundle, resource: Resource, target: Target) -> Tally:
        tally, store = Tally(self.name), FacetPreferenceStore(target.data)
        here = {(facet.user, facet.key): facet for facet in store.everybody()}
        for facet in records_in(bundle, resource, StoredFacetPreference, tally):
            facet = facet.model_copy(update={"user": target.user(facet.user)})
            mine = here.get((facet.user, facet.key))
            if _counts(facet, mine, target, tally) and not target.dry_run:
                store.put(facet)
        return tally


def _counts(facet: StoredFacetPreference, mine: StoredFacetPreference | None, target: Target, tally: Tally) -> bool:
    """Whether a preference is to be stored."""
    if facet.set_at > target.latest:
        tally.refuse(f"{facet.name!r} of {facet.user} was set at {facet.set_at:%Y-%m-%d}, which lies in the future")
        return False
    is_stored = tally.count(facet, mine, lambda given, here: given.set_at > here.set_at)
    if mine is not None and mine.preference != facet.preference:
        counts = "that in the bundle" if is_stored else "that here"
        tally.conflict(
            f"{facet.name!r} of {facet.user}: {facet.preference} in the bundle, {mine.preference} here; "
            f"the newer counts, {counts}"
        )
    return is_stored
