"""Runs the summarizer."""

from services.summarizer.app import create_app
from services.summarizer.settings import Settings
from shared.service.runner import run_service

if __name__ == "__main__":
    run_service("summarizer", Settings, create_app)
