"""Which sensors there are: what sensor.py makes entities of."""
