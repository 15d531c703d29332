"""From Zotero: what lies in a library, and which ratings that comes to."""
