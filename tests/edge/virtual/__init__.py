"""The bench and its twins."""
