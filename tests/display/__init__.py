"""Tests of the remote displays."""
