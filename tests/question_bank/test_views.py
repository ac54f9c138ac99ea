"""The pages: what each person sees, and what the buttons do."""

import io
import re

import openpyxl
import pytest
from flask import render_template_string
from sqlalchemy import select

from lms.access.identity import Role
from lms.kernel.db import reading, unit_of_work
from lms.kernel.jobs import run_due_jobs
from question_bank import kinds, services
from question_bank.formats.gift_out import write_gift
from question_bank.kinds import KINDS, KindCode
from question_bank.models import ImportState, Question, QuestionEdition, QuestionImport
from tests.conftest import NOW
from tests.question_bank.made import ONE_OF_EACH, TRUE_FALSE
from tests.question_bank.test_formats_spreadsheet import entry, sheet_of
from tests.question_bank.test_importing import BAD_ROW, GOOD_ROW, HEADER, SAME_ROW


@pytest.fixture
def loaded(app):
    """The application with the bundled questions, and no context left open."""
    with app.app_context():
        with unit_of_work() as session:
            services.load_bundled(session, now=NOW)
    return app


@pytest.fixture
def trainer(loaded, client, sign_in):
    """A client signed in as a trainer."""
    sign_in(client, Role.TRAINER)
    return client


@pytest.fixture
def reviewer(loaded, sign_in):
    """Another client, signed in as a business reviewer."""
    other = loaded.test_client()
    sign_in(other, Role.REVIEWER)
    return other


def text_of(response):
    return response.get_data(as_text=True)


def ask(client, address, language="en"):
    return client.get(address, headers={"Accept-Language": language})


def send(client, address, fields=(), page="/questions/imports", **more):
    """Post with the token of a page that shows one."""
    token = re.search(r'name="csrf-token" content="([^"]+)"', text_of(client.get(page)))[1]
    return client.post(address, data={"csrf_token": token, **dict(fields)}, headers={"Accept-Language": "en"}, **more)


FORM = {
    "kind": "single", "stem": "水表倒转先做什么？", "option": ["报修", "拍照", "不管"], "key": "0", "shuffle": "1",
    "point": "phone/answering", "difficulty": "easy", "marks": "2.5", "explanation": "先报修。",
}  # fmt: skip


def written(client, **changes):
    return send(client, "/questions/save", {**FORM, **changes})


def edition_of(app, stem):
    with app.app_context():
        return reading().scalars(select(QuestionEdition).where(QuestionEdition.stem == stem)).first()


@pytest.mark.parametrize("address", [
    "/questions/", "/questions/?open=GAS-005", "/questions/?copy=GAS-005", "/questions/?q=漏气&kind=single&sort=point&dir=desc",
    "/questions/?state=retired", "/questions/?open=GAS-034", "/questions/?open=GAS-038", "/questions/?open=GAS-019",
    "/questions/?open=GAS-026", *(f"/questions/?new={kind}" for kind in KindCode), "/questions/duplicates", "/questions/points",
    "/questions/imports",
])  # fmt: skip
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_page_opens_in_both_languages(trainer, address, language):
    response = ask(trainer, address, language)
    assert response.status_code == 200
    assert 'style="' not in text_of(response)


@pytest.mark.parametrize("address", ["/questions/?open=X-1", "/questions/SVC-001/changes", "/questions/X-1/retire"])
def test_what_is_not_there_is_not_found(trainer, address):
    assert ask(trainer, address).status_code == 404


@pytest.mark.parametrize("query", ["?page=99999", "?page=x", "?sort=evil", "?per=1", "?new=essay", "?kind=%00", "?q=%25_%27"])
def test_a_hostile_address_shows_the_list(trainer, query):
    assert ask(trainer, f"/questions/{query}").status_code == 200


def test_a_learner_is_kept_out(loaded, client, sign_in):
    sign_in(client, Role.LEARNER)
    assert client.get("/questions/").status_code == 403


def test_an_auditor_reads_but_finds_no_button_to_write(loaded, client, sign_in):
    sign_in(client, Role.AUDITOR)
    body = text_of(ask(client, "/questions/?open=GAS-005"))
    assert "data-save" not in body
    assert send(client, "/questions/save", FORM, page="/questions/").status_code == 403


def test_a_question_goes_from_the_editor_to_the_bank_through_two_people(loaded, trainer, reviewer):
    response = written(trainer, then="submit")
    assert response.status_code == 302
    assert edition_of(loaded, FORM["stem"]).points == 250
    assert send(trainer, "/questions/TEL-041/publish").status_code == 403
    assert send(reviewer, "/questions/TEL-041/publish", page="/questions/").status_code == 302
    assert edition_of(loaded, FORM["stem"]).state == "published"


def test_a_flawed_question_keeps_what_was_typed_and_says_what_is_wrong(trainer):
    response = written(trainer, key="", marks="两分", then="submit")
    assert response.status_code == 422
    assert "水表倒转先做什么？" in text_of(response)
    assert "两分" in text_of(response)


def test_submitting_a_flawed_draft_saves_nothing(loaded, trainer):
    assert written(trainer, key="", then="submit").status_code == 422
    assert edition_of(loaded, FORM["stem"]) is None


def test_save_and_write_another_opens_the_next(trainer):
    assert "new=single" in written(trainer, then="another").location


def test_a_second_author_is_told_and_keeps_the_text(loaded, trainer):
    written(trainer)
    assert send(trainer, "/questions/TEL-041/save", {**FORM, "stem": "先到的", "version": "1"}).status_code == 302
    response = send(trainer, "/questions/TEL-041/save", {**FORM, "stem": "后到的", "version": "1"})
    assert response.status_code == 409
    assert "后到的" in text_of(response)


def test_a_review_is_sent_back_with_a_note(loaded, trainer, reviewer):
    written(trainer, then="submit")
    send(reviewer, "/questions/TEL-041/send-back", {"note": "选项太短"}, page="/questions/")
    assert "选项太短" in text_of(ask(trainer, "/questions/?open=TEL-041"))


def test_a_question_is_retired_after_a_page_that_says_what_it_does(loaded, trainer):
    assert "draws it any more" in text_of(ask(trainer, "/questions/GAS-001/retire"))
    send(trainer, "/questions/GAS-001/retire")
    assert "Retired" in text_of(ask(trainer, "/questions/?open=GAS-001"))
    send(trainer, "/questions/GAS-001/restore")
    assert "Published" in text_of(ask(trainer, "/questions/?open=GAS-001"))


def test_a_draft_can_be_thrown_away(loaded, trainer):
    written(trainer)
    assert send(trainer, "/questions/TEL-041/discard").location == "/questions/"
    assert edition_of(loaded, FORM["stem"]) is None


def test_the_difference_between_two_editions_is_marked(loaded, trainer, reviewer):
    written(trainer, then="submit")
    send(reviewer, "/questions/TEL-041/publish", page="/questions/")
    send(trainer, "/questions/TEL-041/save", {**FORM, "stem": "水表倒转后先做什么？"})
    assert '<mark class="ins">后</mark>' in text_of(ask(trainer, "/questions/TEL-041/changes"))


def test_many_are_published_at_once_and_the_rest_is_named(loaded, trainer, reviewer):
    written(trainer, then="submit")
    written(trainer, stem="另一道还是草稿的题？")
    response = send(reviewer, "/questions/bulk", {"action": "publish", "code": ["TEL-041", "TEL-042"]}, page="/questions/",
                    follow_redirects=True)  # fmt: skip
    assert "1 question is done." in text_of(response)
    assert "TEL-042" in text_of(response)


def test_retiring_many_asks_first(loaded, trainer):
    fields = {"action": "retire", "code": ["GAS-001", "GAS-002"]}
    assert "Retire 2 questions?" in text_of(send(trainer, "/questions/bulk", fields))
    send(trainer, "/questions/bulk", {**fields, "sure": "1"})
    with loaded.app_context():
        assert len(reading().scalars(select(Question).where(Question.retired_at.is_not(None))).all()) == 2


def test_everything_a_filter_matches_can_be_acted_on(loaded, trainer):
    body = text_of(send(trainer, "/questions/bulk?point=gas/dispatch", {"action": "retire", "everything": "1"}))
    assert "Retire 6 questions?" in body


def test_the_download_holds_what_the_filter_matches(trainer):
    response = ask(trainer, "/questions/questions.xlsx?point=gas")
    rows = list(openpyxl.load_workbook(io.BytesIO(response.data)).active.values)
    assert (len(rows), rows[1][0]) == (41, "GAS-001")
    assert ask(trainer, "/questions/questions.gift?point=gas").data.count(b"::GAS") == 40
    assert ask(trainer, "/questions/template.xlsx").status_code == 200


def test_a_point_is_added_and_a_taken_code_is_refused(trainer):
    fields = {"parent": "gas", "slug": "meter", "name": "表具", "name_en": ""}
    assert send(trainer, "/questions/points", fields).status_code == 302
    assert "already in use" in text_of(send(trainer, "/questions/points", fields))


def upload(client, app, data, name="题库.xlsx"):
    response = send(client, "/questions/imports", {"file": (io.BytesIO(data), name)}, content_type="multipart/form-data")
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


def test_a_row_is_edited_by_hand(loaded, trainer):
    address = upload(trainer, loaded, sheet_of(HEADER, BAD_ROW)).location
    still = send(trainer, f"{address}/rows/2", {"answer": "Z"}, follow_redirects=True)
    assert "not made of option letters" in text_of(still)
    fixed = send(trainer, f"{address}/rows/2", {"answer": "B", "option": ["报修", "换表", ""]}, follow_redirects=True)
    assert "Row 2 can be written now." in text_of(fixed)


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
    [(b"PK\x03\x04 nothing more", "坏.xlsx", "damaged"), (b"\xd0\xcf\x11\xe0" + bytes(600), "旧.xls", "old .xls"),
     ("没有题目".encode("gbk"), "空.gift", "No GIFT question")],
)  # fmt: skip
def test_a_broken_file_gets_a_clear_page_and_writes_nothing(loaded, trainer, data, name, said):
    body = text_of(ask(trainer, upload(trainer, loaded, data, name).location))
    assert said in body
    assert "Nothing was written." in body


@pytest.mark.parametrize(("data", "name"), [(b"%PDF-1.7 hello", "题库.pdf"), (b"", "空.xlsx"), (b"MZ\x90\x00", "题库.xlsx")])
def test_a_file_of_another_kind_is_refused_at_the_field(loaded, trainer, data, name):
    assert upload(trainer, loaded, data, name).status_code == 422


def test_a_waiting_page_is_told_how_far_the_reading_is(loaded, trainer):
    response = send(trainer, "/questions/imports", {"file": (io.BytesIO(sheet_of(HEADER, GOOD_ROW)), "a.xlsx")},
                    content_type="multipart/form-data")  # fmt: skip
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


@pytest.mark.parametrize("kind", list(KindCode))
def test_a_widget_asks_without_giving_the_answer_away(loaded, kind):
    view = kinds.candidate_view(kind, ONE_OF_EACH[kind], 1)
    source = '{% import "questions/widgets/" ~ view.kind ~ ".html" as w %}{{ w.answer(view, "q", given) }}{{ w.shows_stem }}'
    with loaded.test_request_context():
        shown = render_template_string(source, view=view, given=KINDS[kind].key_answer(ONE_OF_EACH[kind]))
        empty = render_template_string(source, view=view, given=None)
    assert f'data-kind="{kind}"' in shown
    assert "checked" not in empty
    assert shown != empty


@pytest.mark.parametrize("kind", list(KindCode))
@pytest.mark.parametrize("answer", ["key_answer", "wrong_answer", None])
def test_a_widget_reviews_every_answer(loaded, kind, answer):
    content = ONE_OF_EACH[kind]
    given = getattr(KINDS[kind], answer)(content) if answer else None
    review = kinds.review_view(kind, {**content, "explanation": "因为<b>如此</b>"}, given, 200)
    source = '{% import "questions/widgets/" ~ review.kind ~ ".html" as w %}{{ w.review(review) }}'
    with loaded.test_request_context():
        assert "因为&lt;b&gt;如此" in render_template_string(source, review=review)
