"""What is not well with devices, now and before."""

from flask import render_template
from sqlalchemy import select

from samut_hub.fleet.alerts import open_alerts, past_alerts
from samut_hub.fleet.models import Device
from samut_hub.fleet.web.blueprint import pages
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import db, needs


@pages.get("/devices/alerts")
@needs(Permission.SEE_FLEET)
def alert_list() -> str:
    present, past = open_alerts(db()), past_alerts(db())
    ids = {row.device_id for row in (*present, *past)}
    devices = {device.id: device for device in db().scalars(select(Device).where(Device.id.in_(ids)))}
    return render_template("fleet/alerts.html", present=present, past=past, devices=devices)
