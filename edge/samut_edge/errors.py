"""Faults that stop the agent at its start, said in one sentence."""


class SettingsError(Exception):
    """A setting is missing or wrong; the sentence names the key and what to do."""
