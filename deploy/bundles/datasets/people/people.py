"""People: `people.jsonl`, names and limits; never a token, nor the hash of one."""

import json

from deploy.bundles.archive.package import Resource
from deploy.bundles.archive.reading import Bundle
from deploy.bundles.archive.table_schemas import schema_of_model
from deploy.bundles.archive.writing import BundleWriter
from deploy.bundles.datasets.dataset import Source, Target
from deploy.bundles.datasets.records import records_in
from deploy.bundles.tally import Tally
from shared.contracts import DEFAULT_USER
from shared.errors import PapersysError
from shared.store.people.users import User, UserStore

_SECRETS = {"token_sha256"}


class People:
    name = "people"
    about = "names and limits of the people who read here, without tokens: `papersys users token NAME` makes a new link"

    def write(self, source: Source, bundle: BundleWriter) -> None:
        store = UserStore(source.data)
        owner = store.get(DEFAULT_USER)
        listed = [*([owner] if owner and _limits(owner) != (None, None) else []), *store.all()]
        schema = schema_of_model(User, ["name"])
        schema["fields"] = [field for field in schema["fields"] if field["name"] not in _SECRETS]
        people = [person for person in listed if source.user in ("", person.name)]
        bundle.add_lines(self.name, f"{self.name}.jsonl", map(_line_of, people), schema)

    def merge(self, bundle: Bundle, resource: Resource, target: Target) -> Tally:
        tally, store = Tally(self.name), UserStore(target.data)
        for given in records_in(bundle, resource, User, tally):
            given = given.model_copy(update={"name": target.user(given.name)})
            here = store.get(given.name)
            if here is None or (here.is_owner and _limits(here) == (None, None)):
                _add(given, store, target, tally)
            elif _limits(given) == _limits(here):
                tally.same += 1
            else:
                tally.older += 1
                tally.conflict(f"{given.name} has other limits in the bundle; those here stay")
        return tally


def _line_of(user: User) -> bytes:
    facts = user.model_dump(mode="json", exclude=_SECRETS)
    return (json.dumps(facts, ensure_ascii=False) + "\n").encode()


def _limits(user: User) -> tuple[int | None, float | None]:
    return user.per_day, user.monthly_cost


def _add(given: User, store: UserStore, target: Target, tally: Tally) -> None:
    try:
        if not target.dry_run:
            store.adopt(given)
        tally.new += 1
    except PapersysError as error:
        tally.refuse(str(error))
