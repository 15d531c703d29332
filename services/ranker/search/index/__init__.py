"""The keyword index: how texts become words, what is kept of a paper, the files, and what keeps them up to date."""
