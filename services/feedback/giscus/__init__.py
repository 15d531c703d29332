"""Reactions and comments under the published papers: GitHub Discussions, as giscus makes them, read as ratings."""
