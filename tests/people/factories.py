"""Rows and files for tests of people."""

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from lms.access.identity import SYSTEM
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from lms.people.models import ImportKind, Person, RosterImport
from lms.people.services.accounts import create_account
from lms.people.services.importing import people_rows, steps
from lms.people.services.importing.kinds import Options
from lms.web.uploads import receive_upload

HEADS = ["工号", "姓名", "部门", "班组", "岗位", "状态", "入职日期", "离职日期", "手机", "队列"]

PASSWORD = "Guihua-2026-xiang"


def account_with_password(person: Person, password: str = PASSWORD, *, must_change: bool = False) -> str:
    """Let a person sign in with a password; return it."""
    with unit_of_work() as session:
        return create_account(
            session, person.id, password=password, must_change=must_change, by=SYSTEM, now=clock.now()
        )


def sign_in_by_form(client: FlaskClient, name: str, password: str = PASSWORD, **fields: Any) -> Any:
    """Send the sign-in form."""
    token = token_of(client, "/account/login")
    return client.post("/account/login", data={"identity": name, "password": password, "csrf_token": token, **fields})


def token_of(client: FlaskClient, address: str) -> str:
    """Return the token against forgery of a page."""
    page = client.get(address).get_data(as_text=True)
    return page.split('name="csrf-token" content="')[1].split('"')[0]


def post(client: FlaskClient, address: str, *, page: str = "", **fields: Any) -> Any:
    """Post a form with its token, taken from `page` (by default the address itself)."""
    return client.post(address, data={"csrf_token": token_of(client, page or address), **fields})


def workbook(rows: Sequence[Sequence[Any]], *, name: str = "花名册", more: dict[str, Any] | None = None) -> bytes:
    """Return an .xlsx with these rows; `more` are further sheets."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    for title, content in {name: rows, **(more or {})}.items():
        sheet = book.add_worksheet(title)
        for number, row in enumerate(content):
            for column, value in enumerate(row):
                if value is not None:
                    sheet.write(number, column, value)
    book.close()
    return out.getvalue()


def hand_in(rows, by, now, kind=ImportKind.PEOPLE, name="花名册.xlsx"):
    """Hand a file in; return the import's id."""
    content = workbook(rows) if name.endswith("xlsx") else rows
    stored = receive_upload(FileStorage(io.BytesIO(content), filename=name), max_bytes=10**7, kinds={"xlsx", "csv"})
    with unit_of_work() as session:
        return steps.start_import(session, kind, stored, by=by, now=now)


def options(import_id, by, **chosen):
    """Choose how the file is taken."""
    row = reading().get_one(RosterImport, import_id)
    sheet, layout = row.sheet, steps.layout_of(row)
    with unit_of_work() as session:
        steps.choose_layout(session, import_id, sheet=sheet, layout=layout, options=Options(**chosen), by=by)


def write(import_id, by, now, typed=None):
    """Look and confirm."""
    run = steps.dry_run(reading(), import_id, by=by, now=now)
    with unit_of_work() as session:
        return steps.apply_import(session, import_id, fingerprint=run.fingerprint, typed=typed, by=by, now=now)


def undo(import_id, by, now):
    """Look at what undoing does, and undo."""
    run = steps.undo_dry_run(reading(), import_id, by=by, now=now)
    with unit_of_work() as session:
        return steps.undo_import(session, import_id, fingerprint=run.fingerprint, by=by, now=now)


def person(staff_no: str) -> Person:
    """Return somebody as they stand now."""
    reading().rollback()
    return reading().scalars(select(Person).where(Person.staff_no == staff_no)).unique().one()


def staff() -> set[str]:
    """Return the staff numbers of those who are there."""
    reading().rollback()
    return set(reading().scalars(select(Person.staff_no).where(Person.state != "left")))


def records():
    """Return everybody as records."""
    reading().rollback()
    return people_rows.current(reading(), None)
