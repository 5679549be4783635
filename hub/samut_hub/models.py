"""All tables at once, with what follows their changes: for migrations, and for every process that writes.

A process that does not load this may write a member or an item of which no device ever hears.
"""

from samut_hub.audit import covered
from samut_hub.auditing import AuditEntry
from samut_hub.cards import models as cards
from samut_hub.catalogue import models as catalogue
from samut_hub.catalogue import shelving
from samut_hub.catalogue.authorities import models as authorities
from samut_hub.catalogue.classification import models as classification
from samut_hub.catalogue.copying import models as copying
from samut_hub.catalogue.entry import models as entry
from samut_hub.catalogue.fields import models as fields
from samut_hub.catalogue.images import models as images
from samut_hub.catalogue.imports import models as imports
from samut_hub.catalogue.labels import models as labels
from samut_hub.catalogue.merging import models as merging
from samut_hub.catalogue.searching import models as searching
from samut_hub.catalogue.serials import models as serials
from samut_hub.charges import joining_members as debts_of_members
from samut_hub.charges import models as charges
from samut_hub.circulation import joining_members as loans_of_members
from samut_hub.circulation import models as circulation
from samut_hub.circulation.booking import models as booking
from samut_hub.circulation.kits import models as kits
from samut_hub.commands import Command
from samut_hub.community import models as community
from samut_hub.db import Base
from samut_hub.fleet import models as fleet
from samut_hub.fleet import replica
from samut_hub.fleet.desks import models as desks
from samut_hub.fleet.joining import models as device_joining
from samut_hub.libraries import models as libraries
from samut_hub.media import models as media
from samut_hub.media import opening
from samut_hub.members import models as members
from samut_hub.members.enrolling import models as enrolling
from samut_hub.members.importing import models as member_imports
from samut_hub.members.merging import models as member_merging
from samut_hub.notices import events
from samut_hub.notices import models as notices
from samut_hub.opac import models as opac
from samut_hub.privacy import models as privacy
from samut_hub.sip2 import models as sip2
from samut_hub.staff import models as staff
from samut_hub.stocktaking import models as stocktaking
from samut_hub.tasks import Task
from samut_hub.visits import models as visits

__all__ = [
    "AuditEntry",
    "Base",
    "Command",
    "Task",
    "authorities",
    "booking",
    "cards",
    "catalogue",
    "charges",
    "circulation",
    "classification",
    "community",
    "copying",
    "covered",
    "debts_of_members",
    "desks",
    "device_joining",
    "enrolling",
    "entry",
    "events",
    "fields",
    "fleet",
    "images",
    "imports",
    "kits",
    "labels",
    "libraries",
    "loans_of_members",
    "media",
    "member_imports",
    "member_merging",
    "members",
    "merging",
    "notices",
    "opac",
    "opening",
    "privacy",
    "replica",
    "searching",
    "serials",
    "shelving",
    "sip2",
    "staff",
    "stocktaking",
    "visits",
]
