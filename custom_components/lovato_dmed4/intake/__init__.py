"""Every record on its way into the archive."""
