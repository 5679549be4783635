"""All tables at once, for migrations and for making sure that every mapper is known."""

from samut_hub.catalogue import models as catalogue
from samut_hub.charges import models as charges
from samut_hub.circulation import models as circulation
from samut_hub.commands import Command
from samut_hub.db import Base
from samut_hub.fleet import models as fleet
from samut_hub.libraries import models as libraries
from samut_hub.members import models as members
from samut_hub.staff import models as staff
from samut_hub.visits import models as visits

__all__ = [
    "Base",
    "Command",
    "catalogue",
    "charges",
    "circulation",
    "fleet",
    "libraries",
    "members",
    "staff",
    "visits",
]
