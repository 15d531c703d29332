"""Requests to arXiv and other servers, allowed again after a 403."""

from services.fetcher.app import new_gate
from services.fetcher.arxiv.gate import Gate
from services.fetcher.commands.running import opened
from services.fetcher.metadata.revisions import Catalogue
from services.fetcher.settings import Settings
from services.fetcher.sources.registry import Server, open_servers
from shared.store.papers.metadata import MetadataStore


def resume(settings: Settings) -> str:
    """Ask arXiv and the other servers again after a 403; what that comes to, in words. A pause that was asked for is
    kept."""
    data = opened(settings)
    servers = open_servers(data, settings.fetcher, Catalogue(MetadataStore(data)))
    lifted_too = [name for server in servers for name in _lifted(server)]
    told = _resumed(new_gate(data, settings.fetcher))
    return f"{told} Requests to {' and '.join(lifted_too)} are allowed again." if lifted_too else told


def _lifted(server: Server) -> list[str]:
    """What was stopped of a server and is no more."""
    gates = ((server.source.label, server.client.gate), (f"{server.source.label}'s site", server.site.gate))
    return [name for name, gate in gates if gate.resume()]


def _resumed(gate: Gate) -> str:
    was_stopped, pause = gate.resume(), gate.pause()
    if pause is not None:
        lifted = "Requests are allowed again. " if was_stopped else ""
        return f"{lifted}{pause}; arXiv asked for this pause, so it remains."
    return "Requests to arXiv are allowed again." if was_stopped else "Requests to arXiv were not stopped."
