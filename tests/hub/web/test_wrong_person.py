"""Every page of the hub, asked for by the wrong person.

Alice works in north. Bob has every right, but in south. Charlie works in north without the right that the page needs.
A visitor has not signed in. A page that is not in the table fails the test: add it with the right it needs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from samut_hub.auditing import AuditEntry
from samut_hub.cards.models import CardDesign, CardPicture
from samut_hub.cards.printing import Wish as CardWish
from samut_hub.cards.printing import make_run as make_card_run
from samut_hub.catalogue.authorities.models import Heading, HeadingChange
from samut_hub.catalogue.copying.models import CopyHit, CopySearch, Target
from samut_hub.catalogue.entry.models import Entry
from samut_hub.catalogue.fields.models import OwnField
from samut_hub.catalogue.images.models import TitleImage
from samut_hub.catalogue.imports.models import Import
from samut_hub.catalogue.labels.keeping import take_preset
from samut_hub.catalogue.labels.layout import Design
from samut_hub.catalogue.labels.presets import PRESETS
from samut_hub.catalogue.labels.printing import Wish, make_run
from samut_hub.catalogue.merging.models import TitleMerge
from samut_hub.catalogue.models import BatchEdit, Category, Item, ItemChange, MaterialType, Place, Title
from samut_hub.catalogue.records.iso2709 import write_record
from samut_hub.catalogue.records.marc import Description
from samut_hub.catalogue.records.marc_writing import new_record
from samut_hub.catalogue.searching.models import SavedSearch
from samut_hub.catalogue.serials.models import Holding, Issue
from samut_hub.charges.models import Charge, OwnChargeKind, Payment, Receipt, TillClosing
from samut_hub.circulation.booking.models import Booking
from samut_hub.circulation.models import Conflict, Hold, Loan, LoanRule, PickupPlace
from samut_hub.community.models import News
from samut_hub.db import Database
from samut_hub.fleet.models import Device
from samut_hub.libraries.models import Closure, YearlyClosure
from samut_hub.media.models import Medium
from samut_hub.members.importing.models import MemberImport
from samut_hub.members.merging.models import MemberMerge
from samut_hub.members.models import Card, EducationLevel, Group, Member, MemberBatch, MemberField, MemberType
from samut_hub.notices.models import Notice
from samut_hub.sip2.models import Sip2Account
from samut_hub.staff.models import OwnRole, StaffAccount
from samut_hub.staff.policy import PERMISSIONS, Permission, Role
from samut_hub.stocktaking.models import StockScan, StockTaking
from samut_hub.tasks import Task
from tests.hub.conftest import Clock, Libraries, SignIn, browser_of

MANEE = Description(title="มานี")
PLAN = {"year": 2027, "steps": []}
EDIT = {"chosen": {"type_id": 1}, "wanted": {"change": ["expires_on"]}}


class Open(StrEnum):
    """Pages without a permission."""

    TO_ALL = "to all"
    TO_STAFF = "to staff"
    TO_MEMBERS = "to members"


TABLE: dict[str, Permission | Open] = {
    "static": Open.TO_ALL,
    "health.health": Open.TO_ALL,
    "health.ready": Open.TO_ALL,
    "home.choose_language": Open.TO_ALL,
    "home.dashboard": Open.TO_ALL,
    "tasks.index": Open.TO_STAFF,
    "tasks.show": Permission.PRINT_LABELS,
    "tasks.file": Permission.PRINT_LABELS,
    "tasks.stop": Permission.PRINT_LABELS,
    "tasks.again": Permission.PRINT_LABELS,
    "staff.sign_in": Open.TO_ALL,
    "staff.sign_out": Open.TO_ALL,
    "staff.password": Open.TO_STAFF,
    "staff.my_rights": Open.TO_STAFF,
    "staff.code_at_sign_in": Open.TO_ALL,
    "staff.enrol_at_sign_in": Open.TO_ALL,
    "staff.second_step": Open.TO_STAFF,
    "staff.begin_second_step": Open.TO_STAFF,
    "staff.new_recovery_codes": Open.TO_STAFF,
    "staff.end_second_step": Open.TO_STAFF,
    "staff.reset_second_step": Permission.MANAGE_STAFF,
    "staff.sign_in_settings": Permission.EDIT_SIGN_IN,
    "staff.school_settings": Permission.EDIT_SIGN_IN,
    "staff.line_settings": Permission.EDIT_SIGN_IN,
    "staff.sign_in_at_school": Open.TO_ALL,
    "staff.back_from_elsewhere": Open.TO_ALL,
    "opac.my_sign_in_with": Open.TO_ALL,
    "opac.my_back": Open.TO_ALL,
    "opac.my_link": Open.TO_MEMBERS,
    "opac.my_part": Open.TO_MEMBERS,
    "staff.index": Permission.MANAGE_STAFF,
    "staff.add": Permission.MANAGE_STAFF,
    "staff.account": Permission.MANAGE_STAFF,
    "staff.new_password": Permission.MANAGE_STAFF,
    "staff.set_active": Permission.MANAGE_STAFF,
    "privacy.retention": Permission.EDIT_RETENTION,
    "audit.index": Permission.SEE_AUDIT,
    "audit.show": Permission.SEE_AUDIT,
    "audit.download": Permission.SEE_AUDIT,
    "libraries.settings": Open.TO_STAFF,
    "beginning.index": Permission.EDIT_RULES,
    "beginning.make": Permission.EDIT_RULES,
    "beginning.put_off": Permission.EDIT_RULES,
    "libraries.edit": Permission.EDIT_LIBRARY,
    "libraries.calendar": Permission.EDIT_CALENDAR,
    "libraries.remove": Permission.EDIT_CALENDAR,
    "libraries.yearly": Permission.EDIT_CALENDAR,
    "libraries.hours": Permission.EDIT_CALENDAR,
    "libraries.remove_every_year": Permission.EDIT_CALENDAR,
    "libraries.holidays": Permission.EDIT_CALENDAR,
    "staff.rights": Permission.MANAGE_STAFF,
    "staff.role_list": Permission.MANAGE_STAFF,
    "staff.new_role": Permission.MANAGE_STAFF,
    "staff.role": Permission.MANAGE_STAFF,
    "staff.remove_role": Permission.MANAGE_STAFF,
    "members.index": Permission.SEE_MEMBERS,
    "member_lists.index": Permission.SEE_MEMBERS,
    "member_lists.file": Permission.SEE_MEMBERS,
    "member_lists.long_file": Permission.SEE_MEMBERS,
    "member_merging.index": Permission.CHANGE_MANY_MEMBERS,
    "member_merging.keep_apart": Permission.CHANGE_MANY_MEMBERS,
    "member_merging.compare": Permission.CHANGE_MANY_MEMBERS,
    "member_merging.merge": Permission.CHANGE_MANY_MEMBERS,
    "member_merging.undo": Permission.CHANGE_MANY_MEMBERS,
    "member_imports.index": Permission.CHANGE_MANY_MEMBERS,
    "member_imports.upload": Permission.CHANGE_MANY_MEMBERS,
    "member_imports.upload_photos": Permission.CHANGE_MANY_MEMBERS,
    "member_imports.show": Permission.CHANGE_MANY_MEMBERS,
    "member_imports.choose": Permission.CHANGE_MANY_MEMBERS,
    "member_imports.undo": Permission.CHANGE_MANY_MEMBERS,
    "member_imports.discard": Permission.CHANGE_MANY_MEMBERS,
    "member_imports.columns": Permission.CHANGE_MANY_MEMBERS,
    "member_imports.set_columns": Permission.CHANGE_MANY_MEMBERS,
    "member_imports.table_to_fill_in": Permission.CHANGE_MANY_MEMBERS,
    "member_imports.refused_file": Permission.CHANGE_MANY_MEMBERS,
    "members.show": Permission.SEE_MEMBERS,
    "members.new": Permission.EDIT_MEMBERS,
    "members.edit": Permission.EDIT_MEMBERS,
    "members.block": Permission.BLOCK_MEMBERS,
    "members.unblock": Permission.BLOCK_MEMBERS,
    "members.add_card": Permission.EDIT_MEMBERS,
    "members.remove_card": Permission.EDIT_MEMBERS,
    "members.undo": Permission.CHANGE_MANY_MEMBERS,
    "members.edits": Permission.CHANGE_MANY_MEMBERS,
    "members.edit_many": Permission.CHANGE_MANY_MEMBERS,
    "members.carry_out_edit": Permission.CHANGE_MANY_MEMBERS,
    "members.rollovers": Permission.CHANGE_MANY_MEMBERS,
    "members.rollover": Permission.CHANGE_MANY_MEMBERS,
    "members.set_repeaters": Permission.CHANGE_MANY_MEMBERS,
    "members.roll_over": Permission.CHANGE_MANY_MEMBERS,
    "members.set_card_state": Permission.EDIT_MEMBERS,
    "members.report_lost": Permission.EDIT_MEMBERS,
    "members.alike": Permission.EDIT_MEMBERS,
    "members.field_list": Permission.EDIT_MEMBER_FORMS,
    "members.change_field": Permission.EDIT_MEMBER_FORMS,
    "members.level_list": Permission.EDIT_MEMBER_FORMS,
    "members.change_level": Permission.EDIT_MEMBER_FORMS,
    "members.photo": Permission.SEE_MEMBERS,
    "members.set_photo": Permission.EDIT_MEMBERS,
    "members.code": Permission.SEE_MEMBERS,
    "members.group_list": Permission.EDIT_MEMBERS,
    "members.rename_group": Permission.EDIT_MEMBERS,
    "members.remove_group": Permission.EDIT_MEMBERS,
    "members.type_list": Permission.EDIT_MEMBER_FORMS,
    "members.change_type": Permission.EDIT_MEMBER_FORMS,
    "members.renew": Permission.EDIT_MEMBERS,
    "members.remove_type": Permission.EDIT_MEMBER_FORMS,
    "catalogue.index": Open.TO_STAFF,
    "catalogue.work": Open.TO_STAFF,
    "searching.advanced": Open.TO_STAFF,
    "searching.words": Open.TO_STAFF,
    "searching.give_out": Permission.EDIT_CATALOGUE,
    "searching.saved": Open.TO_STAFF,
    "searching.save": Open.TO_STAFF,
    "searching.remove": Open.TO_STAFF,
    "catalogue.show": Open.TO_STAFF,
    "catalogue.marc": Open.TO_STAFF,
    "catalogue.marc_file": Open.TO_STAFF,
    "catalogue.marcxml_file": Open.TO_STAFF,
    "catalogue.remove": Permission.EDIT_CATALOGUE,
    "catalogue.new": Permission.EDIT_CATALOGUE,
    "catalogue.edit": Permission.EDIT_CATALOGUE,
    "catalogue.new_item": Permission.EDIT_CATALOGUE,
    "catalogue.edit_item": Permission.EDIT_CATALOGUE,
    "places.place_list": Permission.EDIT_PLACES,
    "places.edit_place": Permission.EDIT_PLACES,
    "places.shift_place": Permission.EDIT_PLACES,
    "places.remove_place": Permission.EDIT_PLACES,
    "places.category_list": Permission.EDIT_PLACES,
    "places.edit_category": Permission.EDIT_PLACES,
    "places.shift_category": Permission.EDIT_PLACES,
    "places.remove_category": Permission.EDIT_PLACES,
    "batches.index": Permission.CHANGE_MANY_ITEMS,
    "batches.preview": Permission.CHANGE_MANY_ITEMS,
    "batches.apply": Permission.CHANGE_MANY_ITEMS,
    "batches.show": Permission.CHANGE_MANY_ITEMS,
    "batches.undo": Permission.CHANGE_MANY_ITEMS,
    "classification.guide": Open.TO_STAFF,
    "classification.mark": Permission.EDIT_CATALOGUE,
    "classification.settings": Permission.EDIT_CATALOGUE,
    "classification.set_scheme": Permission.EDIT_CATALOGUE,
    "classification.set_table": Permission.EDIT_CATALOGUE,
    "catalogue.show_item": Open.TO_STAFF,
    "catalogue.change_status": Permission.EDIT_CATALOGUE,
    "catalogue.undo_change": Permission.EDIT_CATALOGUE,
    "catalogue.check_number": Permission.EDIT_CATALOGUE,
    "fields.index": Permission.EDIT_FORMS,
    "fields.change": Permission.EDIT_FORMS,
    "fields.add_own": Permission.EDIT_FORMS,
    "fields.change_own": Permission.EDIT_FORMS,
    "fields.materials": Permission.EDIT_FORMS,
    "fields.change_material": Permission.EDIT_FORMS,
    "editor.new": Permission.EDIT_CATALOGUE,
    "editor.edit": Permission.EDIT_CATALOGUE,
    "editor.guide": Open.TO_STAFF,
    "media.file": Open.TO_ALL,
    "media.index": Permission.EDIT_CATALOGUE,
    "media.add_file": Permission.EDIT_CATALOGUE,
    "media.add_link": Permission.EDIT_CATALOGUE,
    "media.change": Permission.EDIT_CATALOGUE,
    "media.remove": Permission.EDIT_CATALOGUE,
    "images.cover": Open.TO_ALL,
    "images.index": Permission.EDIT_CATALOGUE,
    "images.add": Permission.EDIT_CATALOGUE,
    "images.make_cover": Permission.EDIT_CATALOGUE,
    "images.describe": Permission.EDIT_CATALOGUE,
    "images.remove": Permission.EDIT_CATALOGUE,
    "stocktaking.index": Permission.COUNT_STOCK,
    "stocktaking.count": Permission.COUNT_STOCK,
    "stocktaking.scan": Permission.COUNT_STOCK,
    "stocktaking.read_file": Permission.COUNT_STOCK,
    "stocktaking.left": Permission.COUNT_STOCK,
    "stocktaking.unsettled": Permission.COUNT_STOCK,
    "stocktaking.report": Permission.COUNT_STOCK,
    "stocktaking.put_here": Permission.EDIT_CATALOGUE,
    "stocktaking.close": Permission.EDIT_CATALOGUE,
    "authorities.index": Open.TO_STAFF,
    "authorities.show": Open.TO_STAFF,
    "authorities.suggest": Permission.EDIT_CATALOGUE,
    "authorities.new": Permission.EDIT_HEADINGS,
    "authorities.edit": Permission.EDIT_HEADINGS,
    "authorities.add_form": Permission.EDIT_HEADINGS,
    "authorities.remove_form": Permission.EDIT_HEADINGS,
    "authorities.relate": Permission.EDIT_HEADINGS,
    "authorities.unrelate": Permission.EDIT_HEADINGS,
    "authorities.preview": Permission.EDIT_HEADINGS,
    "authorities.change": Permission.EDIT_HEADINGS,
    "authorities.undo": Permission.EDIT_HEADINGS,
    "lists.index": Open.TO_STAFF,
    "lists.pdf": Open.TO_STAFF,
    "lists.xlsx": Open.TO_STAFF,
    "lists.text": Open.TO_STAFF,
    "labels.index": Permission.PRINT_LABELS,
    "labels.look": Permission.PRINT_LABELS,
    "labels.preview": Permission.PRINT_LABELS,
    "labels.make": Permission.PRINT_LABELS,
    "labels.run": Permission.PRINT_LABELS,
    "labels.run_pdf": Permission.PRINT_LABELS,
    "labels.confirm": Permission.PRINT_LABELS,
    "labels.sheets": Permission.PRINT_LABELS,
    "labels.take": Permission.PRINT_LABELS,
    "labels.new_sheet": Permission.PRINT_LABELS,
    "labels.edit_sheet": Permission.PRINT_LABELS,
    "labels.drawing": Permission.PRINT_LABELS,
    "labels.remove_sheet": Permission.PRINT_LABELS,
    "labels.trial": Permission.PRINT_LABELS,
    "labels.trial_pdf": Permission.PRINT_LABELS,
    "labels.colours": Permission.PRINT_LABELS,
    "imports.index": Permission.IMPORT_RECORDS,
    "imports.upload": Permission.IMPORT_RECORDS,
    "imports.show": Permission.IMPORT_RECORDS,
    "imports.choose": Permission.IMPORT_RECORDS,
    "imports.undo": Permission.IMPORT_RECORDS,
    "imports.discard": Permission.IMPORT_RECORDS,
    "imports.columns": Permission.IMPORT_RECORDS,
    "imports.set_columns": Permission.IMPORT_RECORDS,
    "imports.template": Permission.IMPORT_RECORDS,
    "imports.refused_file": Permission.IMPORT_RECORDS,
    "imports.export": Permission.EXPORT_RECORDS,
    "merging.index": Permission.MERGE_TITLES,
    "merging.keep_apart": Permission.MERGE_TITLES,
    "merging.compare": Permission.MERGE_TITLES,
    "merging.merge": Permission.MERGE_TITLES,
    "merging.undo": Permission.MERGE_TITLES,
    "serials.new": Permission.CHECK_IN_SERIALS,
    "serials.edit": Permission.CHECK_IN_SERIALS,
    "serials.show": Open.TO_STAFF,
    "serials.check_in": Permission.CHECK_IN_SERIALS,
    "serials.edit_issue": Permission.CHECK_IN_SERIALS,
    "serials.missing": Permission.CHECK_IN_SERIALS,
    "serials.remove_issue": Permission.CHECK_IN_SERIALS,
    "charges.of_member": Permission.SEE_MEMBERS,
    "charges.static": Open.TO_ALL,
    "charges.take_payment": Permission.TAKE_PAYMENTS,
    "charges.charge": Permission.TAKE_PAYMENTS,
    "charges.waive": Permission.WAIVE_CHARGES,
    "charges.past": Permission.SEE_MEMBERS,
    "charges.owed_slip": Permission.SEE_MEMBERS,
    "charges.owed_slip_pdf": Permission.SEE_MEMBERS,
    "charges.receipt": Permission.SEE_MEMBERS,
    "charges.receipt_pdf": Permission.SEE_MEMBERS,
    "charges.void": Permission.UNDO_PAYMENTS,
    "charges.refund": Permission.UNDO_PAYMENTS,
    "charges.accounts": Permission.TAKE_PAYMENTS,
    "charges.accounts_pdf": Permission.TAKE_PAYMENTS,
    "charges.accounts_csv": Permission.TAKE_PAYMENTS,
    "charges.accounts_xlsx": Permission.TAKE_PAYMENTS,
    "charges.close": Permission.TAKE_PAYMENTS,
    "charges.closings": Permission.TAKE_PAYMENTS,
    "charges.closing": Permission.TAKE_PAYMENTS,
    "charges.closing_pdf": Permission.TAKE_PAYMENTS,
    "charges.settings": Permission.EDIT_CHARGES,
    "charges.kind_list": Permission.EDIT_CHARGES,
    "charges.edit_kind": Permission.EDIT_CHARGES,
    "circulation.static": Open.TO_ALL,
    "circulation.desk": Permission.CIRCULATE,
    "circulation.scan": Permission.CIRCULATE,
    "circulation.renew": Permission.CIRCULATE,
    "circulation.renew_all": Permission.CIRCULATE,
    "circulation.lift_suspension": Permission.OVERRIDE_MEMBERSHIP,
    "circulation.quick_item": Permission.ADD_AT_DESK,
    "circulation.quick_items": Permission.EDIT_CATALOGUE,
    "circulation.quick_item_done": Permission.EDIT_CATALOGUE,
    "circulation.returns": Permission.CIRCULATE,
    "circulation.hand_in": Permission.CIRCULATE,
    "circulation.let_pass": Permission.CIRCULATE,
    "circulation.mishap": Permission.RECORD_MISHAPS,
    "circulation.damage": Permission.RECORD_MISHAPS,
    "circulation.loans": Permission.SEE_HISTORY,
    "visits.index": Permission.SEE_HISTORY,
    "circulation.claims": Permission.RECORD_MISHAPS,
    "circulation.claim_found": Permission.RECORD_MISHAPS,
    "circulation.claims_pdf": Permission.RECORD_MISHAPS,
    "circulation.slip": Permission.CIRCULATE,
    "circulation.slip_pdf": Permission.CIRCULATE,
    "circulation.due_when_closed": Permission.EDIT_RULES,
    "circulation.move_due_dates": Permission.EDIT_RULES,
    "circulation.rules": Permission.CIRCULATE,
    "circulation.rule_matrix": Permission.CIRCULATE,
    "circulation.larger_materials": Permission.EDIT_RULES,
    "circulation.new_rule": Permission.EDIT_RULES,
    "circulation.edit_rule": Permission.EDIT_RULES,
    "circulation.remove_rule": Permission.EDIT_RULES,
    "notices.index": Permission.SEE_MEMBERS,
    "notices.show_one": Permission.SEE_HISTORY,
    "notices.again": Permission.SEND_NOTICES,
    "notices.arrived": Permission.SEND_NOTICES,
    "notices.cancel": Permission.SEND_NOTICES,
    "notices.letter_list": Permission.SEND_NOTICES,
    "notices.letters_pdf": Permission.SEND_NOTICES,
    "notices.letters_printed": Permission.SEND_NOTICES,
    "notices.drop_past_letters": Permission.SEND_NOTICES,
    "notices.of_member": Permission.SEND_NOTICES,
    "notices.link_line": Permission.CIRCULATE,
    "notices.part_line": Permission.SEND_NOTICES,
    "notices.send_slip": Permission.CIRCULATE,
    "notices.settings": Permission.EDIT_NOTICES,
    "notices.times": Permission.EDIT_NOTICES,
    "notices.email": Permission.EDIT_NOTICES,
    "notices.try_email": Permission.EDIT_NOTICES,
    "notices.line": Permission.EDIT_NOTICES,
    "notices.try_line": Permission.EDIT_NOTICES,
    "notices.text_list": Permission.EDIT_NOTICES,
    "notices.text": Permission.EDIT_NOTICES,
    "notices.look_at_text": Permission.EDIT_NOTICES,
    "notices.reset_text": Permission.EDIT_NOTICES,
    "notices.webhook": Open.TO_ALL,
    "notices.stop": Open.TO_ALL,
    "community.index": Permission.EDIT_NEWS,
    "community.tell": Permission.EDIT_NEWS,
    "community.new": Permission.EDIT_NEWS,
    "community.edit": Permission.EDIT_NEWS,
    "community.remove": Permission.EDIT_NEWS,
    "opac.home": Open.TO_ALL,
    "opac.news_list": Open.TO_ALL,
    "opac.news": Open.TO_ALL,
    "opac.find": Open.TO_ALL,
    "opac.advanced": Open.TO_ALL,
    "opac.words": Open.TO_ALL,
    "opac.title": Open.TO_ALL,
    "opac.browse": Open.TO_ALL,
    "opac.headings": Open.TO_ALL,
    "opac.heading": Open.TO_ALL,
    "opac.shelf": Open.TO_ALL,
    "opac.newest": Open.TO_ALL,
    "opac.popular": Open.TO_ALL,
    "opac.basket": Open.TO_ALL,
    "opac.add": Open.TO_ALL,
    "opac.remove": Open.TO_ALL,
    "opac.clear": Open.TO_ALL,
    "opac.news_feed": Open.TO_ALL,
    "opac.newest_feed": Open.TO_ALL,
    "opac.my": Open.TO_MEMBERS,
    "opac.my_past": Open.TO_MEMBERS,
    "opac.my_card": Open.TO_MEMBERS,
    "opac.my_card_photo": Open.TO_MEMBERS,
    "opac.card_manifest": Open.TO_ALL,
    "opac.card_worker": Open.TO_ALL,
    "opac.my_password": Open.TO_MEMBERS,
    "opac.my_sign_in": Open.TO_ALL,
    "opac.my_sign_out": Open.TO_ALL,
    "opac.my_cancel": Open.TO_MEMBERS,
    "opac.my_pause": Open.TO_MEMBERS,
    "opac.book_title": Open.TO_MEMBERS,
    "opac.my_cancel_booking": Open.TO_MEMBERS,
    "opac.my_renew": Open.TO_MEMBERS,
    "opac.my_renew_all": Open.TO_MEMBERS,
    "opac.my_notices": Open.TO_MEMBERS,
    "opac.my_line": Open.TO_MEMBERS,
    "opac.my_line_part": Open.TO_MEMBERS,
    "opac.reserve": Open.TO_MEMBERS,
    "circulation.holds": Permission.MANAGE_HOLDS,
    "circulation.place_hold": Permission.MANAGE_HOLDS,
    "circulation.cancel_hold": Permission.MANAGE_HOLDS,
    "circulation.recall": Permission.MANAGE_HOLDS,
    "circulation.pause_hold": Permission.MANAGE_HOLDS,
    "booking.index": Permission.BOOK_ITEMS,
    "booking.of_title": Permission.BOOK_ITEMS,
    "booking.cancel": Permission.BOOK_ITEMS,
    "kits.show": Permission.CIRCULATE,
    "kits.check": Permission.CIRCULATE,
    "circulation.move_hold": Permission.OVERRIDE_ITEMS,
    "circulation.hold_slip": Permission.CIRCULATE,
    "circulation.hold_slip_pdf": Permission.CIRCULATE,
    "circulation.pickup_list": Permission.EDIT_RULES,
    "circulation.put_pickup_first": Permission.EDIT_RULES,
    "circulation.remove_pickup": Permission.EDIT_RULES,
    "circulation.past_loans": Permission.SEE_HISTORY,
    "circulation.past_loans_pdf": Permission.SEE_HISTORY,
    "cards.index": Permission.EDIT_MEMBERS,
    "cards.look": Permission.EDIT_MEMBERS,
    "cards.preview": Permission.EDIT_MEMBERS,
    "cards.make": Permission.EDIT_MEMBERS,
    "cards.print_one": Permission.EDIT_MEMBERS,
    "cards.run": Permission.EDIT_MEMBERS,
    "cards.run_pdf": Permission.EDIT_MEMBERS,
    "cards.again": Permission.EDIT_MEMBERS,
    "cards.confirm": Permission.EDIT_MEMBERS,
    "cards.design_list": Permission.EDIT_MEMBERS,
    "cards.design_picture": Permission.EDIT_MEMBERS,
    "cards.new_design": Permission.EDIT_MEMBERS,
    "cards.edit_design": Permission.EDIT_MEMBERS,
    "cards.look_design": Permission.EDIT_MEMBERS,
    "cards.remove_design": Permission.EDIT_MEMBERS,
    "cards.picture_list": Permission.EDIT_MEMBERS,
    "cards.picture": Permission.EDIT_MEMBERS,
    "cards.choose_logo": Permission.EDIT_MEMBERS,
    "cards.remove_picture": Permission.EDIT_MEMBERS,
    "cards.replace": Permission.EDIT_MEMBERS,
    "members.give_password": Permission.GIVE_PASSWORDS,
    "opac.search_feed": Open.TO_ALL,
    "opac.sitemap": Open.TO_ALL,
    "opac.sitemap_of_sites": Open.TO_ALL,
    "opac.sitemap_part": Open.TO_ALL,
    "opac.robots": Open.TO_ALL,
    "fleet.devices": Permission.SEE_FLEET,
    "fleet.devices_stream": Permission.SEE_FLEET,
    "fleet.command": Permission.COMMAND_DEVICES,
    "fleet.conflicts": Permission.SETTLE_CONFLICTS,
    "fleet.settle": Permission.SETTLE_CONFLICTS,
    "desks.index": Permission.CIRCULATE,
    "desks.give_card": Permission.EDIT_MEMBERS,
    "desks.choose": Permission.CIRCULATE,
    "desks.hear": Permission.CIRCULATE,
    "desks.take": Permission.CIRCULATE,
    "desks.slip": Permission.CIRCULATE,
    "desks.pin": Permission.CIRCULATE,
    "desks.remove_pin": Permission.CIRCULATE,
    "desks.enrol": Permission.EDIT_MEMBERS,
    "enrolling.show": Permission.EDIT_MEMBERS,
    "enrolling.save": Permission.EDIT_MEMBERS,
    "enrolling.take_over": Permission.EDIT_MEMBERS,
    "enrolling.cancel": Permission.EDIT_MEMBERS,
    "enrolling.settings": Permission.EDIT_RULES,
    "edge_api.snapshot": Open.TO_ALL,
    "ncip.ncip": Open.TO_ALL,
    "serving.oai": Open.TO_ALL,
    "entry.index": Permission.EDIT_CATALOGUE,
    "entry.ask": Permission.EDIT_CATALOGUE,
    "entry.save": Permission.EDIT_CATALOGUE,
    "entry.undo": Permission.EDIT_CATALOGUE,
    "copying.index": Permission.EDIT_CATALOGUE,
    "copying.ask": Permission.EDIT_CATALOGUE,
    "copying.found": Permission.EDIT_CATALOGUE,
    "copying.record": Permission.EDIT_CATALOGUE,
    "copying.targets": Permission.EDIT_TARGETS,
    "copying.add_known": Permission.EDIT_TARGETS,
    "copying.new_target": Permission.EDIT_TARGETS,
    "copying.target": Permission.EDIT_TARGETS,
    "copying.remove_target": Permission.EDIT_TARGETS,
    "copying.test_target": Permission.EDIT_TARGETS,
    "sip2.index": Permission.EDIT_MACHINES,
    "sip2.new": Permission.EDIT_MACHINES,
    "sip2.account": Permission.EDIT_MACHINES,
    "sip2.new_password": Permission.EDIT_MACHINES,
    "sip2.remove": Permission.EDIT_MACHINES,
    "serving.sru": Open.TO_ALL,
}

WHICH_LIST = {"which", "who"}
"""Names in addresses of lists that every library has."""

OF_ALL_LIBRARIES = {
    *WHICH_LIST,
    *("notice_kind", "channel", "language", "library_id", "subject"),
    *("title_id", "filename", "token", "material_code"),
    *("image_id", "name", "size", "design_key"),
    *("code", "heading_kind", "part", "provider", "shape"),
    *("heading_id", "form_id", "related_id", "heading_change_id", "other_title_id", "merge_id"),
}
"""Names in addresses that are not of one library: titles and headings are shared, the others are files."""

Page = tuple[str, str, str]
"""Endpoint, method, address."""


@dataclass(frozen=True)
class North:
    """Real records of north under the names that addresses use."""

    ids: dict[str, object]

    def pages(self, app: Flask) -> Iterator[tuple[Rule, Page]]:
        adapter = app.url_map.bind("localhost")
        for rule in app.url_map.iter_rules():
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                address = adapter.build(rule.endpoint, {name: self.ids[name] for name in rule.arguments}, method)
                yield rule, (rule.endpoint, method, address)


@pytest.fixture
def north(database: Database, libraries: Libraries, clock: Clock) -> North:
    now = clock()
    with database.session(libraries.north) as session:
        session.add(MaterialType(code="book", name_th="หนังสือ", name_en="Book"))
        session.add(MaterialType(code="equipment", name_th="โสตทัศนูปกรณ์", name_en="Equipment"))
        kind = MemberType(code="pupil", name_th="นักเรียน", name_en="Pupil")
        group = Group(name="ม.1/1")
        session.add_all((kind, group))
        session.flush()
        member = Member(
            number="12345",
            type=kind,
            group=group,
            name_th="มานี",
            sort_name=b"",
            joined_on=date(2026, 5, 1),
            changed_at=now,
        )
        title = Title(title="ปลาบู่ทอง", material="equipment", sort_title=b"", sort_author=b"", changed_at=now)
        session.add_all((member, title))
        session.flush()
        card = Card(member=member, kind="uid", hash="0" * 64, hint="1A", added_at=now)
        item = Item(title=title, accession_number="B1", barcode="B1", added_at=now, changed_at=now)
        loan = Loan(item=item, member=member, lent_at=now, due_at=now, source="desk")
        hold = Hold(title=title, member=member, placed_at=now, state="ready", item=item, ready_at=now, keep_until=now)
        pickup, item.parts = PickupPlace(name="เคาน์เตอร์ of north"), "สาย of north"
        booking = Booking(title=title, item=item, member=member, starts_at=now, ends_at=now, source="x", made_at=now)
        rule = LoanRule(loan_days=7, max_items=3)
        closure = Closure(on=date(2026, 12, 5), name="วันพ่อ")
        yearly = YearlyClosure(month=12, day=31, name="วันสิ้นปี")
        conflict = Conflict(kind="newer_loan", device="gate", member="", barcode="B1", happened_at=now, detail="")
        device = Device(id="gate", role="gate", name="Gate", online=True, added_at=now, changed_at=now)
        news = News(title="ปิดวันพ่อ", text="", shown_from=now.date(), changed_at=now)
        task = Task(kind="labels", args={}, made_at=now)
        taking = StockTaking(name="ปลายปี", started_at=now)
        place, category = Place(name="ชั้น 1"), Category(name="ทั่วไป")
        own_field = OwnField(of="title", name_th="แขวง")
        session.add_all((item, taking, place, category, own_field))
        session.flush()
        change = ItemChange(item_id=item.id, at=now, before={}, after={})
        batch = BatchEdit(at=now, about="Place")
        session.add_all((change, batch))
        session.flush()
        image = TitleImage(title_id=title.id, name="0" * 32, width=1, height=1, added_at=now)
        medium = Medium(title_id=title.id, library_id=libraries.north, kind="other", name="แผนที่", added_at=now)
        scanned = StockScan(stock_taking_id=taking.id, code="B1", item_id=item.id, verdict="found", at=now)
        heading = Heading(kind="person", text="พลอย", key="พลอย", sort_key=b"", changed_at=now)
        session.add_all(
            (pickup, booking, yearly, card, item, loan, hold, rule, closure, conflict, device, news, task, heading)
        )
        session.add_all((scanned, image, medium))
        session.flush()
        renamed = HeadingChange(heading_id=heading.id, text_before="", text_after="พลอย", at=now, undone_at=now)
        gone = TitleMerge(from_id=0, into_id=title.id, state="undone", at=now, from_row={"title": ""}, into_row={})
        gone.into_version = 1
        holding = Holding(title_id=title.id, frequency="monthly", changed_at=now)
        session.add_all((renamed, gone, holding))
        session.flush()
        issue = Issue(holding_id=holding.id, year=2026, number="1", issue_order="", added_at=now)
        session.add(issue)
        session.flush()
        label_sheet = take_preset(session, PRESETS[0], now=now)
        brought_in = Import(file_name="มานี.mrc", started_at=now, begun_at=now, finished_at=now)
        session.add(brought_in)
        pupils = MemberImport(kind="csv", file_name="ชั้น of north", digest="", size=0, started_at=now, begun_at=now)
        session.add(pupils)
        twice = MemberMerge(from_id=0, into_id=member.id, number="", name="มานี of north", at=now, undone_at=now)
        twice.from_row, twice.into_before, twice.into_after = {}, {}, {}
        session.add(twice)
        session.flush()
        wish = Wish(sheet=str(label_sheet.id), design=Design(), language="th")
        run = make_run(session, [item.id], wish, staff_id=None, now=now)
        by = libraries.staff_of["north"][Role.LIBRARIAN]
        card_run = make_card_run(session, [member.id], CardWish(), today=now.date(), staff_id=None, now=now)
        card_design = CardDesign(name="บัตร of north", drawn={"parts": []}, changed_at=now)
        card_picture = CardPicture(name="ตรา of north", content=b"", added_at=now)
        session.add_all((card_design, card_picture))
        asked, target = CopySearch(staff_id=by, at=now, answers=[]), _other_library()
        entry = Entry(token="1", staff_id=by, at=now, title_id=title.id, title="มานี", item_ids=[], numbers="B1")
        roll_over = MemberBatch(kind="rollover", about="ปีการศึกษา of north", plan=PLAN, made_at=now)
        edit_many = MemberBatch(kind="edit_many", about="ชั้น of north", plan=EDIT, made_at=now)
        session.add_all((roll_over, edit_many))
        member_field = MemberField(name_th="บ้าน of north", kind="text", choices=[])
        session.add_all((member_field, EducationLevel(step=1, name_th="อนุบาล of north")))
        own_kind = OwnChargeKind(name_th="ค่าทำบัตรมานี", name_en="")
        charge = Charge(member_id=member.id, kind="lost", amount=500, paid=100, made_at=now)
        receipt = Receipt(member_id=member.id, year=2570, number=1, till="x", method="cash", amount=100, paid_at=now)
        closing = TillClosing(till="desk:x", expected=0, counted=0, closed_at=now)
        session.add_all((own_kind, charge, receipt, closing))
        session.flush()
        payment = Payment(charge_id=charge.id, receipt_id=receipt.id, amount=100, paid_at=now)
        session.add(payment)
        saved = SavedSearch(staff_id=by, name="นิทาน", words="q=นิทาน", saved_at=now)
        about = {"due_soon": {str(loan.id): "2026-11-23"}}
        notice = Notice(
            member_id=member.id, kind="due_soon", channel="email", about=about, key="", made_at=now, next_at=now
        )
        session.add(notice)
        machine = Sip2Account(login="kiosk", password_hash="", networks=["127.0.0.1"], added_at=now, changed_at=now)
        own_role = OwnRole(name="ครูเวร of north", permissions=[])
        session.add_all((asked, target, entry, saved, machine, own_role))
        session.flush()
        record = write_record(new_record(MANEE))
        hit = CopyHit(search_id=asked.id, position=0, source="LC", title="มานี", record=record)
        session.add(hit)
        session.flush()
        return North(
            {
                "card_run_id": card_run.id,
                "design_id": card_design.id,
                "picture_id": card_picture.id,
                "design_key": "lake",
                "search_id": asked.id,
                "hit_id": hit.id,
                "target_id": target.id,
                "account_id": machine.id,
                "entry_id": entry.id,
                "saved_id": saved.id,
                "own_kind_id": own_kind.id,
                "charge_id": charge.id,
                "receipt_id": receipt.id,
                "payment_id": payment.id,
                "closing_id": closing.id,
                "member_id": member.id,
                "read_id": 1,
                "reading_id": "019aa4c5-0000-7000-8000-000000000001",
                "card_id": card.id,
                "group_id": group.id,
                "own_id": member_field.id,
                "step": 1,
                "type_id": kind.id,
                "title_id": title.id,
                "sheet_id": label_sheet.id,
                "run_id": run.id,
                "import_id": brought_in.id,
                "member_import_id": pupils.id,
                "other_member_id": member.id,
                "member_merge_id": twice.id,
                "shape": "xlsx",
                "item_id": item.id,
                "change_id": change.id,
                "batch_id": batch.id,
                "member_batch_id": roll_over.id,
                "edit_id": edit_many.id,
                "place_id": place.id,
                "category_id": category.id,
                "field_id": own_field.id,
                "material_code": "book",
                "loan_id": loan.id,
                "hold_id": hold.id,
                "pickup_id": pickup.id,
                "booking_id": booking.id,
                "rule_id": rule.id,
                "closure_id": closure.id,
                "yearly_id": yearly.id,
                "conflict_id": conflict.id,
                "device_id": device.id,
                "news_id": news.id,
                "notice_id": notice.id,
                "notice_kind": "due_soon",
                "channel": "email",
                "language": "th",
                "library_id": libraries.north,
                "subject": "due",
                "task_id": task.id,
                **dict.fromkeys(("heading_id", "form_id", "related_id"), heading.id),
                "heading_change_id": renamed.id,
                "other_title_id": title.id,
                "merge_id": gone.id,
                "holding_id": holding.id,
                "issue_id": issue.id,
                "taking_id": taking.id,
                "image_id": image.id,
                "medium_id": medium.id,
                "name": "0" * 32,
                "size": "small",
                "scan_id": scanned.id,
                "role_id": own_role.id,
                "provider": "line",
                "audit_id": session.scalars(select(AuditEntry.id).limit(1)).one(),
                "staff_id": libraries.staff_of["north"][Role.LIBRARIAN],
                "kind": "identify",
                "code": "north",
                "heading_kind": "subject",
                "part": 1,
                "token": "nothing",
                "filename": "mark.svg",
                "which": "overdue",
                "who": "today",
            }
        )


def _other_library() -> Target:
    """On a port where nobody answers: being asked, it is named as one that cannot be reached."""
    return Target(name="LC", kind="sru", host="127.0.0.1", port=1, database="x", syntax="marcxml", timeout=1)


def ask(browser: FlaskClient, page: Page) -> TestResponse:
    _, method, address = page
    return browser.open(address, method=method, buffered=False)


def is_to_sign_in(answer: TestResponse) -> bool:
    return answer.status_code == 302 and answer.location.startswith(
        ("/sign-in", "/my/sign-in", "/lib/north/my/sign-in")
    )


def test_every_page_is_in_the_table(hub_app: Flask) -> None:
    assert {rule.endpoint for rule in hub_app.url_map.iter_rules()} == set(TABLE)


def test_a_visitor_is_sent_to_sign_in(hub_app: Flask, north: North) -> None:
    browser = browser_of(hub_app)
    let_in = [
        page
        for rule, page in north.pages(hub_app)
        if TABLE[rule.endpoint] != Open.TO_ALL and not is_to_sign_in(ask(browser, page))
    ]
    assert let_in == []


@pytest.mark.parametrize("role", [Role.ASSISTANT, Role.LIBRARIAN])
def test_charlie_is_refused_what_is_not_his_to_do(hub_app: Flask, north: North, sign_in: SignIn, role: Role) -> None:
    browser = sign_in(role)
    not_his = [
        page
        for rule, page in north.pages(hub_app)
        if isinstance(right := TABLE[rule.endpoint], Permission) and right not in PERMISSIONS[role]
    ]
    assert not_his
    assert [page for page in not_his if ask(browser, page).status_code != 403] == []


def pages_by_right(app: Flask, north: North) -> dict[Permission, list[Page]]:
    by_right: dict[Permission, list[Page]] = {right: [] for right in Permission}
    for rule, page in north.pages(app):
        if isinstance(right := TABLE[rule.endpoint], Permission):
            by_right[right].append(page)
    return by_right


on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@on_sqlite
def test_charlie_who_may_do_all_but_one_thing_is_refused_that(
    hub_app: Flask, north: North, sign_in: SignIn, database: Database, libraries: Libraries
) -> None:
    browser, let_in = sign_in(Role.ADMINISTRATOR), []
    for right, pages in pages_by_right(hub_app, north).items():
        with database.session(libraries.north) as session:
            charlie = session.get_one(StaffAccount, libraries.staff_of["north"][Role.ADMINISTRATOR])
            charlie.removed = [right.value]
        let_in += [(right.value, page) for page in pages if ask(browser, page).status_code != 403]
    assert let_in == []


@on_sqlite
@pytest.mark.requirement("M-09")
def test_dao_who_may_do_one_thing_only_is_refused_just_the_others(
    hub_app: Flask, north: North, sign_in: SignIn, database: Database, libraries: Libraries
) -> None:
    """Given to a single person, with nothing from a role. Of each other right she tries a page now and then."""
    browser, wrong, by_right = sign_in(Role.ASSISTANT), [], pages_by_right(hub_app, north)
    first = [(right, pages[0]) for right, pages in by_right.items() if pages]
    for turn, (right, pages) in enumerate(by_right.items()):
        with database.session(libraries.north) as session:
            dao = session.get_one(StaffAccount, libraries.staff_of["north"][Role.ASSISTANT])
            dao.granted, dao.removed = [right.value], sorted(PERMISSIONS[Role.ASSISTANT] - {right})
        wrong += [(right.value, page) for page in pages if page[1] == "GET" and ask(browser, page).status_code == 403]
        others = [page for other, page in first[turn % 8 :: 8] if other != right]
        wrong += [(right.value, page) for page in others if ask(browser, page).status_code != 403]
    assert [(right, page) for right, page in wrong if page[0] not in _OF_OWN_TILL] == []


_OF_OWN_TILL = {"charges.closing", "charges.closing_pdf"}
"""Others' tills need the right to see all accounts as well."""


def test_staff_are_no_members(hub_app: Flask, north: North, sign_in: SignIn) -> None:
    browser = sign_in(Role.ADMINISTRATOR)
    let_in = [
        page
        for rule, page in north.pages(hub_app)
        if TABLE[rule.endpoint] == Open.TO_MEMBERS and not is_to_sign_in(ask(browser, page))
    ]
    assert let_in == []


def test_bob_of_south_finds_nothing_of_north(hub_app: Flask, north: North, sign_in: SignIn) -> None:
    browser = sign_in(Role.ADMINISTRATOR, "south")
    of_north = [
        page
        for rule, page in north.pages(hub_app)
        if rule.arguments - OF_ALL_LIBRARIES and TABLE[rule.endpoint] not in (Open.TO_ALL, Open.TO_MEMBERS)
    ]
    assert of_north
    assert [(page, status) for page in of_north if (status := ask(browser, page).status_code) != 404] == []


@on_sqlite
def test_bob_sees_no_name_of_north_in_any_list(hub_app: Flask, north: North, sign_in: SignIn) -> None:
    browser = sign_in(Role.ADMINISTRATOR, "south")
    lists = [
        page
        for rule, page in north.pages(hub_app)
        if page[1] == "GET"
        and not rule.arguments - WHICH_LIST
        and rule.endpoint not in ("fleet.devices_stream", "static")
    ]
    words = [word.encode() for word in ("มานี", "12345", "of north")]
    told = [page for page in lists if any(word in ask(browser, page).data for word in words)]
    assert told == []


def test_alice_opens_all_her_pages(hub_app: Flask, north: North, sign_in: SignIn) -> None:
    browser = sign_in(Role.ADMINISTRATOR)
    asked_for = [page for _, page in north.pages(hub_app) if page[1] == "GET" and page[0] not in _ABSENT]
    statuses = {page: ask(browser, page).status_code for page in asked_for}
    assert {page: status for page, status in statuses.items() if status not in (200, 204, 302)} == {}


_ABSENT = {
    "staff.sign_in_at_school",
    "opac.my_sign_in_with",
    "desks.give_card",
    "desks.hear",
    "edge_api.snapshot",
    "enrolling.show",
    "circulation.static",
    "charges.static",
    "notices.stop",
    "members.photo",
    "catalogue.marc",
    "catalogue.marc_file",
    "catalogue.marcxml_file",
    "tasks.file",
    "images.cover",
    "media.file",
}
"""Not there for these records: the files of member, title, task, picture and medium, and the signature of an address
in an e-mail; no snapshot was made. This browser has chosen no desk and had no card read."""
