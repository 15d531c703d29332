"""Decisions about tags that a page asks for: each becomes one of `Corrections`, told back in words."""

from services.summarizer.tags.corrections import Corrections
from shared.contracts import CorrectTags, CorrectTagsReply, DecidedTag
from shared.errors import PapersysError, PermanentFailure, TemporaryFailure
from shared.store.tagging.tag_index import Tag
from shared.store.tagging.tags import TagStore


class TagRequests:
    """Blocks; one request at a time, because the newest decision is the one just made."""

    def __init__(self, tags: TagStore, corrections: Corrections) -> None:
        self._tags = tags
        self._corrections = corrections

    def answer(self, request: CorrectTags) -> CorrectTagsReply:
        """Raises PermanentFailure for a tag that is not there or a decision without sense, and TemporaryFailure."""
        try:
            tag, done = self._decided(request)
        except TemporaryFailure:
            raise
        except PapersysError as error:
            raise PermanentFailure(str(error)) from error
        decisions = self._tags.decisions()
        decided = DecidedTag(slug=tag.slug, label=tag.label, papers=len(tag.papers)) if tag else DecidedTag()
        return CorrectTagsReply(tag=decided, done=done, decision_id=decisions[-1].decision_id if decisions else "")

    def _decided(self, request: CorrectTags) -> tuple[Tag | None, str]:
        if request.action != "undo" and not request.tag:
            raise PermanentFailure("Name the tag that this is about.")
        correct = self._corrections
        before = self._label(request.tag)
        match request.action:
            case "merge":
                tag = correct.merge([request.tag], request.into)
                return tag, f"{before} was merged into {tag.label}."
            case "keep_apart":
                tag = correct.keep_apart(request.tag, request.into)
                return tag, f"{before} and {self._label(request.into)} stay two tags."
            case "rename":
                tag = correct.rename(request.tag, request.text)
                return tag, f"{before} is called {tag.label} now."
            case "describe":
                return correct.describe(request.tag, request.text), f"{before} has a new description."
            case "parent":
                tag = correct.file_under(request.tag, request.into)
                where = f"under {self._label(request.into)}" if request.into else "under no other tag"
                return tag, f"{tag.label} is filed {where} now."
            case "reject":
                return correct.reject(request.tag), f"{before} is no tag any more."
            case "accept":
                tag = correct.accept(request.tag)
                return tag, f"{tag.label} is a tag."
            case "undo":
                undone = correct.undo(request.decision_id or None)
                index = self._tags.index()
                return index.tags.get(undone.slug), f"Undone: what was decided about {self._label(undone.slug)}."

    def _label(self, name: str) -> str:
        index = self._tags.index()
        return index.tags[name].label if name in index.tags else name
