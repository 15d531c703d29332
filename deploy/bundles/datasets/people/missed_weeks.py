"""What picks missed: `missed.jsonl`, a line a week of a user; what was found later counts."""

import re

from deploy.bundles.archive.package import Resource
from deploy.bundles.archive.reading import Bundle
from deploy.bundles.archive.table_schemas import schema_of_model
from deploy.bundles.archive.writing import BundleWriter
from deploy.bundles.datasets.dataset import Source, Target
from deploy.bundles.datasets.records import records_in
from deploy.bundles.tally import Tally
from shared.store.files.jsonlines import dump_line
from shared.store.people.missed import MissedStore, MissedWeek

_WEEK = re.compile(r"\d{4}-W\d{2}", re.ASCII)


class MissedWeeks:
    name = "missed"
    about = "liked papers that picks had missed, week by week, and what was offered to mend it"

    def write(self, source: Source, bundle: BundleWriter) -> None:
        weeks = (week for week in MissedStore(source.data).everybody() if source.user in ("", week.user))
        lines = (dump_line(week).encode("utf-8", "replace") for week in weeks)
        bundle.add_lines(self.name, f"{self.name}.jsonl", lines, schema_of_model(MissedWeek, ["user", "week"]))

    def merge(self, bundle: Bundle, resource: Resource, target: Target) -> Tally:
        tally, store = Tally(self.name), MissedStore(target.data)
        here = {(week.user, week.week): week for week in store.everybody()}
        for week in records_in(bundle, resource, MissedWeek, tally, lambda week: _check(week, target)):
            week = week.model_copy(update={"user": target.user(week.user)})
            if tally.count(week, here.get((week.user, week.week)), _is_newer) and not target.dry_run:
                store.put(week)
        return tally


def _check(week: MissedWeek, target: Target) -> None:
    """Raises ValueError for what is named for no week, or lies in the future."""
    if not _WEEK.fullmatch(week.week):
        raise ValueError(f"{week.week[:40]!r} is no week")
    if max(week.made_at, week.until) > target.latest:
        raise ValueError(
            f"{week.week} of {week.user} was looked at on {week.made_at:%Y-%m-%d}, which lies in the future"
        )


def _is_newer(week: MissedWeek, here: MissedWeek) -> bool:
    return week.made_at > here.made_at
