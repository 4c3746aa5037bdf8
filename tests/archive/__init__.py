"""Tests of the archive, on each database."""
