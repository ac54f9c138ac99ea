"""The pages: what each person sees, and what the buttons do."""

import io

import openpyxl
import pytest
from sqlalchemy import select

from lms.access.identity import Role
from lms.kernel.db import reading
from lms.kernel.jobs import run_due_jobs
from question_bank.kinds import KindCode
from question_bank.models import Question, QuestionEdition
from question_bank.views.comparing import compare
from tests.question_bank.browsing import ask, send, text_of
from tests.question_bank.made import ONE_OF_EACH

FORM = {
    "kind": "single",
    "stem": "水表倒转先做什么？",
    "option": ["报修", "拍照", "不管"],
    "key": "0",
    "shuffle": "1",
    "point": "phone/answering",
    "difficulty": "easy",
    "marks": "2.5",
    "explanation": "先报修。",
}


def written(client, **changes):
    return send(client, "/questions/save", {**FORM, **changes})


def edition_of(app, stem):
    with app.app_context():
        return reading().scalars(select(QuestionEdition).where(QuestionEdition.stem == stem)).first()


@pytest.mark.parametrize(
    "address",
    [
        "/questions/",
        "/questions/?open=GAS-005",
        "/questions/?copy=GAS-005",
        "/questions/?q=漏气&kind=single&sort=point&dir=desc",
        "/questions/?state=retired",
        "/questions/?open=GAS-034",
        "/questions/?open=GAS-038",
        "/questions/?open=GAS-019",
        "/questions/?open=GAS-026",
        *(f"/questions/?new={kind}" for kind in KindCode),
        "/questions/duplicates",
        "/questions/points",
        "/questions/imports",
    ],
)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_page_opens_in_both_languages(trainer, address, language):
    response = ask(trainer, address, language)
    assert response.status_code == 200
    assert 'style="' not in text_of(response)


@pytest.mark.parametrize("address", ["/questions/?open=X-1", "/questions/SVC-001/changes", "/questions/X-1/retire"])
def test_what_is_not_there_is_not_found(trainer, address):
    assert ask(trainer, address).status_code == 404


@pytest.mark.parametrize(
    "query", ["?page=99999", "?page=x", "?sort=evil", "?per=1", "?new=essay", "?kind=%00", "?q=%25_%27"]
)
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


def test_a_question_goes_from_the_editor_to_the_bank_through_two_people(loaded, trainer, reviewing):
    response = written(trainer, then="submit")
    assert response.status_code == 302
    assert edition_of(loaded, FORM["stem"]).points == 250
    assert send(trainer, "/questions/TEL-041/publish").status_code == 403
    assert send(reviewing, "/questions/TEL-041/publish", page="/questions/").status_code == 302
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


def test_a_review_is_sent_back_with_a_note(loaded, trainer, reviewing):
    written(trainer, then="submit")
    send(reviewing, "/questions/TEL-041/send-back", {"note": "选项太短"}, page="/questions/")
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


def test_the_difference_between_two_editions_is_marked(loaded, trainer, reviewing):
    written(trainer, then="submit")
    send(reviewing, "/questions/TEL-041/publish", page="/questions/")
    send(trainer, "/questions/TEL-041/save", {**FORM, "stem": "水表倒转后先做什么？"})
    assert '<mark class="ins">后</mark>' in text_of(ask(trainer, "/questions/TEL-041/changes"))


def test_many_are_published_at_once_and_the_rest_is_named(loaded, trainer, reviewing):
    written(trainer, then="submit")
    written(trainer, stem="另一道还是草稿的题？")
    response = send(
        reviewing,
        "/questions/bulk",
        {"action": "publish", "code": ["TEL-041", "TEL-042"]},
        page="/questions/",
        follow_redirects=True,
    )
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
    response = ask(trainer, "/questions/export/spreadsheet?point=gas")
    rows = list(openpyxl.load_workbook(io.BytesIO(response.data)).active.values)
    assert (len(rows), rows[1][0]) == (41, "GAS-001")
    assert ask(trainer, "/questions/export/gift?point=gas").data.count(b"::GAS") == 40
    assert ask(trainer, "/questions/template.xlsx").status_code == 200


def test_a_point_is_added_and_a_taken_code_is_refused(trainer):
    fields = {"parent": "gas", "slug": "meter", "name": "表具", "name_en": ""}
    assert send(trainer, "/questions/points", fields).status_code == 302
    assert "already in use" in text_of(send(trainer, "/questions/points", fields))


def test_a_retired_question_names_the_one_that_replaced_it(trainer):
    assert send(trainer, "/questions/GAS-001/retire", {"replaced_by": "gas-002"}).status_code == 302
    body = text_of(ask(trainer, "/questions/?open=GAS-001"))
    assert "Replaced by" in body
    assert "open=GAS-002" in body


@pytest.mark.parametrize("successor", ["GAS-001", "X-1"])
def test_nothing_replaces_itself_and_nothing_unknown_replaces_anything(trainer, successor):
    response = send(trainer, "/questions/GAS-001/retire", {"replaced_by": successor})
    assert response.status_code == 422
    assert "in use" in text_of(response)


def test_many_are_changed_after_a_page_that_says_what_will_change(loaded, trainer, keep):
    code = keep(KindCode.SINGLE, ONE_OF_EACH[KindCode.SINGLE])
    fields = {"action": "edit", "code": [code, "GAS-001"], "set_difficulty": "hard", "set_marks": "5"}
    asked = text_of(send(trainer, "/questions/bulk", fields))
    assert "Change 2 questions?" in asked
    assert "It works for 1 question." in asked
    assert "GAS-001" in asked
    with loaded.app_context():
        assert edition_of(loaded, ONE_OF_EACH[KindCode.SINGLE]["stem"]).difficulty == "easy"
    sent = {
        **{name: value for name, value in fields.items() if name != "code"},
        "codes": f"{code} GAS-001",
        "sure": "1",
    }
    assert "1 question is done." in text_of(send(trainer, "/questions/bulk", sent, follow_redirects=True))
    changed = edition_of(loaded, ONE_OF_EACH[KindCode.SINGLE]["stem"])
    assert (changed.difficulty, changed.points) == ("hard", 500)


def test_tags_are_put_on_bundled_questions_too_and_filter_the_list(trainer):
    fields = {"action": "edit", "codes": "GAS-001 GAS-002", "add_tags": "夜班，新人", "sure": "1"}
    send(trainer, "/questions/bulk", fields)
    assert "2 questions" in text_of(send(trainer, "/questions/bulk?tag=夜班", {"action": "retire", "everything": "1"}))
    send(trainer, "/questions/bulk", {"action": "edit", "codes": "GAS-001", "remove_tags": "夜班", "sure": "1"})
    body = text_of(ask(trainer, "/questions/?tag=夜班"))
    assert "GAS-002" in body
    assert "GAS-001" not in body


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("先关阀", True),
        ("ＣＯ 报警", True),
        ("co报警", True),
        ("解析里的话", True),
        ("报警 没有的词", False),
        ("夜 班", False),
    ],
)
def test_the_search_looks_at_every_text_folded(trainer, keep, term, found):
    content = {
        **ONE_OF_EACH[KindCode.SINGLE],
        "stem": "CO 报警器响了怎么办？",
        "explanation": "这是解析里的话。",
        "options": [{"id": "a", "text": "先 关阀"}, {"id": "b", "text": "不管"}],
    }
    code = keep(KindCode.SINGLE, content)
    body = text_of(ask(trainer, f"/questions/?q={term}"))
    assert (f"open={code}" in body) is found


def test_the_bank_is_compared_by_a_job_that_keeps_its_result(loaded, trainer, keep):
    assert "Nothing compared yet" in text_of(ask(trainer, "/questions/duplicates"))
    content = ONE_OF_EACH[KindCode.CASE]
    codes = [keep(KindCode.CASE, {**content, "stem": content["stem"] + end}) for end in ("", "！")]
    assert send(trainer, "/questions/duplicates").status_code == 302
    assert "data-job=" in text_of(ask(trainer, "/questions/duplicates"))
    with loaded.app_context():
        run_due_jobs()
    assert ask(trainer, "/questions/duplicates/progress").json["state"] == "done"
    body = text_of(ask(trainer, "/questions/duplicates"))
    assert all(code in body for code in codes)


@pytest.mark.parametrize("kind", list(KindCode))
def test_the_difference_of_editions_of_every_kind_can_be_shown(loaded, kind):
    content = ONE_OF_EACH[kind]
    with loaded.test_request_context():
        parts = compare(kind, content, {**content, "stem": content["stem"] + "吗"})
    named = {name: after for name, _before, after in parts}
    assert named["stem"].endswith('<mark class="ins">吗</mark>')
    assert ("part:1/stem" in named) is (kind in (KindCode.CASE, KindCode.AUDIO))
