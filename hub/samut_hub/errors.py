"""Faults said in one sentence: what, which, what to do."""


class ConfigError(Exception):
    """The hub cannot start with this configuration."""


class RefusedError(Exception):
    """A use case refuses what was asked; the sentence is for the person who asked, already translated."""


class NotFoundError(Exception):
    """There is no such record in this library."""
