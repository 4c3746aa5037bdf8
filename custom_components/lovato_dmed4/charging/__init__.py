"""A charge through its steps: who charges, what became of it, what to do after a power failure."""
