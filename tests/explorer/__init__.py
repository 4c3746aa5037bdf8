"""The meter explorer, against simulated meters."""
