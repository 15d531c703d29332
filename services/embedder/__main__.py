"""Run the embedder: `python -m services.embedder`."""

from services.embedder.app import create_app
from services.embedder.settings import Settings
from shared.service.runner import run_service

if __name__ == "__main__":
    run_service("embedder", Settings, create_app)
