"""Runs the ranker."""

from services.ranker.app import create_app
from services.ranker.settings import Settings
from shared.service.runner import run_service

if __name__ == "__main__":
    run_service("ranker", Settings, create_app, is_alone=True)
