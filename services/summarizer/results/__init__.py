"""Numbers from papers' tables, and what they measure."""
