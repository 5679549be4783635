"""One example of every message, for golden files and round trips."""

from datetime import UTC, date, datetime

from samut_wire import messages as m
from samut_wire.topics import Kind

AT = datetime(2026, 11, 21, 3, 4, 5, 678000, tzinfo=UTC)
DUE = datetime(2026, 11, 28, 16, 59, 59, tzinfo=UTC)
ID = "019aa4c5-0000-7000-8000-000000000001"

PART = m.PartDescribed(name="reader", kind="card_reader", driver="pcsc", state="ready", detail="ACR122U")
REASON = m.ReasonGiven(code="limit_reached", values={"limit": 5, "count": 5})
DECISION = m.DecisionMade(allowed=True, due_at=DUE, trace=("loan length 7 open days", "due 2026-11-28"))

EXAMPLES: dict[Kind, m.Message] = {
    Kind.STATE: m.DeviceState(online=True, software="0.1.0", replica_version=7, outbox_length=2),
    Kind.DESCRIPTION: m.DeviceDescription(role="kiosk", parts=(PART,)),
    Kind.HEALTH: m.DeviceHealth(parts=(PART,), outbox_length=0, replica_version=7, tap_ms={"5": 12, "more": 1}),
    Kind.PASSAGE: m.PassageRecorded(reader="reader_in", direction="in", allowed=False, reasons=(REASON,)),
    Kind.LOAN: m.LoanRecorded(member="10001", barcode="B00001", decision=DECISION),
    Kind.RENEWAL: m.RenewalRecorded(member="10001", barcode="B00001", decision=DECISION, seen=False),
    Kind.RETURN: m.ReturnRecorded(barcode="B00001"),
    Kind.CANCEL: m.CheckoutCancelled(member="10001", barcode="B00001"),
    Kind.ASK_MEMBER: m.MemberAsked(card="0" * 32),
    Kind.ASK_CHECKOUT: m.CheckoutAsked(member="10001", barcode="B00001"),
    Kind.ASK_RENEWAL: m.RenewalAsked(member="10001", barcode="B00001"),
    Kind.ASK_CHECKIN: m.CheckinAsked(barcode="B00001"),
    Kind.ASK_SLIP: m.SlipAsked(visit=ID),
    Kind.ASK_LINE: m.LineAsked(visit=ID),
    Kind.ASK_REPLICA: m.ReplicaAsked(version=0),
    Kind.READ: m.PartRead(part="scanner", text="B00001"),
    Kind.IDENTITY: m.IdentityRead(
        card="0" * 32,
        name_th="เด็กหญิงมานี ใจดี",
        name_en="Miss Manee Jaidee",
        born="2015-05",
        sex="f",
        address="1/2 หมู่ที่ 3 ต.เหนือ อ.เมือง จ.ตัวอย่าง",
        issued_on=date(2024, 5, 17),
        photo=b"\xff\xd8",
    ),
    Kind.COMMAND_DONE: m.CommandDone(id=ID, done=False, detail="this device is not a gate"),
    Kind.MEMBER: m.MemberFound(
        known=True,
        number="10001",
        name="ด.ญ. มานี ใจดี",
        loans=(m.LoanShown(barcode="B00001", title="พระอภัยมณี", due_at=DUE),),
        debt=500,
        visit=ID,
        slip_by="email",
        joins_line=True,
    ),
    Kind.CHECKOUT: m.CheckoutAnswered(barcode="B00001", title="พระอภัยมณี", decision=DECISION),
    Kind.RENEWED: m.RenewalAnswered(barcode="B00001", title="พระอภัยมณี", decision=DECISION),
    Kind.CHECKIN: m.CheckinAnswered(
        barcode="B00001", returned=True, title="พระอภัยมณี", was_on_loan=True, fine=300, days_late=3
    ),
    Kind.SLIP: m.SlipAnswered(sent=True),
    Kind.LINE: m.LineAnswered(squares=("101", "010", "111"), seconds=600),
    Kind.ACKNOWLEDGED: m.EventsAcknowledged(ids=(ID,)),
    Kind.SNAPSHOT: m.SnapshotOffered(path="/edge/snapshot/token", header="7b7d", signature="00"),
    Kind.DELTA: m.ReplicaDelta(
        after=7,
        version=9,
        rows=(
            m.LibraryRow(
                code="demo",
                name_th="ห้องสมุด",
                name_en="Library",
                zone="Asia/Bangkok",
                debt_limit=10000,
                weekly_closed=(5, 6),
                offline_loans=True,
                rules=(
                    m.LoanRuleShown(
                        key="pupil × *",
                        member_type="pupil",
                        material=None,
                        loan_days=7,
                        max_items=5,
                        max_renewals=1,
                        fine_per_day=100,
                        fine_cap=None,
                    ),
                ),
                closures=(m.ClosureShown(on=date(2026, 12, 5), open=False, name="วันพ่อแห่งชาติ"),),
            ),
            m.MemberRow(
                number="10001",
                name="ด.ญ. มานี ใจดี",
                member_type="pupil",
                cards=("0" * 32,),
                expires_on=date(2027, 3, 31),
                blocked="",
                debt=0,
            ),
            m.ItemRow(
                barcode="B00001",
                title="พระอภัยมณี",
                material="book",
                status="available",
                lent_to="10001",
                due_at=DUE,
                renewals=0,
            ),
            m.ItemRow(
                barcode="G00001",
                title="หมากล้อม",
                material="game",
                status="available",
                lent_to="",
                due_at=None,
                renewals=0,
                loan_days=1,
                fine_per_day=500,
            ),
            m.GoneRow(kind="item", key="B00009"),
        ),
    ),
    Kind.OPEN_GATE: m.GateOpened(by="librarian", seconds=3.0),
    Kind.IDENTIFY: m.DeviceIdentified(by="librarian"),
    Kind.RESTART: m.AgentRestarted(by="librarian"),
    Kind.PRINT_SLIP: m.SlipOrdered(
        by="librarian",
        heading="ใบยืม",
        library="ห้องสมุด",
        printed_at="21 พ.ย. 2569 10:04 น.",
        member="ด.ญ. มานี ใจดี",
        lines=(m.SlipLineOrdered(title="พระอภัยมณี", barcode="B00001", note="กำหนดส่ง 28 พ.ย. 2569"),),
        footer="อ่านให้สนุก",
        qr="SAMUT1 L 20261128 B00001",
    ),
    Kind.READ_IDENTITY: m.IdentityWanted(by="librarian", number=False, photo=True),
    Kind.TELL_STAFF: m.StaffTold(people=(m.StaffAtDesk(username="librarian", name="วรรณา", pin="00.ff"),)),
}
