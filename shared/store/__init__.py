"""The data folder: one module or folder a dataset, the only code that opens data files."""
