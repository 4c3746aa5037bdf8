"""Tests of the signed record."""
