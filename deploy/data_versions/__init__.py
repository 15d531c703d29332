"""Data folders of earlier versions, brought to what this papersys writes."""
