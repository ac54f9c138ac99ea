"""Spreadsheets: what is written reads back the same, the layouts people have are read, harm is refused."""

import io
import zipfile
from pathlib import Path
from tempfile import NamedTemporaryFile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.web.spreadsheets.guard import FILE_LIMIT, UNPACKED_LIMIT, UnreadableFile
from question_bank import bundled
from question_bank.formats import checking, spreadsheet, workbook
from question_bank.formats.columns import guess_columns
from question_bank.formats.entries import Entry
from question_bank.formats.options_text import split_options
from question_bank.formats.template import write_template
from question_bank.kinds import SIMPLE, KindCode
from tests.question_bank.made import contents

POINTS = {point.code: point.name for point in bundled.points()}


def sheet_of(*rows, title="Sheet1", merge=()):
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    for span in merge:
        book.active.merge_cells(span)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read_bytes(data, read=spreadsheet.read_workbook):
    with NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        return read(Path(file.name))


def checked(data, read=spreadsheet.read_workbook, name=""):
    sheets = read_bytes(data, read)
    layout = spreadsheet.guess_layout(sheets, name)
    sheet = next(sheet for sheet in sheets if sheet.name == layout.sheet)
    return [checking.check_record(record, POINTS) for record in spreadsheet.records_of(sheet, layout)]


def codes(question):
    return {(trouble.cell, trouble.code) for trouble in question.troubles}


def entry(kind, content, point="", difficulty="medium", points=200):
    return Entry("", kind, content, POINTS.get(point, ""), difficulty, points)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_what_is_exported_is_imported_unchanged(data):
    kinds = data.draw(st.lists(st.sampled_from(list(KindCode)), min_size=1, max_size=5))
    made = [data.draw(contents(kind)) for kind in kinds]
    back = checked(workbook.write_bank(entry(kind, content) for kind, content in zip(kinds, made, strict=True)))
    assert [(question.kind, question.content, question.points) for question in back] == [
        (kind, content, 200) for kind, content in zip(kinds, made, strict=True)
    ]
    assert all(question.fit for question in back)


def test_the_whole_library_survives_the_way_out_and_in():
    questions = bundled.questions()
    data = workbook.write_bank(
        entry(question.kind, question.content, question.point, question.difficulty, question.points)
        for question in questions
    )
    assert [
        (back.kind, back.content, back.point, back.difficulty, back.points, back.troubles) for back in checked(data)
    ] == [
        (question.kind, question.content, question.point, question.difficulty, question.points, ())
        for question in questions
    ]


def test_the_template_is_importable_as_it_comes():
    back = checked(write_template(list(POINTS.values())))
    assert [question.kind for question in back] == [*SIMPLE, KindCode.CASE]
    assert all(question.fit and question.point for question in back)


def test_titles_section_headings_and_options_in_one_cell_are_understood():
    back = checked(
        sheet_of(
            ["2026 年客服题库（终版2）"],
            ["序号", "题目内容", "选项（竖线分开）", "标准答案", "考点", "难易程度", "分", "备注"],
            ["一、单项选择题（每题 2 分）"],
            [1, "铃响几声接听？", "A.一声|B.三声|C.五声", "B", "接听", "易", 2, "老题"],
            ["二、多选题"],
            [2, "哪些礼貌？", "A. 请 B. 喂 C. 您", "a，c", "服务用语", "中等", 3],
            ["三、判断题"],
            [3, "由客户先挂机。", None, "√", "phone/closing", None, None],
            [4, "由话务员先挂机。", "正确;错误", "B", "结束通话", "难", 1.5],
        )
    )
    assert [(one.kind.value, one.point, one.difficulty, one.points) for one in back] == [
        ("single", "phone/answering", "easy", 200),
        ("multiple", "service/courtesy", "medium", 300),
        ("true_false", "phone/closing", "medium", 100),
        ("true_false", "phone/closing", "hard", 150),
    ]
    assert [one.content["key"] for one in back] == ["b", ["a", "c"], True, False]
    assert all(one.fit for one in back)


def test_a_kind_in_merged_cells_counts_for_every_row_below():
    back = checked(
        sheet_of(
            ["题型", "题干", "A", "B", "答案"],
            ["单选", "问一？", "甲", "乙", "A"],
            [None, "问二？", "丙", "丁", "B"],
            merge=["A2:A3"],
        )
    )
    assert [one.kind for one in back] == [KindCode.SINGLE, KindCode.SINGLE]
    assert not back[1].troubles


def test_a_sheet_named_after_a_kind_names_it():
    back = checked(sheet_of(["题干", "答案"], ["可以先挂机。", "错"], title="判断题"))
    assert back[0].kind is KindCode.TRUE_FALSE
    assert not back[0].troubles


@pytest.mark.parametrize(
    ("row", "cell", "code", "fix"),
    [
        (["单选", "问？", "甲", "乙", "丙", "E"], "F2", "answer_beyond", ("answer", "C")),
        (["单先", "问？", "甲", "乙", "丙", "A"], "A2", "kind_unknown", ("kind", "单选")),
        (["实操题", "问？", None, None, None, "答"], "A2", "kind_not_supported", None),
        (["小题·单选", "问？", "甲", "乙", None, "A"], "A2", "part_without_case", None),
        (["案例", "一段材料。", None, None, None, None], "A2", "parts_count", None),
        (["单选", None, "甲", "乙", "丙", "A"], "B2", "stem_empty", None),
        (["单选", "问？", "甲", "乙", "丙", None], "F2", "answer_missing", None),
        (["单选", "问？", "甲", "乙", "甲", "A"], "E2", "options_alike", None),
        (["单选", "问？", "甲", None, "丙", "A"], "D2", "option_empty", None),
        (["单选", "问？", "甲", "乙", "丙", "AB"], "F2", "single_with_many", ("kind", "多选")),
        (["多选", "问？", "甲", "乙", "丙", "B"], "F2", "key_of_one", ("kind", "单选")),
        (["判断", "问？", None, None, None, "也许"], "F2", "answer_not_truth", None),
        (["数值", "问？", None, None, None, "很多"], "F2", "answer_not_number", None),
        (["填空", "关____开____", None, None, None, "阀"], "F2", "blanks_unlike_stem", None),
        (["单选", "问？", "甲", "乙", "丙", "A", "2分"], "G2", "points_not_number", ("points", "2")),
        (["单选", "问？", "甲", "乙", "丙", "A", "-1"], "G2", "points_out_of_range", ("points", "2")),
        (["单选", "问？", "甲", "乙", "丙", "A", "1e999999"], "G2", "points_not_number", ("points", "1")),
        (["单选", "问？", "甲", "乙", "丙", "A", 2, "超难"], "H2", "difficulty_unknown", ("difficulty", "中")),
        (["单选", "打 13812342207 吗？", "甲", "乙", "丙", "A"], "B2", "phone_looks_real", None),
        (["单选", "问？", "甲", "乙", "丙", "A", 2, "中", "三条安全令"], "I2", "point_near", ("point", "三条安全指令")),
        (["单选", "问？", "甲", "乙", "丙", "A", 2, "中", "高等数学"], "I2", "point_unknown", None),
        ([None, "问？", "甲", "乙", "丙", "AC"], "A2", "kind_guessed", None),
        ([None, "问？", None, None, None, "答"], "A2", "kind_missing", None),
    ],
)
def test_what_is_wrong_is_named_with_its_cell_and_what_would_settle_it(row, cell, code, fix):
    question = checked(sheet_of(["题型", "题干", "选项A", "选项B", "选项C", "答案", "分值", "难度", "知识点"], row))[0]
    assert (cell, code) in codes(question)
    assert next(trouble.fix for trouble in question.troubles if trouble.code == code) == fix


def test_an_empty_row_is_no_question_and_numbers_stay_those_of_the_sheet():
    sheets = read_bytes(sheet_of(["题干", "答案"], ["一", "对"], [], ["二", "错"]))
    records = spreadsheet.records_of(sheets[0], spreadsheet.guess_layout(sheets))
    assert [record.number for record in records] == [2, 4]


def test_without_a_header_nothing_is_guessed_but_the_sheet():
    layout = spreadsheet.guess_layout(read_bytes(sheet_of(["甲", "乙"], ["丙", "丁"])))
    assert (layout.header, layout.columns, layout.missing) == (-1, ("", ""), ["stem", "answer"])


def test_two_columns_of_one_name_use_the_first():
    assert guess_columns(["题干", "答案", "题目"]) == ["stem", "answer", ""]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_a_csv_is_read_in_any_usual_encoding(encoding, separator):
    text = f"题型{separator}题干{separator}答案\r\n判断{separator}可以先挂机。{separator}错\r\n"
    assert checked(text.encode(encoding), spreadsheet.read_csv)[0].content["key"] is False


@pytest.mark.parametrize(
    ("cell", "options"),
    [
        ("A.关阀 B.开窗", ["关阀", "开窗"]),
        ("A、关阀\nB、开窗", ["关阀", "开窗"]),
        ("(A) 关阀 (B) 开窗", ["关阀", "开窗"]),
        ("关阀｜开窗", ["关阀", "开窗"]),
        ("关阀；开窗", ["关阀", "开窗"]),
        ("用 A.P.P 报修|打电话", ["用 A.P.P 报修", "打电话"]),
        ("只有一个", ["只有一个"]),
        ("", []),
    ],
)
def test_options_in_one_cell_are_cut_where_people_mean(cell, options):
    assert split_options(cell) == options


def test_texts_that_look_like_formulas_stay_texts():
    content = {"stem": "=1+1", "explanation": "@SUM(A1)", "key": True}
    data = workbook.write_bank([entry(KindCode.TRUE_FALSE, content)])
    cell = openpyxl.load_workbook(io.BytesIO(data)).active["C2"]
    assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", "=1+1", True)


def zip_of(files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


GOOD = sheet_of(["题干", "答案"], ["一", "对"])


def with_sheet(xml):
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return zip_of({**files, "xl/worksheets/sheet1.xml": xml})


SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"PK\x03\x04 and then nothing", "workbook_broken"),
        (GOOD[: len(GOOD) // 2], "workbook_broken"),
        (GOOD[:300] + bytes(40) + GOOD[340:], "workbook_broken"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "workbook_old_or_locked"),
        (zip_of({"word/document.xml": "<w/>"}), "workbook_other_kind"),
        (zip_of({"xl/worksheets/sheet1.xml": bytes(UNPACKED_LIMIT + 1)}), "workbook_bomb"),
        (zip_of({f"xl/worksheets/{number}": "" for number in range(1001)}), "workbook_bomb"),
        (sheet_of([]), "nothing_in_it"),
        (with_sheet(SHEET.format('<row r="1048576"><c r="A1048576"><v>1</v></c></row>')), "too_many_rows"),
        (
            with_sheet(
                SHEET.format('<row r="1"><c r="XFD1"><v>1</v></c></row><row r="9000"><c r="A9000"><v>1</v></c></row>')
            ),
            "too_many_cells",
        ),
        (bytes(FILE_LIMIT + 1), "file_too_large"),
        (GOOD.replace(b"PK\x01\x02\x14\x03\x14", b"PK\x01\x02\x14\x03\x90"), "workbook_broken"),
        (with_sheet('<?xml version="1.0" encoding="x-9"?>' + SHEET.format("")), "workbook_broken"),
    ],
    ids=[
        "not a zip",
        "cut in half",
        "damaged",
        "an old Excel file",
        "a Word file",
        "zip bomb",
        "a thousand parts",
        "empty",
        "a cell at the end of the world",
        "two cells far apart",
        "too large",
        "packed by a zip of the future",
        "a sheet in no known encoding",
    ],
)
def test_a_harmful_or_broken_workbook_is_refused_with_its_reason(data, code):
    with pytest.raises(UnreadableFile) as refused:
        read_bytes(data)
    assert refused.value.code == code


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=8))
def test_no_damage_to_a_workbook_makes_more_than_a_clear_refusal(at, garbage):
    data = GOOD[:at] + garbage + GOOD[at + len(garbage) :]
    try:
        checked(data)
    except UnreadableFile as refused:
        assert refused.code
