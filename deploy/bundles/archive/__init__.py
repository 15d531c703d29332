"""The archive: a zip file whose `datapackage.json` describes every other file in it."""
