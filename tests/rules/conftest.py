"""Made-up cases may take their time: the computer gives way to other work."""

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
