"""Which function carries out which kind of task."""

from samut_hub.tasks import TaskFunction

KINDS: dict[str, TaskFunction] = {}
