"""Solving programs given as plain arrays, in a process of its own. It knows nothing of people and openings, and imports
nothing of them, so that the process is ready as soon as possible."""
