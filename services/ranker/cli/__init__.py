"""The ranker's commands, as `papersys` offers them; deploy/services.py lists them."""
