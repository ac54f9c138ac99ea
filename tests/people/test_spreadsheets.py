"""Spreadsheets handed in: read whatever they came from, refused before they can do harm."""

import io
import time
import zipfile
from datetime import date, datetime

import pytest
import xlsxwriter

from lms.web.spreadsheets import guard
from lms.web.spreadsheets.guard import UnreadableFile
from lms.web.spreadsheets.reading import cell_name, cell_text, parse_spreadsheet
from lms.web.spreadsheets.text import decode, rows_of_text
from tests.people.factories import workbook

TABLE = "工号,姓名\r\n3207,陈雨桐\r\n"
SHEET = (
    '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    "<sheetData>{}</sheetData></worksheet>"
)


@pytest.fixture
def parse(tmp_path):
    def parsed(content: bytes, kind: str = "xlsx", **options):
        path = tmp_path / f"file.{kind}"
        path.write_bytes(content)
        return parse_spreadsheet(path, kind, **options)

    return parsed


def refusal(parse, content: bytes, kind: str = "xlsx", **options) -> str:
    with pytest.raises(UnreadableFile) as error:
        parse(content, kind, **options)
    return error.value.code


def repacked(content: bytes, **parts: str) -> bytes:
    """Return a workbook with some of its parts replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = {name.replace("__", "/").replace("_xml", ".xml"): text for name, text in parts.items()}
        for item in old.infolist():
            if item.filename not in names:
                new.writestr(item, old.read(item))
        for name, text in names.items():
            new.writestr(name, text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (TABLE.encode(), "UTF-8"),
        (TABLE.encode("utf-8-sig"), "UTF-8"),
        (TABLE.encode("gbk"), "GB18030"),
        ("工号,姓名\n1,王䶮\n".encode("gb18030"), "GB18030"),
        (TABLE.encode("utf-16"), "UTF-16"),
        (TABLE.encode("utf-16-be"), "UTF-16"),
        (TABLE.encode("utf-16-le"), "UTF-16"),
    ],
    ids=["utf-8", "utf-8 with mark", "gbk", "gb18030", "utf-16", "big-endian", "little-endian"],
)
def test_text_is_read_in_the_encoding_it_came_in(parse, data, name):
    (sheet,) = parse(data, "csv")
    assert sheet.encoding == name
    assert sheet.rows[0] == ("工号", "姓名")


@pytest.mark.parametrize("data", [b"\x80\x81\xff\xff\xff", b"a,b\x07c\n1,2\n"], ids=["no encoding", "control signs"])
def test_what_is_no_text_is_refused(data):
    with pytest.raises(UnreadableFile):
        decode(data)


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("a,b\n1,2\n", ["1", "2"]),
        ("a;b\n1;2,5\n", ["1", "2,5"]),
        ("a\tb\n1\t2\n", ["1", "2"]),
        ("sep=|\na|b\n1|2\n", ["a", "b"]),
        ('a,b\n"1,\n1",2\n', ["1,\n1", "2"]),
    ],
    ids=["comma", "semicolon", "tab", "named", "quoted"],
)
def test_the_separator_is_found(text, second):
    assert rows_of_text(text, most_rows=10)[1] == second


def test_a_quote_never_closed_is_named(parse):
    assert refusal(parse, b'a,b\n1,"2\n', "csv") == "text_broken"


def test_a_workbook_gives_numbers_dates_and_text_as_they_are(parse):
    (sheet,) = parse(
        workbook(
            [["工号", "日期", "时间"], [3207, date(2026, 3, 2), datetime(2026, 3, 2, 8, 30)], ["00123", None, True]]  # noqa: DTZ001 - cells have no zone
        )
    )
    assert [cell_text(cell) for cell in sheet.rows[1]][:2] == ["3207", "2026-03-02"]
    assert sheet.rows[2][0] == "00123"


def test_rows_count_from_the_top_of_the_sheet_however_empty_it_begins(parse):
    (sheet,) = parse(workbook([[], [], [None, "工号"], [None, 3207]]))
    assert sheet.rows[3][1] == 3207
    assert cell_name(3, 1) == "B4"


def test_hidden_and_empty_sheets_are_left_aside(parse):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.add_worksheet("空")
    hidden = book.add_worksheet("隐藏")
    hidden.write(0, 0, "x")
    hidden.hide()
    book.add_worksheet("花名册").write(0, 0, "工号")
    book.close()
    assert [sheet.name for sheet in parse(out.getvalue())] == ["花名册"]


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (b"PK\x03\x04 and then nothing", "xlsx", "workbook_broken"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "xlsx", "workbook_old_or_locked"),
        (b"", "csv", "nothing_in_it"),
        (b"\n,,\n \n", "csv", "nothing_in_it"),
    ],
    ids=["torn", "old or locked", "empty", "blank"],
)
def test_what_cannot_be_read_says_why(parse, content, kind, code):
    assert refusal(parse, content, kind) == code


def test_a_zip_that_is_no_workbook_is_refused(parse):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert refusal(parse, out.getvalue()) == "workbook_other_kind"


def test_a_file_above_the_limit_is_not_opened(parse, monkeypatch):
    monkeypatch.setattr(guard, "FILE_LIMIT", 10)
    assert refusal(parse, workbook([["工号"]])) == "file_too_large"


def test_a_part_that_unpacks_to_gigabytes_is_stopped_on_the_way(parse):
    bomb = repacked(workbook([["工号"]]), xl__media__x_xml=" " * (guard.UNPACKED_LIMIT + 1))
    assert len(bomb) < 200_000
    assert refusal(parse, bomb) == "workbook_bomb"


def test_an_archive_that_lies_about_its_sizes_is_measured_all_the_same(parse):
    bomb = bytearray(repacked(workbook([["工号"]]), xl__media__x_xml=" " * (guard.UNPACKED_LIMIT + 1)))
    size = (guard.UNPACKED_LIMIT + 1).to_bytes(4, "little")
    assert bomb.count(size) == 2
    assert refusal(parse, bytes(bomb.replace(size, (100).to_bytes(4, "little")))) == "workbook_bomb"


def test_one_cell_at_the_far_corner_does_not_span_a_table(parse):
    far = SHEET.format('<row r="19000"><c r="XFD19000"><v>1</v></c></row>')
    began = time.monotonic()
    assert refusal(parse, repacked(workbook([["工号"]]), xl__worksheets__sheet1_xml=far)) == "too_many_cells"
    assert time.monotonic() - began < 2


def test_cells_that_are_only_coloured_do_not_count(parse):
    coloured = SHEET.format('<row r="1"><c r="A1"><v>3207</v></c></row><row r="900000"><c r="XFD900000" s="0"/></row>')
    (sheet,) = parse(repacked(workbook([["工号"]]), xl__worksheets__sheet1_xml=coloured))
    assert sheet.rows == ((3207.0,),)


def test_too_many_rows_are_refused(parse):
    assert refusal(parse, workbook([["工号"]] * 12), most_rows=11) == "too_many_rows"
    assert refusal(parse, b"a\n" * 12, "csv", most_rows=11) == "too_many_rows"


def test_text_may_span_as_many_cells_as_a_sheet(parse):
    wide = b"a" + b"," * (guard.MOST_CELLS // 3 - 1) + b"\n"
    assert len(parse(wide + b"a\n" * 2, "csv")[0].rows) == 3
    assert refusal(parse, wide + b"a\n" * 3, "csv") == "too_many_cells"


def test_one_long_text_repeated_everywhere_is_counted_each_time(parse, monkeypatch):
    monkeypatch.setattr(guard, "TEXT_LIMIT", 10_000)
    assert refusal(parse, workbook([["长" * 2000]] * 6)) == "workbook_bomb"


def test_entities_are_not_expanded(parse):
    evil = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>' + SHEET.format("").partition("?>")[2]
    assert refusal(parse, repacked(workbook([["工号"]]), xl__worksheets__sheet1_xml=evil)) == "workbook_broken"
