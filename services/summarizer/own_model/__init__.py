"""A language model that papersys runs by itself: `llm.gguf`, fetched where needed, behind llama.cpp's llama-server."""
