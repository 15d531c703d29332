"""A text beside its translation, paragraph by paragraph as it is read."""
