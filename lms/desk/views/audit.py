"""Prove it: the ledger and its verification, the question of a past instant, the audit."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import or_, select
from wtforms import DateTimeLocalField, SelectField, StringField
from wtforms.validators import DataRequired, Length

from lms.access.door import scopes_of
from lms.access.permissions import Permission
from lms.certification.queries.floor import Known, explain
from lms.certification.queries.words import reason_texts
from lms.desk.acts import act_name
from lms.desk.queries import ledger as queries
from lms.desk.queries.board import queues_of_board, within
from lms.desk.views.blueprint import bp
from lms.kernel.db import reading, unit_of_work
from lms.kernel.i18n import _, _l
from lms.people.models import Person, Unit
from lms.records.models import AuditEntry
from lms.records.queries import facts_of, verify_ledger
from lms.records.services import audit as write_audit
from lms.web.formatting import display_zone
from lms.web.forms import Form
from lms.web.guard import current_identity, page, request_time, requires
from lms.web.tables import Column, Filter, Table, export, paginate


class AsOfForm(Form):
    """Who, which queue, when, and what was known."""

    class Meta(Form.Meta):
        """A question asked by GET changes nothing and needs no token."""

        csrf = False

    staff_no = StringField(_l("Staff no"), [DataRequired(), Length(max=40)])
    queue = SelectField(_l("Queue"), [DataRequired()])
    at = DateTimeLocalField(_l("At"), [DataRequired()])
    known = SelectField(_l("With what was known"), choices=[("then", _l("then")), ("now", _l("now"))])


@bp.get("/ledger")
@requires(Permission.LEDGER_VERIFY)
def ledger() -> ResponseReturnValue:
    """Show how much the ledger holds, its seals, and what the last verification found."""
    session = reading()
    return page("desk/ledger.html", size=queries.size(session), seals=queries.seals(session),
                last=queries.last_verification(session))


@bp.post("/ledger/verify")
@requires(Permission.LEDGER_VERIFY)
def verify() -> ResponseReturnValue:
    """Recompute every hash, link and seal; write down that it was done and what it found."""
    found = verify_ledger(reading())
    result = {"facts": found.facts, "chains": found.chains, "seals": found.seals, "holds": found.holds,
              "breaks": [[str(it.person_id or ""), it.sequence, it.code] for it in found.breaks[:100]]}
    with unit_of_work() as session:
        write_audit(session, by=current_identity(), action="ledger.verify", subject="ledger:all", now=request_time(),
                    changes=result)
    if found.holds:
        flash(_("The ledger holds: %(facts)s facts and %(seals)s seals were recomputed.", facts=found.facts,
                seals=found.seals), "ok")
    else:
        flash(_("The ledger does not hold: %(n)s breaks were found.", n=len(found.breaks)), "no")
    return redirect(url_for(".ledger"))


@bp.get("/ledger/as-of")
@requires(Permission.LEDGER_VERIFY)
def as_of_query() -> ResponseReturnValue:
    """Answer whether somebody could go live on a queue at a past instant, with what was known then or is known now."""
    session = reading()
    queues = queues_of_board(session)
    form = AsOfForm(request.args)
    form.queue.choices = [(queue.code, queue.name) for queue in queues]
    answer: dict[str, Any] = {"decision": None}
    if request.args and form.validate():
        answer = _answer(form, {queue.code: queue for queue in queues})
    return page("desk/as_of.html", form=form, **answer)


@bp.get("/audit")
@requires(Permission.AUDIT_READ)
def audit() -> ResponseReturnValue:
    """List who changed what, when and why."""
    session = reading()
    state = AUDIT.state(request.args)
    if state.export:
        return export(session, queries.audit_entries(), state, filename=_("audit"))
    return page("desk/audit.html", state=state, page=paginate(session, queries.audit_entries(), state))


def _answer(form: AsOfForm, queues: dict[str, Any]) -> dict[str, Any]:
    session, queue = reading(), queues[form.queue.data]
    scopes = scopes_of(current_identity(), Permission.LEDGER_VERIFY)
    person = session.scalar(select(Person).join(Unit, Unit.id == Person.unit_id).where(
        Person.staff_no == form.staff_no.data, within(scopes)))
    if person is None or form.at.data is None:
        form.staff_no.errors = [_("Nobody has this staff number.")]
        return {"decision": None}
    at = form.at.data.replace(tzinfo=display_zone())
    known: Known = "then" if form.known.data == "then" else "now"
    decision = explain(session, person.id, queue.id, at, known=known)
    facts = facts_of(session, person.id, at=at, known_at=at if known == "then" else None)
    return {"decision": decision, "person": person, "queue": queue, "at": at, "known": known, "facts": facts,
            "reasons": reason_texts(session, decision.reasons)}


AUDIT = Table(
    "audit",
    (
        Column("at", _l("When"), sort=AuditEntry.at, always=True, nowrap=True),
        Column("actor", _l("Who"), sort=AuditEntry.actor, nowrap=True),
        Column("action", _l("Did what"), sort=AuditEntry.action, nowrap=True, value=lambda row: act_name(row.action)),
        Column("code", _l("Code"), hidden=True, value=lambda row: row.action),
        Column("subject", _l("To what"), sort=AuditEntry.subject), Column("reason", _l("Reason")),
        Column("changes", _l("Before and after"), value=lambda row: str(row.changes or "")),
    ),
    filters=(Filter("action", _l("Any act"), options=lambda: [(it, act_name(it)) for it in queries.actions(reading())],
                    where=lambda value: AuditEntry.action == value),),
    search=lambda term: or_(*(column.contains(term, autoescape=True)
                              for column in (AuditEntry.subject, AuditEntry.actor, AuditEntry.reason))),
    default_sort="at", descending=True, search_hint=_l("Who, to what, why"), title=_l("Audit"),
)
