"""Puts the endpoint together for the reader's app."""

from services.publisher.api.event_sender import EventSender
from services.publisher.mcp.endpoint import McpEndpoint, Sessions
from services.publisher.pages.components import Components
from shared.store.files.data_folder import DataFolder


def open_endpoint(
    data: DataFolder, components: Components, sender: EventSender, arxiv: str, *, is_read_only: bool
) -> McpEndpoint:
    """The endpoint over what the reader's pages show; `arxiv` is where papers' originals are."""

    def open_sessions() -> Sessions:
        from services.publisher.mcp.server import create_server
        from services.publisher.mcp.sessions import McpSessions
        from services.publisher.mcp.sources import Sources, of_request
        from services.publisher.mcp.systems import BusSystem

        system = BusSystem(components.bus, sender)
        sources = Sources.open(data, components.records, components.ratings, system, arxiv)
        return McpSessions(create_server(of_request(sources), is_read_only=is_read_only))

    return McpEndpoint(open_sessions, components.access)
