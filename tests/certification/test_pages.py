"""The pages, as people of each role use them."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.access.identity import Role
from lms.api.models import ApiKey
from lms.certification.models import (
    Certificate,
    Certification,
    FoundingGrant,
    SupervisedPhase,
    SuspensionRow,
    Waiver,
)
from lms.certification.queries.floor import explain
from lms.kernel import clock
from lms.kernel.db import reading
from tests.factories import make_person, make_unit


@pytest.fixture
def post(client):
    """Post a form of a page with its token: `post(url, field=value)`."""

    def send(url, page_url=None, **fields):
        body = client.get(page_url or url).get_data(as_text=True)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', body)
        return client.post(url, data={"csrf_token": token.group(1) if token else "", **fields})

    return send


def fresh():
    """Return the test's own session, looking at what is there now."""
    reading().rollback()
    return reading()


def certificate_of(person):
    return fresh().scalars(select(Certificate).where(Certificate.person_id == person.id)).unique().one()


def test_a_learner_sees_what_is_stamped_and_what_is_missing(client, sign_in, certify):
    beginner = certify(leave_out=1)
    sign_in(client, beginner)
    body = client.get("/certificates/").get_data(as_text=True)
    assert "3 通不同的模拟来电" in body
    assert "2/3" in body
    done = certify()
    sign_in(client, done)
    assert certificate_of(done).number in client.get("/certificates/").get_data(as_text=True)


def test_a_learner_sees_their_own_certificate_and_nobody_elses(client, sign_in, certify):
    mine, other = certify(), certify(make_person())
    sign_in(client, mine)
    assert client.get(f"/certificates/{certificate_of(mine).id}").status_code == 200
    assert client.get(f"/certificates/{certificate_of(other).id}").status_code == 404
    assert client.get(f"/certificates/{certificate_of(other).id}/pdf").status_code == 404


def test_the_register_shows_a_manager_their_own_part_alone(client, sign_in, certify):
    here, there = make_unit("here"), make_unit("there")
    mine, theirs = certify(make_person(unit=here)), certify(make_person(unit=there))
    sign_in(client, make_person(unit=here, roles=[Role.MANAGER], everywhere=False))
    body = client.get("/certificates/all").get_data(as_text=True)
    assert certificate_of(mine).number in body
    assert certificate_of(theirs).number not in body
    assert client.get("/certificates/all?export=csv").status_code == 200
    assert client.get("/certificates/all?state=valid&kind=gas-hotline&q=PA").status_code == 200


def test_revoking_says_first_what_it_will_do_and_shuts_the_gate(client, sign_in, post, certify, gas):
    person = certify()
    certificate = certificate_of(person)
    sign_in(client, Role.TRAINING_ADMIN)
    url = f"/certificates/{certificate.id}/revoke"
    assert "燃气抢修" in client.get(url).get_data(as_text=True)
    assert post(url, reason="").status_code == 200, "without a reason the page comes back"
    assert explain(reading(), person.id, gas.id, clock.now()).allowed
    assert post(url, reason="冒名顶替").status_code == 302
    assert not explain(fresh(), person.id, gas.id, clock.now()).allowed
    assert post(url, reason="再来一次").status_code == 409


def test_a_waiver_takes_two_people(client, sign_in, post, gas):
    person, manager, second = (make_person(name) for name in ("陈雨桐", "周岚", "沈慧敏"))
    manager, second = (make_person(roles=[Role.MANAGER]) for _ in range(2))
    sign_in(client, manager)
    now = clock.now()
    times = {"starts_at": "2026-03-02T09:00", "ends_at": "2026-03-05T18:00"}
    answer = post("/gate/waivers/new", staff_no=person.staff_no, queue=str(gas.id), reason="高峰缺人", **times)
    assert answer.status_code == 302
    waiver = fresh().scalars(select(Waiver)).one()
    url = f"/gate/waivers/{waiver.id}"
    assert post(url, page_url="/gate/waivers/new", action="approve").status_code == 403, "who asked can't approve"
    sign_in(client, second)
    assert post(url, action="refuse", note="").status_code == 422, "a refusal needs a reason"
    assert post(url, action="approve", note="同意").status_code == 302
    assert explain(fresh(), person.id, gas.id, now + timedelta(hours=1)).allowed
    assert client.get("/gate/waivers/").status_code == 200
    assert post(url, action="stop").status_code == 302
    assert not explain(fresh(), person.id, gas.id, clock.now() + timedelta(hours=1)).allowed


@pytest.mark.parametrize("wrong", [{"ends_at": "2026-03-30T18:00"}, {"ends_at": "2026-03-01T18:00"}, {"reason": " "},
                                   {"staff_no": "nobody"}, {"ends_at": "soon"}, {"queue": "nonsense"}],
                         ids=["too long", "ends first", "no reason", "unknown person", "no time", "unknown queue"])
def test_a_wrong_waiver_comes_back_with_what_is_wrong(client, sign_in, post, gas, wrong):
    sign_in(client, Role.MANAGER)
    fields = {"staff_no": make_person().staff_no, "queue": str(gas.id), "reason": "缺人",
              "starts_at": "2026-03-02T09:00", "ends_at": "2026-03-05T18:00", **wrong}
    assert post("/gate/waivers/new", **fields).status_code == 422
    assert fresh().scalars(select(Waiver)).all() == []


def test_a_manager_takes_somebody_off_the_floor_and_lets_them_back(client, sign_in, post, certify, gas):
    person = certify()
    sign_in(client, Role.MANAGER)
    assert post(f"/gate/people/{person.id}/suspend", reason="投诉成立", scope="", ends_at="").status_code == 302
    assert not explain(fresh(), person.id, gas.id, clock.now()).allowed
    assert "投诉成立" in client.get(f"/gate/people/{person.id}").get_data(as_text=True)
    row = fresh().scalars(select(SuspensionRow)).one()
    assert post(f"/gate/suspensions/{row.id}/lift", reason="申诉成立").status_code == 302
    assert explain(fresh(), person.id, gas.id, clock.now()).allowed


def test_a_supervised_phase_opens_with_a_certified_mentor_and_shuts_at_its_cap(client, sign_in, post, certify, gas):
    mentor, learner = certify(), make_person(queues=[gas])
    sign_in(client, make_person(roles=[Role.MANAGER]))
    fields = {"queues": str(gas.id), "starts_at": "2026-03-02T09:00", "ends_at": "2026-03-20T18:00", "hours_cap": "1"}
    url = f"/gate/people/{learner.id}/phase"
    assert post(url, mentor=make_person().staff_no, **fields).status_code == 422, "the mentor isn't certified"
    assert post(url, mentor=mentor.staff_no, **fields).status_code == 302
    assert explain(fresh(), learner.id, gas.id, clock.now()).reasons[0].about == str(mentor.id)
    phase = fresh().scalars(select(SupervisedPhase)).one()
    back = f"/gate/people/{learner.id}"
    assert post(f"/gate/phases/{phase.id}/time", page_url=back, worked_on="2026-03-02", minutes="59").status_code == 302
    assert explain(fresh(), learner.id, gas.id, clock.now()).allowed
    post(f"/gate/phases/{phase.id}/time", page_url=back, worked_on="2026-03-02", minutes="1")
    assert not explain(fresh(), learner.id, gas.id, clock.now()).allowed


def test_a_founding_licence_takes_two_administrators(client, sign_in, post, gas):
    assessor, one, two = make_person(), make_person(roles=[Role.TRAINING_ADMIN]), make_person(roles=[Role.SYSTEM_ADMIN])
    kind = fresh().scalar(select(Certification.id).where(Certification.code == "assessor"))
    sign_in(client, one)
    fields = {"staff_no": assessor.staff_no, "certification": str(kind), "reason": "首任考评员"}
    assert post("/certificates/grants/", last_day="2027-12-31", **fields).status_code == 422, "more than a year ahead"
    assert post("/certificates/grants/", last_day="2026-12-31", **fields).status_code == 302
    grant = fresh().scalars(select(FoundingGrant)).one()
    url = f"/certificates/grants/{grant.id}"
    assert post(url, page_url="/certificates/grants/", action="approve").status_code == 403
    sign_in(client, two)
    assert post(url, page_url="/certificates/grants/", action="approve").status_code == 302
    reading().rollback()
    assert certificate_of(assessor).kind == "founding"
    assert post(url, page_url="/certificates/grants/", action="approve").status_code == 409


def test_a_training_administrator_sees_what_a_new_edition_does_before_publishing_it(client, sign_in, post, certify):
    certify(make_person("林晓雯"), leave_out=3)
    sign_in(client, Role.TRAINING_ADMIN)
    assert client.get("/certificates/kinds/").status_code == 200
    assert client.get("/certificates/kinds/gas-hotline").status_code == 200
    url = "/certificates/kinds/gas-hotline/edit"
    fields = {"code": "gas-hotline", "letters": "RQ", "name": "燃气热线话务员", "name_en": "Gas Hotline Operator",
              "months": "12", "ending": "same_day", "renewal": "keep_anniversary", "window_days": "60",
              "requirements-0-kind": "theory", "requirements-0-activity": "gas-theory",
              "requirements-0-need_percent": "80", "requirements-0-afresh": "y", "note": "先减后加"}
    preview = post(url, **fields)
    assert preview.status_code == 200
    assert "林晓雯" in preview.get_data(as_text=True), "she earns it at once and is named"
    assert client.get("/certificates/kinds/gas-hotline").get_data(as_text=True).count("第 2 版") == 0
    assert post(url, confirmed="y", **fields).status_code == 302
    assert "第 2 版" in client.get("/certificates/kinds/gas-hotline").get_data(as_text=True)


def test_a_certification_that_asks_for_nothing_or_for_itself_is_refused(client, sign_in, post, gas):
    sign_in(client, Role.TRAINING_ADMIN)
    fields = {"code": "own", "letters": "OW", "name": "自设", "months": "12", "ending": "same_day",
              "renewal": "keep_anniversary", "window_days": "60", "confirmed": "y"}
    assert post("/certificates/kinds/new", **fields).status_code == 422
    itself = {"requirements-0-kind": "certification", "requirements-0-activity": "own"}
    assert post("/certificates/kinds/new", **fields, **itself).status_code == 422
    taken = {"requirements-0-kind": "course", "requirements-0-activity": "x", "requirements-0-afresh": "y"}
    assert post("/certificates/kinds/new", **{**fields, **taken, "letters": "RQ"}).status_code == 422
    assert post("/certificates/kinds/new", **fields, **taken).status_code == 302


def test_changing_a_queue_names_who_leaves_the_floor_before_it_is_saved(client, sign_in, post, certify, gas):
    person = certify(make_person("郑凯文", queues=[gas]))
    sign_in(client, Role.TRAINING_ADMIN)
    url = f"/certificates/queues/{gas.id}"
    fields = {"certifications": ["gas-hotline", "complaint-desk"], "reason": "投诉也由本队接"}
    assert "郑凯文" in post(url, **fields).get_data(as_text=True)
    assert explain(fresh(), person.id, gas.id, clock.now()).allowed
    assert post(url, confirmed="y", **fields).status_code == 302
    assert not explain(fresh(), person.id, gas.id, clock.now()).allowed
    assert post(url, reason="空").status_code == 422, "a queue that asks for nothing is never made by mistake"


def test_a_key_is_shown_once(client, sign_in, post, gas):
    sign_in(client, Role.SYSTEM_ADMIN)
    answer = post("/api-keys/", name="话务平台", queues=str(gas.id))
    secret = re.search(r"frk_[\w-]{40,}", answer.get_data(as_text=True)).group()
    assert answer.headers["Cache-Control"] == "no-store"
    assert secret not in client.get("/api-keys/").get_data(as_text=True)
    key = fresh().scalars(select(ApiKey)).one()
    assert post(f"/api-keys/{key.id}/revoke", page_url="/api-keys/").status_code == 302
    assert post("/api-keys/", name="没选队列").status_code == 422


@pytest.mark.parametrize("url", ["/certificates/", "/certificates/kinds/", "/certificates/all", "/gate/waivers/",
                                 "/gate/waivers/new", "/certificates/grants/", "/certificates/kinds/new",
                                 "/certificates/kinds/gas-hotline/edit", "/check/"])
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_pages_are_drawn_in_both_languages_without_a_word_of_the_other(client, sign_in, gas, url, language):
    sign_in(client, make_person("Anna", roles=[Role.TRAINING_ADMIN, Role.MANAGER]))
    client.set_cookie("locale", language)
    answer = client.get(url)
    assert answer.status_code == 200
    if language == "zh_CN":
        markup = r"<(script|style|svg)\b.*?</\1>|<[^>]+>|\w+:[\w-]+"
        text = re.sub(markup, " ", answer.get_data(as_text=True), flags=re.S)
        words = set(re.findall(r"\b[A-Za-z]{4,}\b", text)) - {"English", "Anna", "complaint", "desk", "Ctrl"}
        assert not {word for word in words if word.islower() and len(word) > 6 and word not in KNOWN}, words


KNOWN = {"trainer", "assessor", "service", "complaint", "hotline"}
