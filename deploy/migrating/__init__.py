"""Moving in: data that older systems of this kind left, taken over from a folder or a Hugging Face dataset."""
