"""The papers that the demo arXiv has, and the files it hands out of them."""
