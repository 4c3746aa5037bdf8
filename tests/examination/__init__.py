"""The examination of a meter, against simulated meters and other peers."""
