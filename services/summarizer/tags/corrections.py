"""What a person does to the index: merge, rename, file, reject, undo; each a decision, checked before it is stored."""

from collections.abc import Callable
from datetime import datetime

from services.summarizer.tags.generic_words import fits_any_paper
from shared.category_facets import categories_named
from shared.errors import PapersysError
from shared.store.tagging.tag_decisions import Action, TagDecision, in_force
from shared.store.tagging.tag_index import Tag, TagIndex
from shared.store.tagging.tags import TagStore, new_slug

_HINTS = 3


class Corrections:
    """Decisions of the user. Each method stores at once, as the one writer, and returns the tag it was about.

    Raises PapersysError for a tag that is not there, or a decision that makes no sense, and TemporaryFailure.
    """

    def __init__(self, tags: TagStore, clock: Callable[[], datetime]) -> None:
        self._tags = tags
        self._clock = clock

    def merge(self, names: list[str], into: str, why: str = "") -> Tag:
        """Take tags for another one; a target that waited counts from now on."""

        def make(index: TagIndex) -> list[TagDecision]:
            target = find_tag(index, into)
            sources = [find_tag(index, name) for name in names]
            for source in sources:
                if source.slug == target.slug:
                    raise PapersysError(f"{source.label} cannot be merged into itself.")
            wake = [] if target.status == "canonical" else [self._decision("accept", slug=target.slug, why=why)]
            return wake + [self._decision("merge", slug=one.slug, into=target.slug, why=why) for one in sources]

        return find_tag(self._tags.decide(make), into)

    def rename(self, name: str, label: str, why: str = "") -> Tag:
        """Give a tag another label; its address stays, its old label becomes an alias."""
        label = " ".join(label.split())
        if not label or not any(char.isalnum() for char in label):
            raise PapersysError("A label needs letters or digits.")

        def make(index: TagIndex) -> list[TagDecision]:
            tag = find_tag(index, name)
            other = index.slug_for(label)
            if other not in (None, tag.slug) and index.tags[other or ""].status in ("canonical", "waiting"):
                raise PapersysError(f"{label} is another tag already ({other}); merge {tag.slug} into it instead.")
            return [self._decision("rename", slug=tag.slug, text=label, why=why)]

        return find_tag(self._tags.decide(make), name)

    def describe(self, name: str, text: str) -> Tag:
        """Say what a tag means."""
        index = self._tags.decide(
            lambda index: [self._decision("describe", slug=find_tag(index, name).slug, text=" ".join(text.split()))]
        )
        return find_tag(index, name)

    def keep_apart(self, name: str, other: str) -> Tag:
        """Two tags are two: no sweep and no model proposes to merge them any more."""

        def make(index: TagIndex) -> list[TagDecision]:
            tags = find_tag(index, name), find_tag(index, other)
            if tags[0].slug == tags[1].slug:
                raise PapersysError(f"{tags[0].label} and {tags[1].label} are one tag.")
            return [self._decision("keep_apart", slug=tags[0].slug, into=tags[1].slug)]

        return find_tag(self._tags.decide(make), name)

    def file_under(self, name: str, parent: str) -> Tag:
        """File a tag under a broader one; with no parent, under none any more."""

        def make(index: TagIndex) -> list[TagDecision]:
            tag, broader = find_tag(index, name), find_tag(index, parent) if parent else None
            if broader is not None and tag.slug in {broader.slug, *_above(index, broader)}:
                raise PapersysError(f"{broader.label} is {tag.label}, or a kind of it; it cannot be above it.")
            return [self._decision("parent", slug=tag.slug, into=broader.slug if broader else "")]

        return find_tag(self._tags.decide(make), name)

    def reject(self, name: str, why: str = "") -> Tag | None:
        """It is no tag, and never becomes one by itself. None for a phrase that no tag had."""

        def make(index: TagIndex) -> list[TagDecision]:
            slug = _slug(index, name)
            label = index.tags[slug].label if slug else name
            return [self._decision("reject", slug=slug or "", phrase=label, why=why)]

        index = self._tags.decide(make)
        slug = _slug(index, name)
        return index.tags[slug] if slug else None

    def accept(self, name: str, why: str = "") -> Tag:
        """A tag that waits, was rejected or retired counts; a phrase without one becomes one."""

        def make(index: TagIndex) -> list[TagDecision]:
            if slug := _slug(index, name):
                return [self._decision("accept", slug=slug, why=why)]
            if fits_any_paper(name) or categories_named(name):
                raise PapersysError(f"{name} fits any paper, or is a category; it cannot be a tag.")
            made = new_slug(name, index.tags)
            if not made:
                raise PapersysError(f"No address can be made of {name!r}; a tag needs Latin letters or digits.")
            return [self._decision("create", slug=made, phrase=" ".join(name.split()), why=why)]

        return find_tag(self._tags.decide(make), name)

    def undo(self, decision_id: str | None = None, why: str = "") -> TagDecision:
        """Undo a decision by its id, or the newest one of a person or of the sweep. Returns the one undone."""
        found: list[TagDecision] = []

        def make(index: TagIndex) -> list[TagDecision]:
            found.append(self._to_undo(decision_id))
            return [self._decision("undo", undoes=found[0].decision_id, why=why)]

        self._tags.decide(make)
        return found[0]

    def _to_undo(self, decision_id: str | None) -> TagDecision:
        decisions = self._tags.decisions()
        standing = in_force(decisions)
        if decision_id is None:
            newest = [decision for decision in standing if decision.how in ("user", "sweep")]
            if not newest:
                raise PapersysError("There is no decision of yours to undo.")
            return newest[-1]
        matching = [decision for decision in decisions if decision.decision_id.startswith(decision_id)]
        if len({decision.decision_id for decision in matching}) != 1:
            found = "No decision has" if not matching else "Several decisions have"
            raise PapersysError(f"{found} the id {decision_id}; each tag's own list of decisions has their ids.")
        if matching[0] not in standing and matching[0].action != "undo":
            raise PapersysError(f"The decision {decision_id} is undone already.")
        return matching[0]

    def _decision(self, action: Action, **facts: str) -> TagDecision:
        made = {"action": action, "how": "user", "made_at": self._clock(), **facts}
        return TagDecision.model_validate(made)


def find_tag(index: TagIndex, name: str) -> Tag:
    """The tag of a slug, label or alias, merges followed. Raises PapersysError that names those like it."""
    slug = _slug(index, name)
    if slug is not None:
        return index.tags[slug]
    import difflib

    labels = {tag.label.casefold(): tag.label for tag in index.tags.values()}
    near = difflib.get_close_matches(name.casefold(), [*labels, *index.tags], n=_HINTS, cutoff=0.6)
    hint = f"; there is {', '.join(dict.fromkeys(labels.get(one, one) for one in near))}" if near else ""
    raise PapersysError(f"There is no tag {name!r}{hint}.")


def _above(index: TagIndex, tag: Tag) -> set[str]:
    """The slugs of all broader tags of a tag, however far up."""
    above: set[str] = set()
    waiting = [tag]
    while waiting:
        parents = set(index.parents_of(waiting.pop())) - above
        above |= parents
        waiting += [index.tags[slug] for slug in parents]
    return above


def _slug(index: TagIndex, name: str) -> str | None:
    if name in index.tags:
        return index.target(name)
    return index.slug_for(name) if index.slug_for(name) in index.tags else None
