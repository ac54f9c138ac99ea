"""The pages of simulated calls, for the learner, the assessor and the trainer, in both languages."""

import re
from datetime import timedelta

import pytest

from lms.access.identity import Role
from lms.kernel import clock
from lms.kernel.db import unit_of_work
from simulations import load_library, services
from simulations.models import Purpose
from tests.conftest import NOW
from tests.factories import make_person
from tests.simulations.factories import GAS, GOOD_CALL, make_edition, play_out

# Greets, tells the caller to switch on the light, and hangs up: nearly every kind of evidence and advice.
POOR_CALL = (*GOOD_CALL[:2], (30, "utterance", {"mode": "type", "text": "您开灯看看燃气表还走不走"}),
             (40, "field_committed", {"name": "电话", "value": "16405716668"}), (60, "hangup", {}))


@pytest.fixture
def learner(app):
    with app.app_context():
        make_edition()
        return make_person("陈雨桐")


def token_of(page):
    """Return the token a page's form carries."""
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]


def played(app, learner, moves, purpose):
    with app.app_context():
        return play_out(learner, moves, purpose=purpose).id


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("moves", [GOOD_CALL, POOR_CALL], ids=["a good call", "a poor call"])
def test_a_practice_report_quotes_what_was_said(app, client, sign_in, learner, moves, language):
    call_id = played(app, learner, moves, Purpose.PRACTICE)
    sign_in(client, learner)
    answer = client.get(f"/calls/runs/{call_id}/report", headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert "平安燃气3276号" in answer.text


def test_a_poor_report_gives_the_sentence_that_would_have_scored(app, client, sign_in, learner):
    call_id = played(app, learner, POOR_CALL, Purpose.PRACTICE)
    sign_in(client, learner)
    page = client.get(f"/calls/runs/{call_id}/report", headers={"Accept-Language": "zh-CN"}).text
    assert "这句就得分" in page
    assert page.count('class="gold"') >= 3
    assert "先改这 3 项" in page and "接着改这" in page  # more than three can't be kept in mind


SNEER = "您急也没用，师傅又不会飞"
SNEERING_CALL = (*GOOD_CALL[:7], (70, "utterance", {"mode": "type", "text": SNEER}), *GOOD_CALL[7:])


def test_what_somebody_listening_might_not_let_pass_is_to_be_thought_over(app, client, sign_in, learner):
    call_id = played(app, learner, SNEERING_CALL, Purpose.PRACTICE)
    sign_in(client, learner)
    page = client.get(f"/calls/runs/{call_id}/report", headers={"Accept-Language": "zh-CN"}).text
    assert "有 1 句话再想一想" in page and "同意作为范例" not in page
    assert re.search(rf"<h2>再想一想</h2>.*?「{SNEER}」.*?听着像不该说的话.*?<h2>做到了的</h2>", page, re.DOTALL)


def test_an_assessor_sees_which_sentences_nobody_has_approved(app, client, sign_in, learner):
    call_id = played(app, learner, SNEERING_CALL, Purpose.EXAM)
    sign_in(client, Role.ASSESSOR)
    page = client.get(f"/calls/runs/{call_id}/review", headers={"Accept-Language": "zh-CN"}).text
    marked = re.findall(r'<mark class="anew">(.*?)</mark>', page)
    assert marked == ["加点的话", SNEER]
    assert "有 1 句话还没有人认可过" in page


def test_the_coachs_note_stands_in_the_report_and_not_in_a_shut_one(app, client, sign_in):
    with app.app_context():
        make_edition(GAS + "\n【教练】\n说法: 您先关阀，再开窗。\n要点: 先保人，再问清。\n")
        person = make_person("陈雨桐")
    sign_in(client, person)
    pages = [
        client.get(f"/calls/runs/{played(app, person, GOOD_CALL, purpose)}/report").text
        for purpose in (Purpose.PRACTICE, Purpose.EXAM)
    ]
    assert pages[0].index("先保人，再问清。") < pages[0].index("您先关阀，再开窗。")
    assert "先保人，再问清。" not in pages[1]


def test_an_exam_report_stays_shut_for_the_learner_until_it_is_reviewed(app, client, sign_in, learner):
    call_id = played(app, learner, POOR_CALL, Purpose.EXAM)
    sign_in(client, learner)
    assert 'class="cks"' not in client.get(f"/calls/runs/{call_id}/report").text


def test_an_assessor_sees_every_checkpoint_and_records_their_word(app, client, sign_in, learner):
    call_id = played(app, learner, GOOD_CALL, Purpose.EXAM)
    clock.set_travel(NOW + timedelta(hours=1))
    sign_in(client, Role.ASSESSOR)
    assert str(call_id) in client.get("/calls/review").text
    page = client.get(f"/calls/runs/{call_id}/review").text
    assert page.count("<select") == 12
    done = client.post(f"/calls/runs/{call_id}/review", data={"csrf_token": token_of(page), "remark": "号码照着念"})
    assert done.status_code == 302
    assert str(call_id) not in client.get("/calls/review").text


def test_a_stranger_is_not_told_that_a_call_exists(app, client, sign_in, learner):
    call_id = played(app, learner, GOOD_CALL, Purpose.EXAM)
    sign_in(client, Role.LEARNER)
    assert client.get(f"/calls/runs/{call_id}/report").status_code == 404
    assert client.get(f"/calls/runs/{call_id}/state").status_code == 404


def test_a_script_with_errors_shows_every_place(app, client, sign_in):
    sign_in(client, Role.TRAINER)
    token = token_of(client.get("/calls/scripts/new").text)
    broken = GAS.replace("通用短语@3", max(load_library().phrases)).replace("-> 询问；情绪-1", "-> 讯问；情绪-1")
    page = client.post("/calls/scripts/new", data={"csrf_token": token, "text": broken, "keep": "1"})
    assert page.status_code == 422
    assert page.text.count("CS") >= 2


@pytest.mark.parametrize("path", ["/calls/", "/calls/gas-leak-01", "/calls/gas-leak-01/console/practice"])
def test_a_learners_pages_open_with_nothing_played_yet(client, sign_in, learner, path):
    sign_in(client, learner)
    assert client.get(path).status_code == 200


def test_a_trainer_reads_every_edition(app, client, sign_in):
    with app.app_context(), unit_of_work() as session:
        services.load_bundled(session, now=NOW)
    sign_in(client, Role.TRAINER)
    page = client.get("/calls/scripts").text
    assert page.count("/calls/scripts/") >= 5


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_figures_agreement_and_the_blind_page_open_for_an_assessor(app, client, sign_in, learner, language):
    call_id = played(app, learner, POOR_CALL, Purpose.EXAM)
    sign_in(client, Role.ASSESSOR)
    spoken = {"Accept-Language": language}
    for address in ("/calls/figures/", "/calls/figures/gas-leak-01", "/calls/figures/gas-leak-01?calls=all&edition=1",
                    "/calls/figures/gas-leak-01/calibration"):
        assert client.get(address, headers=spoken).status_code == 200
    assert client.get("/calls/figures/gas-leak-01/blind").location.endswith(f"/calls/figures/runs/{call_id}/blind")
    page = client.get(f"/calls/figures/runs/{call_id}/blind", headers=spoken).text
    assert learner.name not in page.partition("<main")[2]
    assert client.get(f"/calls/figures/runs/{call_id}/comparison").status_code == 404
    said = {"csrf_token": token_of(page), "outcome-关阀": "met"}
    half = client.post(f"/calls/figures/runs/{call_id}/blind", data=said)
    assert half.status_code == 422
    names = dict.fromkeys(re.findall(r'name="(outcome-[^"]+)"', page), "not_met")
    done = client.post(f"/calls/figures/runs/{call_id}/blind", data={"csrf_token": token_of(page), **names})
    compared = client.get(done.location, headers=spoken)
    assert compared.text.count("oc-no") > len(names)  # the person's word on each, and some of the system's


def test_a_trainer_sees_no_figures_of_four_learners(app, client, sign_in, learner):
    played(app, learner, POOR_CALL, Purpose.EXAM)
    sign_in(client, Role.TRAINER)
    page = client.get("/calls/figures/gas-leak-01", headers={"Accept-Language": "zh-CN"}).text
    assert "不到五名" in page
    assert "指导关阀" not in page


def test_a_good_call_is_given_from_its_report_and_read_by_colleagues(app, client, sign_in, learner):
    call_id = played(app, learner, GOOD_CALL, Purpose.PRACTICE)
    sign_in(client, learner)
    report = client.get(f"/calls/runs/{call_id}/report", headers={"Accept-Language": "zh-CN"}).text
    given = client.post(f"/calls/examples/of/{call_id}", data={"csrf_token": token_of(report)}).location
    assert client.get(given).status_code == 200
    colleague, trainer = app.test_client(), app.test_client()
    sign_in(colleague, Role.LEARNER)
    sign_in(trainer, Role.TRAINER)
    assert colleague.get(given).status_code == 404
    page = trainer.get(given, headers={"Accept-Language": "zh-CN"}).text
    trainer.post(f"{given}/decide", data={"csrf_token": token_of(page), "note": "复述清楚", "approve": "1"})
    read = colleague.get(given, headers={"Accept-Language": "zh-CN"}).text.partition("<main")[2]
    assert ("复述清楚" in read, learner.name in read, learner.staff_no in read) == (True, False, False)
    assert given in colleague.get("/calls/examples/").text
    assert colleague.post(f"{given}/withdraw", data={"csrf_token": token_of(page)}).status_code != 302
    client.post(f"{given}/withdraw", data={"csrf_token": token_of(client.get(given).text)})
    assert colleague.get(given).status_code == 404
