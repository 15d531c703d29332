"""Fuzzing of everything that reads what others wrote, with atheris; `make fuzz`, and a short form in the proofs."""
