"""A real Home Assistant, a real simulator, and what ends them at any moment."""
