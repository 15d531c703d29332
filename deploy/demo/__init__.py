"""The demo arXiv: a small server that answers as arXiv does, over any folder of papers."""
