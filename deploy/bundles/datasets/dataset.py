"""What each dataset of a bundle has to do, and what it is given."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Protocol

from deploy.bundles.archive.package import Resource
from deploy.bundles.archive.reading import Bundle
from deploy.bundles.archive.writing import BundleWriter
from deploy.bundles.tally import Tally
from shared.contracts import DEFAULT_USER
from shared.store.files.data_folder import DataFolder
from shared.store.people.follows import FollowStore
from shared.store.people.notes import NoteStore
from shared.store.people.preferences import RatingStore
from shared.store.people.signals import SignalStore
from shared.store.people.users import UserStore
from shared.store.research.reading_list import ReadingListStore
from shared.store.selections import SelectionStore

_NAMESPACE = uuid.UUID("7c9e3d14-5a1f-4c0e-9d55-2f6f2f0b8a31")


@dataclass(frozen=True)
class Source:
    """What a bundle is made of: a data folder, or what one `user` left in it (empty: everything)."""

    data: DataFolder
    user: str = ""

    @cached_property
    def users(self) -> list[str]:
        """Everybody who is in the bundle, the owner first; also those who may not come in any more."""
        if self.user:
            return [self.user]
        known = {*UserStore(self.data).names(), *RatingStore(self.data).users(), *SignalStore(self.data).users()}
        return [
            DEFAULT_USER,
            *sorted(
                (
                    known
                    | {word.user for word in FollowStore(self.data).words()}
                    | {*ReadingListStore(self.data).users()}
                )
                - {DEFAULT_USER}
            ),
        ]

    @cached_property
    def paper_ids(self) -> set[str] | None:
        """The papers that go along with a user: rated, saved, skipped, opened, noted, listed or picked ones.

        None: all."""
        if not self.user:
            return None
        return {
            *(rating.paper_id for rating in RatingStore(self.data).all(self.user)),
            *(signal.paper_id for signal in SignalStore(self.data).all(self.user)),
            *(note.paper_id for note in NoteStore(self.data).all(self.user)),
            *(paper.paper_id for paper in ReadingListStore(self.data).of_user(self.user)),
            *(pick.paper_id for pick in SelectionStore(self.data, self.user).picks()),
        }

    def has(self, paper_id: str) -> bool:
        return self.paper_ids is None or paper_id in self.paper_ids


@dataclass(frozen=True)
class Target:
    """Where a bundle is merged into. `renamed` gives users of the bundle the name that they have here.

    With `dry_run` nothing is written. Nothing that was said after `latest` is believed.
    """

    data: DataFolder
    latest: datetime
    dry_run: bool = False
    renamed: Mapping[str, str] = field(default_factory=dict)

    def user(self, name: str) -> str:
        return self.renamed.get(name, name)

    def event_id(self, event_id: str, user: str) -> str:
        """What identifies a word of a user: that of somebody who has another name here is another word."""
        here = self.user(user)
        return event_id if here == user else str(uuid.uuid5(_NAMESPACE, f"{here}:{event_id}"))


class Dataset(Protocol):
    """One kind of data in a bundle."""

    @property
    def name(self) -> str: ...

    @property
    def about(self) -> str:
        """What it holds, for the README of a bundle."""

    def write(self, source: Source, bundle: BundleWriter) -> None:
        """Add its files to a bundle."""

    def merge(self, bundle: Bundle, resource: Resource, target: Target) -> Tally:
        """Merge one file of it. Raises TemporaryFailure where the disk is full; the same again goes on."""
