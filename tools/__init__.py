"""What developers run: demo, explorer, benchmarks, reference pages, releases."""
