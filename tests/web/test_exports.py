"""Exports: real numbers and days, and never a formula."""

import csv
from datetime import UTC, date, datetime
from io import BytesIO, StringIO

import pytest
from flask import Flask
from openpyxl import load_workbook

from lms.web.cells import harmless
from lms.web.exports import to_csv, to_xlsx

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1+1", "=cmd|' /C calc'!A0"]


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_looks_like_a_formula_is_made_harmless(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["陈雨桐", "3276", "a=b", "", "'quoted", "(-1)"])
def test_other_text_stays(text: str) -> None:
    assert harmless(text) == text


def test_csv_opens_as_utf8_and_holds_no_formula(app: Flask) -> None:
    with app.test_request_context("/"):
        data = to_csv(["Name", "=Score"], [["陈雨桐", -5], ["=HYPERLINK(1)", 92.5], [None, True]])
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(StringIO(data.decode("utf-8-sig"))))
    assert rows == [["Name", "'=Score"], ["陈雨桐", "-5"], ["'=HYPERLINK(1)", "92.5"], ["", "1"]]


def test_a_workbook_keeps_types_and_takes_text_for_text(app: Flask) -> None:
    moment = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    with app.test_request_context("/"):
        rows = [["=1+1", -5, date(2026, 2, 28), moment], ["x" * 40_000, True, None, "a\x00b"]]
        data = to_xlsx(["a", "b", "c", "d"], rows)
    sheet = load_workbook(BytesIO(data)).active
    assert sheet is not None
    first = [cell.value for cell in sheet[2]]
    assert first == ["=1+1", -5, datetime(2026, 2, 28), datetime(2026, 3, 2, 9, 0)]  # noqa: DTZ001 - sheets know no zone
    assert sheet["A2"].data_type == "s"
    assert len(sheet["A3"].value) == 32_767
    assert sheet["D3"].value == "ab"
    assert sheet.freeze_panes == "A2"
