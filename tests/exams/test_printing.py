"""An exam on paper: three documents of one draw that fit each other."""

import subprocess

import pytest

from lms.access.identity import SYSTEM, Role
from lms.exams.models import ExamPurpose
from lms.exams.queries.printed import columns_for, key_in_print
from lms.exams.rules.paper import Part
from lms.exams.rules.sections import Section
from lms.exams.rules.terms import Terms
from lms.exams.services.authoring import create_exam
from lms.kernel.db import unit_of_work
from question_bank import bundled, kinds


def text_of(pdf: bytes) -> str:
    told = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return told.stdout.decode()


@pytest.mark.parametrize("question", bundled.questions(), ids=lambda it: it.code)
def test_every_bundled_question_has_a_key_in_words(question):
    view = kinds.candidate_view(question.kind, question.content, "7")
    assert key_in_print(question.kind, question.content, view).strip()
    assert columns_for([option["text"] for option in view.get("options", ())]) in (1, 2, 4)


@pytest.mark.parametrize("seed", range(20))
def test_the_key_names_the_letter_under_which_the_right_option_is_printed(seed):
    content = {"stem": "选一项。", "options": [{"id": one, "text": f"第{one}项"} for one in "abcd"], "key": "c"}
    view = kinds.candidate_view("single", content, seed)
    letter = key_in_print(kinds.KindCode.SINGLE, content, view)
    assert view["options"]["ABCD".index(letter)]["text"] == "第c项"


@pytest.fixture
def trainer(fonts, client, sign_in, content):
    sign_in(client, Role.TRAINER)
    return client


def test_paper_sheet_and_key_of_one_draw_fit_each_other(trainer):
    paper, sheet, key = (
        text_of(trainer.get(f"/exams/papers/gas-theory/{what}.pdf?seed=4").data)
        for what in ("paper", "answer-sheet", "key")
    )
    for printed in (paper, sheet, key):
        assert "卷号 gas-theory-4" in printed
        assert "一、单项选择题" in printed and "第1版" in printed.replace(" ", "")
    assert "密" in paper
    assert "姓名" in paper
    assert "参考答案" in key
    assert "解析" in key
    assert "解析" not in paper
    assert trainer.get("/exams/papers/gas-theory/paper.pdf?seed=5").data != paper


def test_form_and_sections_stand_on_paper_sheet_and_key(trainer, now):
    parts = (Part(2, 200, kind="single"), *(Part(1, 100, kind="true_false", section=n) for n in range(1, 12)))
    sections = (Section("选择题", "选一个。", minimum=60), *(Section(f"判断 {n}") for n in range(1, 12)))
    with unit_of_work() as session:
        create_exam(session, code="forms", title="综合考试", purpose=ExamPurpose.STAGE, by=SYSTEM, now=now,
                    terms=Terms(parts, sections=sections, forms=2))
    paper, sheet, key = (
        text_of(trainer.get(f"/exams/papers/forms/{what}.pdf?form=2").data) for what in ("paper", "answer-sheet", "key")
    )
    for printed, what in ((paper, "试卷"), (sheet, "答题卡"), (key, "参考答案")):
        assert f"综合考试{what}（B 卷）" in printed and "卷号 forms-B-" in printed and "草稿" in printed
        assert "一、选择题" in printed and "低于 60% 即不合格" in printed and "十二、判断 11" in printed
    assert [len(line.split()) for line in paper.splitlines() if line.strip().startswith("题号")] == [11, 4]
    assert "答题前请在密封线左侧填写" in paper
    assert "考试结束前不得传阅" in key and "答题前请在密封线" not in key


def test_a_manager_prints_no_key(client, sign_in, content):
    sign_in(client, Role.MANAGER)
    assert client.get("/exams/papers/gas-theory/key.pdf").status_code in (403, 404)


def test_a_blueprint_that_the_bank_cant_fill_leads_back_to_the_editor(trainer, now):
    with unit_of_work() as session:
        create_exam(session, code="empty", title="空卷", purpose=ExamPurpose.STAGE, terms=Terms(()), by=SYSTEM, now=now)
    answer = trainer.get("/exams/papers/empty/paper.pdf")
    assert answer.status_code == 302
    assert answer.location == "/exams/papers/empty"
