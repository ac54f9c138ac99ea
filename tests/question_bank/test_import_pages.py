"""The import wizard, page by page."""

import base64
import io

import openpyxl
import pytest
from sqlalchemy import select

from lms.kernel.db import reading
from lms.kernel.jobs import run_due_jobs
from question_bank.formats.gift_out import write_gift
from question_bank.kinds import KindCode, files_of
from question_bank.media import kind_of_stored
from question_bank.models import ImportState, QuestionEdition, QuestionImport
from tests.question_bank.browsing import ask, send, text_of
from tests.question_bank.files import picture
from tests.question_bank.made import DICTATION, TRUE_FALSE
from tests.question_bank.test_formats_spreadsheet import entry, sheet_of
from tests.question_bank.test_importing import BAD_ROW, GOOD_ROW, HEADER, SAME_ROW


def upload(client, app, data, name="题库.xlsx"):
    response = send(
        client, "/questions/imports", {"file": (io.BytesIO(data), name)}, content_type="multipart/form-data"
    )
    with app.app_context():
        run_due_jobs()
    return response


def test_a_file_goes_through_the_wizard_into_the_bank_and_out_again(loaded, trainer):
    address = upload(trainer, loaded, sheet_of(HEADER, GOOD_ROW, BAD_ROW, SAME_ROW)).location
    body = text_of(ask(trainer, address))
    assert "No question has been written yet" in body
    assert "F3" in body
    assert "The answer says “E”, but the options end at C." in body
    send(trainer, f"{address}/repair", {"code": "answer_beyond", "field": "answer", "value": "C", "row": "3"})
    assert "TEL-001" in text_of(ask(trainer, f"{address}?row=4"))
    send(trainer, f"{address}/rows/4/decide", {"decision": "take"})
    assert "3 questions are written." in text_of(send(trainer, f"{address}/write", follow_redirects=True))
    assert "disappear" in text_of(ask(trainer, f"{address}/undo"))
    send(trainer, f"{address}/undo")
    assert "This import was taken back" in text_of(ask(trainer, address))


def test_a_repair_says_how_many_rows_of_the_whole_file_it_settles(loaded, trainer, monkeypatch):
    monkeypatch.setattr("question_bank.queries.imports.SHOWN", 1)
    bad = [[BAD_ROW[0], f"水表第 {n} 种走法怎么办？", *BAD_ROW[2:]] for n in range(3)]
    address = upload(trainer, loaded, sheet_of(HEADER, *bad)).location
    assert "3 rows</button>" in text_of(ask(trainer, f"{address}?show=error"))
    fix = {"code": "answer_beyond", "field": "answer", "value": "C", "row": "2", "all": "1"}
    assert "3 rows are repaired." in text_of(send(trainer, f"{address}/repair", fix, follow_redirects=True))


def test_a_row_is_edited_by_hand(loaded, trainer):
    address = upload(trainer, loaded, sheet_of(HEADER, BAD_ROW)).location
    still = send(trainer, f"{address}/rows/2", {"answer": "Z"}, follow_redirects=True)
    assert "not made of option letters" in text_of(still)
    fixed = send(trainer, f"{address}/rows/2", {"answer": "B", "option": ["报修", "换表", ""]}, follow_redirects=True)
    assert "Row 2 can be written now." in text_of(fixed)


CASE_WITHOUT_AN_ANSWER = """案例分析题
1. 老人来电说闻到异味。
（1）先做什么？
A. 开窗 B. 转接
答案：A
（2）头晕时先关灯再出门。
"""


def paste(client, app, text):
    address = send(client, "/questions/imports/paste", {"text": text}).location
    with app.app_context():
        run_due_jobs()
    return address


def test_a_part_of_a_case_is_changed_where_it_stands(loaded, trainer):
    address = paste(trainer, loaded, CASE_WITHOUT_AN_ANSWER)
    assert 'name="part_answer"' in text_of(ask(trainer, f"{address}?row=2"))
    parts = {
        "part_stem": ["先做什么？", "可以先关灯再出门。"],
        "part_kind": ["单选", "判断"],
        "part_answer": ["A", "错"],
        "part_options": ["开窗\r\n转接\r\n", ""],
        "part_points": ["", "2"],
    }
    assert "can be written now" in text_of(send(trainer, f"{address}/rows/2", parts, follow_redirects=True))
    send(trainer, f"{address}/write")
    with loaded.app_context():
        newest = select(QuestionEdition.content).where(QuestionEdition.stem.contains("老人来电说闻到异味"))
        kept = reading().scalars(newest).one()["parts"]
    assert [(part["kind"], part["weight"], part["content"]["stem"]) for part in kept] == [
        ("single", 1, "先做什么？"),
        ("true_false", 2, "可以先关灯再出门。"),
    ]


def test_other_parts_than_the_row_has_change_nothing(loaded, trainer):
    address = paste(trainer, loaded, CASE_WITHOUT_AN_ANSWER)
    one = {f"part_{name}": ["错"] for name in ("stem", "kind", "answer", "options", "points")}
    assert "先做什么？" in text_of(send(trainer, f"{address}/rows/2", one, follow_redirects=True))


def test_rows_without_a_point_are_put_under_one_at_once(loaded, trainer):
    address = paste(trainer, loaded, "判断题\n1. 可以抢着挂机。（×）\n2. 先报工号。（√）\n")
    assert "2 questions name no knowledge point" in text_of(ask(trainer, address))
    assert send(trainer, f"{address}/point", {"point": "no/such"}).status_code == 404
    said = text_of(send(trainer, f"{address}/point", {"point": "phone/answering"}, follow_redirects=True))
    assert "2 questions have their point now." in said
    assert "name no knowledge point" not in said
    assert "2 questions are written." in text_of(send(trainer, f"{address}/write", follow_redirects=True))


def test_the_same_file_twice_is_noticed(loaded, trainer):
    data = sheet_of(HEADER, GOOD_ROW)
    first = upload(trainer, loaded, data).location
    send(trainer, f"{first}/write")
    assert "already written" in text_of(ask(trainer, upload(trainer, loaded, data).location))


def test_rows_to_handle_are_downloaded_with_their_reasons_and_can_come_back(loaded, trainer):
    address = upload(trainer, loaded, sheet_of(HEADER, GOOD_ROW, BAD_ROW)).location
    data = ask(trainer, f"{address}/rejected.xlsx").data
    header, row = openpyxl.load_workbook(io.BytesIO(data)).active.values
    assert row[:4] == ("F3", "The answer says “E”, but the options end at C.", "单选", BAD_ROW[1])
    assert "F2" not in text_of(ask(trainer, upload(trainer, loaded, data).location))


def test_columns_are_adjusted_by_hand(loaded, trainer):
    address = upload(trainer, loaded, sheet_of(["甲列", "乙列"], ["可以抢着挂机。", "错"])).location
    assert "Which column holds what?" in text_of(ask(trainer, address))
    send(trainer, f"{address}/columns", {"sheet": "Sheet1", "header": "1", "column": ["stem", "answer"]})
    with loaded.app_context():
        run_due_jobs()
    assert "it reads like “True or false”" in text_of(ask(trainer, address))


def test_another_sheet_is_never_passed_over_in_silence(loaded, trainer):
    book = openpyxl.load_workbook(io.BytesIO(sheet_of(HEADER, GOOD_ROW)))
    book.create_sheet("判断题").append(["题干", "答案"])
    stream = io.BytesIO()
    book.save(stream)
    assert "判断题" in text_of(ask(trainer, upload(trainer, loaded, stream.getvalue()).location))


@pytest.mark.parametrize("codec", ["gbk", "utf-8", "utf-16"])
def test_a_gift_file_in_gbk_is_read_as_what_it_is(loaded, trainer, codec):
    text = write_gift([entry(KindCode.TRUE_FALSE, {**TRUE_FALSE, "stem": "可以边吃边接听电话。"})]).decode()
    body = text_of(ask(trainer, upload(trainer, loaded, text.encode(codec), "题目.gift").location + "?show=fit"))
    assert "可以边吃边接听电话。" in body
    assert {"gbk": "GB18030", "utf-8": "UTF-8", "utf-16": "UTF-16"}[codec] in body


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"PK\x03\x04 nothing more", "坏.xlsx", "damaged"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "旧.xls", "old .xls"),
        ("没有题目".encode("gbk"), "空.gift", "No GIFT question"),
    ],
)
def test_a_broken_file_gets_a_clear_page_and_writes_nothing(loaded, trainer, data, name, said):
    body = text_of(ask(trainer, upload(trainer, loaded, data, name).location))
    assert said in body
    assert "Nothing was written." in body


@pytest.mark.parametrize(
    ("data", "name"), [(b"%PDF-1.7 hello", "题库.pdf"), (b"", "空.xlsx"), (b"MZ\x90\x00", "题库.xlsx")]
)
def test_a_file_of_another_kind_is_refused_at_the_field(loaded, trainer, data, name):
    assert upload(trainer, loaded, data, name).status_code == 422


def test_a_waiting_page_is_told_how_far_the_reading_is(loaded, trainer):
    response = send(
        trainer,
        "/questions/imports",
        {"file": (io.BytesIO(sheet_of(HEADER, GOOD_ROW)), "a.xlsx")},
        content_type="multipart/form-data",
    )
    assert "being read" in text_of(ask(trainer, response.location))
    assert ask(trainer, f"{response.location}/progress").json["state"] == "queued"
    with loaded.app_context():
        run_due_jobs()
    assert ask(trainer, f"{response.location}/progress").json["state"] == "done"


def test_an_import_given_up_is_gone(loaded, trainer):
    address = upload(trainer, loaded, sheet_of(HEADER, GOOD_ROW)).location
    send(trainer, f"{address}/discard")
    with loaded.app_context():
        assert reading().scalars(select(QuestionImport)).one().state == ImportState.DISCARDED


def test_a_pasted_paper_goes_through_the_same_check(loaded, trainer):
    text = (
        "一、单选题\n考试说明\n1. 表前阀在哪里？\nA. 楼道\nB. 户内\n答案：A\n2. 表后阀呢？\nA. 楼道\nB. 户内\n答案：C\n"
    )
    response = send(trainer, "/questions/imports/paste", {"text": text})
    with loaded.app_context():
        run_due_jobs()
    body = text_of(ask(trainer, response.location))
    assert "The answer says “C”, but the options end at B." in body
    assert "考试说明" in body


def test_pasting_nothing_is_refused_at_the_field(loaded, trainer):
    assert send(trainer, "/questions/imports/paste", {"text": " "}).status_code == 422


def test_what_a_form_of_file_can_t_hold_is_named_before_the_download(loaded, trainer, keep):
    code = keep("dictation", DICTATION)
    body = text_of(ask(trainer, f"/questions/export?q={code}"))
    assert body.count(f">{code}</b> Dictation") == 4
    assert "This form of file has no such kind of question." in body
    for name in ("spreadsheet", "gift", "aiken", "moodle", "qti"):
        assert ask(trainer, f"/questions/export/{name}?point=gas").status_code == 200
    assert ask(trainer, "/questions/export/pdf").status_code == 404


def test_pictures_of_a_moodle_file_come_into_the_bank(loaded, trainer):
    shown = base64.b64encode(picture()).decode()
    text = (
        '<quiz><question type="truefalse"><questiontext format="html"><text><![CDATA[<p>表是这样吗？'
        f'<img src="@@PLUGINFILE@@/a.png"></p>]]></text><file name="a.png" encoding="base64">{shown}</file>'
        '</questiontext><answer fraction="100"><text>true</text></answer></question></quiz>'
    )
    address = upload(trainer, loaded, text.encode(), "题.xml").location
    send(trainer, f"{address}/write")
    with loaded.app_context():
        content = reading().scalars(select(QuestionEdition.content).where(QuestionEdition.import_id.is_not(None))).one()
        (digest,) = files_of(content)
        assert kind_of_stored(digest) == "webp"


@pytest.mark.parametrize("here", [True, False])
def test_a_recording_that_is_not_in_the_store_is_named_with_its_cell(loaded, trainer, monkeypatch, here):
    monkeypatch.setattr("question_bank.services.staging.is_recording", lambda digest: here and digest == "ab" * 32)
    header, row = (
        [*HEADER, "设置"],
        ["听写", "听录音，填地址。", "地址", "", "", "文一路5号", "接听", f"录音={'ab' * 32}"],
    )
    body = text_of(ask(trainer, upload(trainer, loaded, sheet_of(header, row)).location))
    assert ("The recording abababababab… is not in this system." in body) is not here
    assert ("H2" in body) is not here
