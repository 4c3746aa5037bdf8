"""Reach a device, know it again, and say what went wrong."""
