"""Writing one row: found again or created, its properties, its rating where that is newer, its body."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal

from services.publisher.outlets.notion.blocks import Block
from services.publisher.outlets.notion.body import append, batches, write_body
from services.publisher.outlets.notion.doubles import best
from services.publisher.outlets.notion.plan import RowPlan, rating_to_write
from services.publisher.outlets.notion.tag_room import TagRoom
from shared.notion.connection import Notion
from shared.notion.failures import Gone, NotionRefused, Unsure
from shared.notion.properties import Row, RowRating, Schema, rating_value, row_of
from shared.notion.queries import is_removed, rows_of_papers
from shared.notion.row_files import NotionFiles, WrittenRow
from shared.notion.shown_rating import shown_rating

Done = Literal["created", "updated", "removed"]

UNSETTLED = timedelta(seconds=60)
"""How long a row that was created may be missing from what queries find."""
_MINUTE = timedelta(minutes=1)
"""To which Notion rounds the times of changes down."""
_LOOKS_SECONDS = (1.0, 3.0, 8.0)
_CREATIONS = 3


class RowWriter:
    """Of one pass over one database; `bot_id` is the connection's own user."""

    def __init__(
        self,
        notion: Notion,
        files: NotionFiles,
        schema: Schema,
        bot_id: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._notion, self._files, self._schema, self._bot_id = notion, files, schema, bot_id
        self._clock = clock
        self._tags = TagRoom(notion, schema)

    async def write(self, plan: RowPlan, rows: Sequence[Row]) -> Done:
        """`rows` are those that a look-up found, for a paper of which no page is known.

        Raises NotionRefused for what this row alone is to blame, NotionAway and NotionClosed.
        """
        if plan.known.page_id:
            return await self._update(plan)
        row = await self._found(plan.known, rows)
        return await self._create(plan) if row is None else await self._adopt(plan, row, is_alone=len(rows) <= 1)

    async def remove_doubles(self, known: WrittenRow, rows: Sequence[Row]) -> list[Row]:
        """Put rows that we made for a paper beside the known one into the trash, but none that anybody else changed.

        Returns the rows that are left.
        """
        others = [row for row in rows if row.page_id != known.page_id]
        unchanged = ("", known.rating)
        ours = [row for row in others if {row.made_by, row.edited_by} == {self._bot_id} and row.rating in unchanged]
        for row in ours:
            await self._notion.read(lambda api, row=row: api.pages.update(row.page_id, in_trash=True))  # type: ignore[misc]
        return [row for row in rows if row not in ours]

    # -- finding

    async def look_up(self, paper_ids: Sequence[str]) -> list[Row]:
        """The rows of at most 100 papers."""
        return await rows_of_papers(self._notion, self._schema, paper_ids)

    async def _found(self, known: WrittenRow, rows: Sequence[Row]) -> Row | None:
        """The row that is there already; one that may just have been created is looked for until it would be found."""
        if rows:
            return best(rows, self._bot_id)
        if known.sent_at is None or self._clock() - known.sent_at > UNSETTLED:
            return None
        return await self._looked_for(known.paper_id)

    async def _looked_for(self, paper_id: str) -> Row | None:
        for seconds in _LOOKS_SECONDS:
            await self._notion.pause(seconds)
            if rows := await self.look_up([paper_id]):
                return best(rows, self._bot_id)
        return None

    async def _adopt(self, plan: RowPlan, row: Row, *, is_alone: bool = True) -> Done:
        """A row that was found: whose page it is, and that its rating is no news where it is what it should be."""
        known = plan.known
        state = WrittenRow(
            paper_id=known.paper_id, page_id=row.page_id, sent_at=known.sent_at if is_alone else self._clock()
        )
        if row.rating in (known.intended, plan.rating):
            word_at = _word_at(plan) if row.rating == plan.rating else known.word_at
            state = state.model_copy(update={"rating": row.rating, "word_at": word_at, "shown_at": self._clock()})
        self._files.rows.put(state)
        read = self._files.ratings.all().get(known.paper_id)
        return await self._update(replace(plan, known=state, rating=rating_to_write(state, read, plan.newest)))

    # -- writing

    async def _create(self, plan: RowPlan) -> Done:
        """Noted before it is sent: whoever finds the note looks for the row before making another."""
        content, rating = plan.content, plan.rating or ""
        word_at = _word_at(plan)
        sent = WrittenRow(
            paper_id=content.paper_id, sent_at=self._clock(), intended=rating, word_at=word_at, page_id=""
        )
        self._files.rows.put(sent)
        first = next(batches(content.blocks), [])
        properties = self._named({**content.properties, **self._rating(rating)})
        is_sure = True
        for attempt in range(_CREATIONS):
            try:
                page = await self._posted(properties, first)
                break
            except Unsure:
                is_sure = False
                row = await self._looked_for(content.paper_id)
                if row is not None:
                    await self._adopt(replace(plan, known=sent), row)
                    return "created"
                if attempt == _CREATIONS - 1:
                    raise
            except NotionRefused:
                self._files.rows.put(plan.known)
                raise
        state = WrittenRow(
            paper_id=content.paper_id,
            page_id=str(page["id"]),
            properties=content.properties_hash,
            rating=rating,
            word_at=word_at,
            shown_at=self._clock(),
            sent_at=None if is_sure else self._clock(),
        )
        await self._finish_body(state, content.blocks, len(first))
        self._files.rows.put(state.model_copy(update={"body": content.body_hash}))
        return "created"

    async def _finish_body(self, state: WrittenRow, blocks: Sequence[Block], written: int) -> None:
        """What did not fit into the request that made the page."""
        if written == len(blocks):
            return
        self._files.rows.put(state)
        try:
            await append(self._notion, state.page_id, blocks[written:])
        except Unsure:
            await write_body(self._notion, state.page_id, blocks, self._bot_id)

    async def _posted(self, properties: dict[str, Any], blocks: list[dict[str, Any]]) -> dict[str, Any]:
        parent = {"type": "data_source_id", "data_source_id": self._schema.data_source}

        async def post(values: dict[str, Any]) -> dict[str, Any]:
            return await self._notion.write(
                lambda api: api.pages.create(parent=parent, properties=values, children=blocks)
            )

        return await self._tags.sent(properties, post)

    async def _update(self, plan: RowPlan) -> Done:
        content = plan.content
        try:
            state = await self._update_properties(plan)
            if state.body != content.body_hash:
                self._files.rows.put(state.model_copy(update={"body": ""}))
                await write_body(self._notion, state.page_id, content.blocks, self._bot_id)
                self._files.rows.put(state.model_copy(update={"body": content.body_hash}))
        except Gone:
            if not await is_removed(self._notion, plan.known.page_id):
                raise
            self._files.rows.put(plan.known.model_copy(update={"is_removed": True}))
            return "removed"
        return "updated"

    async def _update_properties(self, plan: RowPlan) -> WrittenRow:
        """Properties and rating in one request; the rating only where the row shows what it is known to show."""
        content, state = plan.content, plan.known
        rating = plan.rating if plan.rating is not None and await self._may_rate(plan) else None
        changed = content.properties if state.properties != content.properties_hash else {}
        if not changed and rating is None:
            return state
        if rating is not None:
            self._files.rows.put(state.model_copy(update={"intended": rating}))
        values = self._named({**changed, **({} if rating is None else self._rating(rating))})

        async def patch(values: dict[str, Any]) -> dict[str, Any]:
            return await self._notion.read(lambda api: api.pages.update(state.page_id, properties=values))

        await self._tags.sent(values, patch)
        state = state.model_copy(update={"properties": content.properties_hash})
        if rating is not None:
            shown = {"rating": rating, "word_at": _word_at(plan), "shown_at": self._clock(), "intended": None}
            state = state.model_copy(update=shown)
        self._files.rows.put(state)
        return state

    async def _may_rate(self, plan: RowPlan) -> bool:
        """Whether a rating may be written: a word of the owner that was not read yet is never written over.

        What a row shows of which nothing is known was said before its last change of any kind.
        """
        state = plan.known
        row = row_of(await self._notion.read(lambda api: api.pages.retrieve(state.page_id)), self._schema)
        shown = shown_rating(state, self._files.ratings.all().get(state.paper_id))
        if row is None:
            return False
        is_older = shown is None and plan.newest is not None and row.edited_at + _MINUTE <= plan.newest.occurred_at
        return is_older or row.rating in (shown.rating if shown else "", state.intended, plan.rating)

    # -- forms

    def _named(self, properties: dict[str, Any]) -> dict[str, Any]:
        return {self._schema.ids[key]: value for key, value in properties.items()}

    def _rating(self, rating: RowRating) -> dict[str, Any]:
        return {"rating": rating_value(rating, self._schema)}


def _word_at(plan: RowPlan) -> datetime | None:
    return plan.newest.occurred_at if plan.newest else None
