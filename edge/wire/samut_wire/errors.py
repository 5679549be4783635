"""Why a message was not understood."""


class WireError(Exception):
    """The message does not keep to the protocol; the sentence names the topic, the field and the fault."""
