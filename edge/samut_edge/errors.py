"""Faults that stop the agent at its start, said in one sentence."""


class StartError(Exception):
    """The agent cannot start until somebody puts right what the sentence says."""


class SettingsError(StartError):
    """A setting is missing or wrong; the sentence names the key and what to do."""


class OutboxError(StartError):
    """The events that the hub does not have yet cannot be reached; the sentence names their file."""
