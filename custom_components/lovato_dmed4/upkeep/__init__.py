"""What looks after a meter without being asked."""
