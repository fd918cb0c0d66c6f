"""A run that cannot go on, through nobody's mistake in it."""


class Failure(Exception):
    """Ends a run with exit code 2; its text is the one sentence that says why."""
