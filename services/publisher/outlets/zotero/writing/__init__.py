"""Into Zotero: items with tags and notes, never over what the person changed."""
