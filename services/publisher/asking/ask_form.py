"""The form of the page Ask: what was typed, and the request that it makes."""

import hashlib
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import ValidationError

from services.publisher.api.form_problems import problems_in
from shared.contracts import Ask, Corpus, CorpusKind
from shared.text.wording.corpora import corpus_text, parse_corpus

KINDS: Mapping[CorpusKind, str] = {
    "mine": "My papers: reading list and summarised papers",
    "list": "Reading list",
    "read": "Summarised papers",
    "all": "All harvested papers (abstracts only)",
}
_ASK_ID = re.compile(r"[A-Za-z0-9_-]{8,80}", re.ASCII)
_LONGEST = 2_000


@dataclass(frozen=True)
class AskForm:
    """What was typed; `narrow` holds conditions as people type them. `ask_id` makes a form that is sent twice one
    question."""

    question: str = ""
    kind: CorpusKind = "mine"
    narrow: str = ""
    conversation: str = ""
    ask_id: str = ""

    @classmethod
    def of_fields(cls, fields: Mapping[str, Any]) -> "AskForm":
        """What a form or an address says; nonsense in a choice is the default."""
        kind = str(fields.get("corpus", "mine"))
        ask_id = str(fields.get("ask_id", ""))
        return cls(
            question=" ".join(str(fields.get("question", "")).split()),
            kind=next((known for known in get_args(CorpusKind) if known == kind), "mine"),
            narrow=" ".join(str(fields.get("narrow", "")).split()),
            conversation=str(fields.get("conversation", "")),
            ask_id=ask_id if _ASK_ID.fullmatch(ask_id) else uuid.uuid4().hex,
        )

    @classmethod
    def following(cls, corpus: Corpus, trace_id: str) -> "AskForm":
        """A question that follows another one, of the same papers."""
        kind, _, narrow = corpus_text(corpus).partition(" ")
        return cls.of_fields({"corpus": kind, "narrow": narrow, "conversation": trace_id})

    def request(self, user: str, *, estimate_only: bool = False) -> Ask:
        """The request. Raises ValueError that says what is wrong with what was typed."""
        if not self.question:
            raise ValueError("Type a question.")
        if len(self.question) > _LONGEST:
            raise ValueError(f"The question has {len(self.question):,} characters; {_LONGEST:,} are allowed.")
        try:
            return Ask(
                question=self.question,
                corpus=self.corpus(),
                user=user,
                conversation=self.conversation,
                ask_id="" if estimate_only else self._id_of_content(),
                wait_seconds=0,
                estimate_only=estimate_only,
            )
        except ValidationError as error:
            raise ValueError(problems_in(error)) from error

    def _id_of_content(self) -> str:
        """Another one for what was typed anew, after an answer that did not come back."""
        content = "\n".join((self.question, self.kind, self.narrow, self.conversation))
        return f"{self.ask_id[:60]}-{hashlib.sha256(content.encode('utf-8', 'replace')).hexdigest()[:12]}"

    def corpus(self) -> Corpus:
        """The papers that are meant. Raises ValueError."""
        narrowed = parse_corpus(self.narrow)
        return narrowed if narrowed.kind != "mine" else narrowed.model_copy(update={"kind": self.kind})
