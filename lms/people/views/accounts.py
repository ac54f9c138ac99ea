"""Sign-ins: one's own, and everybody's for administrators."""

from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

from flask import flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user
from sqlalchemy import and_, select

from lms.access.door import scopes_of
from lms.access.permissions import Permission
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import DomainError
from lms.kernel.i18n import _, _l
from lms.people import wording
from lms.people.browser_sessions import session_key
from lms.people.forms import PlainForm
from lms.people.models import Account, Person, Unit
from lms.people.queries import accounts as queries
from lms.people.queries.organisation import units, within
from lms.people.queries.people import matching, person_card
from lms.people.queries.sessions import sessions_of
from lms.people.services import accounts as services
from lms.people.services.persons import reach_person
from lms.people.views import choices
from lms.people.views.blueprint import bp
from lms.web.guard import current_identity, page, request_time, requires
from lms.web.tables import Column, Filter, Table, export, paginate

MOST_SLIPS = 200  # one-time passwords made at once; each takes a moment on purpose
CONDITIONS = {
    "none": Account.id.is_(None),
    "fresh": and_(Account.id.is_not(None), Account.must_change_password.is_(True)),
    "plain": and_(Account.id.is_not(None), Account.tf_totp_secret.is_(None)),
    "closed": Account.active.is_(False),
}
ACCOUNTS = Table(
    "accounts",
    columns=(
        Column("name", _l("Name"), sort=Person.pinyin_initials, always=True, value=lambda row: row.Person.name),
        Column("staff_no", _l("Staff number"), sort=Person.staff_no, value=lambda row: row.Person.staff_no),
        Column("unit", _l("Team"), sort=Unit.path,
               value=lambda row: wording.local_name(row.Person.unit.name, row.Person.unit.name_en)),
        Column("sign_in", _l("Sign-in"), value=lambda row: sign_in_word(row.Account)),
        Column("second", _l("Second step"),
               value=lambda row: _("switched on") if row.Account and row.Account.has_second_factor else ""),
    ),
    filters=(
        Filter("is", _l("Sign-in"), options=[
            ("none", _l("none yet")), ("fresh", _l("one-time password not changed yet")),
            ("plain", _l("without a second step")), ("closed", _l("sign-in closed")), ("locked", _l("locked now")),
        ], where=lambda value: CONDITIONS[value] if value in CONDITIONS
            else Account.username.in_(queries.locked_names(request_time()))),
        Filter("unit", _l("Team"), options=lambda: [
            (row.path, f"{choices.INDENT * row.depth}{wording.local_name(row.name, row.name_en)}")
            for row in units(reading(), scopes_of(current_identity(), Permission.ACCOUNT_MANAGE))
        ], where=lambda value: Unit.path.startswith(value)),
    ),
    search=matching, search_hint=_l("Name, staff number or initials"), default_sort="name", title=_l("Sign-ins"),
)


def sign_in_word(account: Account | None) -> str:
    """Return how a sign-in stands, in a word."""
    if account is None:
        return str(_("none yet"))
    if not account.active:
        return str(_("sign-in closed"))
    return str(_("one-time password not changed yet") if account.must_change_password else _("may sign in"))


@bp.get("/account/sessions")
@requires(Permission.HOME_READ)
def sessions() -> ResponseReturnValue:
    """Show where the reader is signed in, and how."""
    by = current_identity()
    return page(
        "people/sessions.html", account=current_user, form=PlainForm(),
        rows=sessions_of(reading(), by.person_id, at=request_time(), this_key=session_key(session.sid))  # type: ignore[arg-type, attr-defined]  # signed in, and our own session class
    )


@bp.post("/account/sessions/<uuid:session_id>/end")
@requires(Permission.HOME_READ)
def end_session(session_id: UUID) -> ResponseReturnValue:
    """End one session of one's own."""
    by = current_identity()
    with unit_of_work() as writing:
        services.end_one_session(writing, by.person_id, session_id, by=by, now=request_time())  # type: ignore[arg-type]  # signed in
    flash(_("That device is signed out."), "ok")
    return redirect(url_for(".sessions"))


@bp.post("/account/sessions/end-others")
@requires(Permission.HOME_READ)
def end_other_sessions() -> ResponseReturnValue:
    """End every session of one's own but this one."""
    by = current_identity()
    with unit_of_work() as writing:
        ended = services.end_other_sessions(
            writing, by.person_id, but=session_key(session.sid), by=by, now=request_time())  # type: ignore[arg-type, attr-defined]  # signed in, and our own session class
    flash(_("Signed out on %(number)s other devices.", number=ended), "ok")
    return redirect(url_for(".sessions"))


@bp.get("/account/second-factor")
@requires(Permission.HOME_READ)
def second_factor() -> ResponseReturnValue:
    """Show the reader's second step and what can be done about it."""
    return page("people/second_factor.html", account=current_user, required=current_user.check_tf_required_setup())


@bp.get("/people/accounts")
@requires(Permission.ACCOUNT_MANAGE)
def accounts() -> ResponseReturnValue:
    """List sign-ins; who has none can be given one, many at once."""
    state = ACCOUNTS.state(request.args)
    condition = within(scopes_of(current_identity(), Permission.ACCOUNT_MANAGE))
    statement: Any = queries.accounts_select(condition).join(Unit, Unit.id == Person.unit_id)
    if state.export:
        return cast(ResponseReturnValue, export(reading(), statement, state, filename="sign-ins"))
    return page("people/accounts.html", state=state, page=paginate(reading(), statement, state), form=PlainForm())


@bp.post("/people/accounts/create")
@requires(Permission.ACCOUNT_MANAGE)
def create_accounts() -> ResponseReturnValue:
    """Give the chosen people sign-ins; their one-time passwords are shown once, as slips to print."""
    by = current_identity()
    chosen = [UUID(text) for text in request.form.getlist("person")[:MOST_SLIPS]]
    people = [reach_person(reading(), person_id, Permission.ACCOUNT_MANAGE, by) for person_id in chosen]
    missing = set(chosen) - set(reading().scalars(select(Account.person_id).where(Account.person_id.in_(chosen))))
    wanted = [(person.id, person.name, person.staff_no, person.unit.name) for person in people if person.id in missing]
    if not wanted:
        flash(_("Tick people who have no sign-in yet."), "soon")
        return redirect(f"{url_for('.accounts')}?is=none")
    secrets = [services.OneTime.make() for _person in wanted]  # before the transaction: hashing takes its time
    with unit_of_work() as writing:
        slips = [
            (name, staff_no, unit,
             services.create_account(writing, person_id, password=secret, by=by, now=request_time()))
            for (person_id, name, staff_no, unit), secret in zip(wanted, secrets, strict=True)
        ]
    return page("people/slips.html", slips=slips)


@bp.get("/people/<uuid:person_id>/account")
@requires(Permission.ACCOUNT_MANAGE)
def account(person_id: UUID) -> ResponseReturnValue:
    """Show a person's sign-in and sessions, with what an administrator may do."""
    reach_person(reading(), person_id, Permission.ACCOUNT_MANAGE, current_identity())
    now = request_time()
    return page(
        "people/account.html", card=person_card(reading(), person_id, choices.today()), form=PlainForm(),
        state=queries.account_state(reading(), person_id, now), rows=sessions_of(reading(), person_id, at=now),
    )


@bp.post("/people/<uuid:person_id>/account/<any(create, reset, unlock, forget, sign_out):act>")
@requires(Permission.ACCOUNT_MANAGE)
def change_account(person_id: UUID, act: str) -> ResponseReturnValue:
    """Create, reset, unlock a sign-in, forget its second step, or sign the person out everywhere."""
    by, now = current_identity(), request_time()
    person = reach_person(reading(), person_id, Permission.ACCOUNT_MANAGE, by)
    name, staff_no, unit, password = person.name, person.staff_no, person.unit.name, ""
    secret = services.OneTime.make() if act in ("create", "reset") else None
    try:
        with unit_of_work() as writing:
            if act == "create":
                password = services.create_account(writing, person_id, password=secret, by=by, now=now)
            elif act == "reset":
                password = services.reset_password(writing, person_id, password=secret, by=by, now=now)
            elif act == "unlock":
                services.unlock(writing, person_id, by=by, now=now)
            elif act == "forget":
                services.reset_second_factor(writing, person_id, by=by, now=now)
            else:
                services.sign_out_everywhere(writing, person_id, by=by, now=now)
    except DomainError as error:
        if error.status not in (HTTPStatus.CONFLICT, HTTPStatus.FORBIDDEN):
            raise
        flash(error.message, "no")
        return redirect(url_for(".account", person_id=person_id))
    if password:
        return page("people/slips.html", slips=[(name, staff_no, unit, password)])
    flash(_("Done."), "ok")
    return redirect(url_for(".account", person_id=person_id))


@bp.post("/people/<uuid:person_id>/account/sessions/<uuid:session_id>/end")
@requires(Permission.ACCOUNT_MANAGE)
def end_their_session(person_id: UUID, session_id: UUID) -> ResponseReturnValue:
    """End one session of somebody."""
    by = current_identity()
    reach_person(reading(), person_id, Permission.ACCOUNT_MANAGE, by)
    with unit_of_work() as writing:
        services.end_one_session(writing, person_id, session_id, by=by, now=request_time())
    flash(_("That device is signed out."), "ok")
    return redirect(url_for(".account", person_id=person_id))
