"""Ratings that the owner of the Notion database gives there."""
