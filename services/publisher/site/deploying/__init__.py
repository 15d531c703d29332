"""Puts the built site where its owner wants it: Cloudflare Pages, a git branch, rsync, a folder."""
