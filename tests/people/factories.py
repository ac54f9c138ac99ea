"""Rows and files for tests of people."""

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from flask.testing import FlaskClient

from lms.access.identity import SYSTEM
from lms.kernel import clock
from lms.kernel.db import unit_of_work
from lms.people.models import Person
from lms.people.services.accounts import create_account

PASSWORD = "Guihua-2026-xiang"


def account_with_password(person: Person, password: str = PASSWORD, *, must_change: bool = False) -> str:
    """Let a person sign in with a password; return it."""
    with unit_of_work() as session:
        return create_account(session, person.id, password=password, must_change=must_change, by=SYSTEM,
                              now=clock.now())


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
