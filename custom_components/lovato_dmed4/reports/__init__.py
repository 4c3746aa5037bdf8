"""What people get out of the archive."""
