"""The canonical tags at one moment, computed from all decisions: pure, no files."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.category_facets import categories_named
from shared.store.tagging.tag_decisions import TagDecision, in_force
from shared.text.tag_words import tag_key

Status = Literal["canonical", "waiting", "merged", "rejected", "retired"]
"""`waiting` is quarantine: one paper has it, a second one makes it canonical."""


class Tag(BaseModel):
    """A tag. `slug` is its name for ever, `label` is what people read, `made_by` a paper id, `seed` or `user`.

    `aliases` are other phrases for it, `into` is the tag that it was merged into, `papers` are those that were given
    it. A line of `tags/index.jsonl`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    slug: str
    label: str
    aliases: tuple[str, ...] = ()
    description: str = ""
    parents: tuple[str, ...] = ()
    status: Status = "canonical"
    into: str = ""
    papers: tuple[str, ...] = ()
    made_by: str = "seed"
    made_at: AwareDatetime


@dataclass(frozen=True)
class TagIndex:
    """Every tag by slug, merged and rejected ones too; what each phrase stands for, by its key; what was refused.

    `apart` are pairs of slugs that were decided to be two tags, `denied` keys of phrases with slugs that a decision
    which was undone had taken them for.
    """

    tags: Mapping[str, Tag]
    slugs: Mapping[str, str] = field(default_factory=dict)
    rejected: frozenset[str] = frozenset()
    apart: frozenset[frozenset[str]] = frozenset()
    denied: frozenset[tuple[str, str]] = frozenset()

    def canonical(self, name: str) -> str | None:
        """The slug of the canonical tag that a raw tag, or the slug of any tag, stands for.

        None for what waits, was rejected or retired, names a category, or was never heard of.
        """
        slug = self.target(name if name in self.tags else self.slug_for(name) or "")
        return slug if slug in self.canonical_tags else None

    def canonical_of(self, names: Iterable[str]) -> tuple[str, ...]:
        """The canonical tags of several names, each once, in their order."""
        return tuple(dict.fromkeys(slug for name in names if (slug := self.canonical(name))))

    def shown(self, tags: Iterable[str], raw_tags: Iterable[str] = ()) -> tuple[str, ...]:
        """The canonical tags of a summary, from the tags stored with it and its raw ones.

        A stored tag that this index never heard of stays as it is: a lost index hides nothing.
        """
        kept = (slug for tag in tags if (slug := self._kept(tag)))
        return tuple(dict.fromkeys([*kept, *self.canonical_of(raw_tags)]))

    def _kept(self, tag: str) -> str | None:
        if tag in self.tags or self.slug_for(tag) or self.is_rejected(tag) or categories_named(tag):
            return self.canonical(tag)
        return tag

    def slug_for(self, phrase: str) -> str | None:
        """The tag that a phrase was decided to mean, or is spelt like, whatever became of that tag; merges followed."""
        slug = self.slugs.get(tag_key(phrase))
        return self.target(slug) if slug else None

    def target(self, slug: str) -> str:
        """The tag that a slug leads to, merges followed."""
        seen = set()
        while slug in self.tags and self.tags[slug].status == "merged" and slug not in seen:
            seen.add(slug)
            slug = self.tags[slug].into
        return slug

    def is_rejected(self, phrase: str) -> bool:
        """Whether it was decided that a phrase is no tag."""
        if tag_key(phrase) in self.rejected:
            return True
        slug = self.slug_for(phrase)
        return slug is not None and slug in self.tags and self.tags[slug].status in ("rejected", "retired")

    def is_denied(self, phrase: str, slug: str) -> bool:
        """Whether somebody undid that a phrase means a tag."""
        return (tag_key(phrase), slug) in self.denied

    @cached_property
    def canonical_tags(self) -> Mapping[str, Tag]:
        """Those that are shown, by slug."""
        return {slug: tag for slug, tag in self.tags.items() if tag.status == "canonical"}

    def children(self, slug: str) -> tuple[str, ...]:
        """The canonical tags filed under one."""
        return tuple(name for name, tag in self.canonical_tags.items() if slug in self.parents_of(tag))

    def parents_of(self, tag: Tag) -> tuple[str, ...]:
        """The broader tags of a tag that are canonical, merges followed."""
        return tuple(slug for slug in self.canonical_of(tag.parents) if slug != tag.slug)


class _Draft:
    """A tag while the decisions about it are read."""

    def __init__(self, tag: Tag) -> None:
        self.tag = tag
        self.aliases = dict.fromkeys(tag.aliases)
        self.papers = dict.fromkeys(tag.papers)

    def change(self, **fields: object) -> None:
        self.tag = self.tag.model_copy(update=fields)

    def finished(self) -> Tag:
        """Aliases are all phrases for it save its own label and spellings of one that is there."""
        keys, aliases = {tag_key(self.tag.label)}, []
        for alias in self.aliases:
            if tag_key(alias) not in keys:
                keys.add(tag_key(alias))
                aliases.append(alias)
        return self.tag.model_copy(update={"aliases": tuple(sorted(aliases)), "papers": tuple(self.papers)})


def index_of(decisions: Sequence[TagDecision], old_tags: Iterable[Tag] = ()) -> TagIndex:
    """The index that decisions come to. `old_tags` are those of an earlier version, which lie in no decision.

    Decisions about tags that are not there are passed over: they were undone, or their line cannot be read.
    """
    drafts = {tag.slug: _Draft(tag) for tag in old_tags if not is_category(tag)}
    slugs = {tag_key(alias): slug for slug, draft in drafts.items() for alias in draft.tag.aliases}
    slugs.update({tag_key(draft.tag.label): slug for slug, draft in drafts.items()})
    rejected: dict[str, None] = {}
    apart: set[frozenset[str]] = set()
    standing = in_force(decisions)
    for decision in standing:
        _make(drafts, slugs, decision)
    for decision in standing:
        _apply(drafts, slugs, rejected, apart, decision)
    tags = {slug: drafts[slug].finished() for slug in sorted(drafts)}
    return TagIndex(tags, slugs, frozenset(rejected), frozenset(apart), _denied(decisions, standing))


def _denied(decisions: Sequence[TagDecision], standing: Sequence[TagDecision]) -> frozenset[tuple[str, str]]:
    if len(decisions) == len(standing):
        return frozenset()
    kept = set(standing)
    return frozenset((tag_key(one.phrase), one.slug) for one in decisions if one.action == "map" and one not in kept)


def is_category(tag: Tag) -> bool:
    """Whether it is one of the tags that earlier versions made of arXiv's categories, which are facets now."""
    return tag.made_by == "seed" and bool(categories_named(tag.label))


def _make(drafts: dict[str, _Draft], slugs: dict[str, str], decision: TagDecision) -> None:
    if decision.action not in ("create", "propose") or decision.slug in drafts:
        return
    status: Status = "canonical" if decision.action == "create" else "waiting"
    made_by = decision.paper_id or ("user" if decision.how == "user" else "seed")
    tag = Tag(slug=decision.slug, label=decision.phrase, status=status, made_by=made_by, made_at=decision.made_at)
    drafts[decision.slug] = _Draft(tag)
    slugs.setdefault(tag_key(decision.phrase), decision.slug)


def _apply(
    drafts: dict[str, _Draft],
    slugs: dict[str, str],
    rejected: dict[str, None],
    apart: set[frozenset[str]],
    decision: TagDecision,
) -> None:
    draft = drafts.get(decision.slug)
    if decision.action == "reject" and decision.phrase:
        rejected[tag_key(decision.phrase)] = None
    if decision.action == "keep_apart":
        apart.add(frozenset((decision.slug, decision.into)))
    if draft is None:
        return
    match decision.action:
        case "map":
            slugs[tag_key(decision.phrase)] = decision.slug
            draft.aliases[decision.phrase] = None
            if decision.paper_id:
                draft.papers[decision.paper_id] = None
        case "create" | "accept":
            draft.change(status="canonical", into="")
            rejected.pop(tag_key(draft.tag.label), None)
        case "merge":
            _merge(drafts, draft, decision)
        case "rename":
            draft.aliases[draft.tag.label] = None
            slugs[tag_key(decision.text)] = decision.slug
            draft.change(label=decision.text)
        case "describe":
            draft.change(description=decision.text)
        case "parent":
            draft.change(parents=tuple(dict.fromkeys([*draft.tag.parents, decision.into])) if decision.into else ())
        case "reject":
            draft.change(status="rejected")
        case "retire":
            draft.change(status="retired")


def _merge(drafts: dict[str, _Draft], draft: _Draft, decision: TagDecision) -> None:
    """Its phrases and papers show at the target too; it stays as it is, so that the merge can be undone."""
    target = drafts.get(_end(drafts, decision.into))
    if target is None or target is draft:
        return
    draft.change(status="merged", into=decision.into)
    target.aliases.update(dict.fromkeys([draft.tag.label, *draft.aliases]))
    target.papers.update(draft.papers)


def _end(drafts: Mapping[str, _Draft], slug: str) -> str:
    seen = set()
    while slug in drafts and drafts[slug].tag.status == "merged" and slug not in seen:
        seen.add(slug)
        slug = drafts[slug].tag.into
    return slug
