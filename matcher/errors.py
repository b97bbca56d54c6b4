"""The root of the project's errors. Each package derives its own and makes the sentences people read in its `wording`."""


class DebanError(Exception):
    """Something a user can mend. `str(error)` is one plain Japanese sentence that names the place and the remedy."""
