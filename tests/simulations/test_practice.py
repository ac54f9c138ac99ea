"""The practice loop: which call next and why, days in a row, and good calls given as examples."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from lms.access.identity import Role
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict, NotFound, Refused
from simulations import services as calls
from simulations.models import CallScoreRow, Purpose, SimulatedCall
from simulations.practice import services
from simulations.practice.anonymous import anonymous
from simulations.practice.models import CallExample, ExampleState
from simulations.practice.queries import example_shown, known_calls, next_call
from simulations.practice.rules import (
    Candidate,
    PlayedCall,
    Seen,
    Why,
    days_in_a_row,
    may_be_example,
    recommend,
    trend,
    weak_points,
)
from simulations.queries import report_of, scripts_for
from tests.conftest import NOW
from tests.factories import identity_with, make_person
from tests.simulations.factories import GAS, GOOD_CALL, make_edition, play_out

SOON, LATER = datetime(2026, 3, 5, tzinfo=UTC), datetime(2026, 3, 9, tzinfo=UTC)


def script(code, *checkpoints, tries=1, best=9600, difficulty=3, own=True, due_at=None, required=False):
    return Candidate(code, frozenset(checkpoints), difficulty, own, required, due_at, tries, best if tries else None)


def seen(id_, *, met=False, critical=False, lost=500):
    return Seen(id_, f"考点{id_}", critical, met, 0 if met else lost)


MISSED_READ_BACK = weak_points([PlayedCall("gas", (seen("复述"), seen("接听", met=True)))])


@pytest.mark.parametrize(("scripts", "weak", "expected"), [
    ([script("gas", "复述"), script("bill", "复述")], MISSED_READ_BACK, ("bill", Why.MISSED)),
    ([script("gas", "复述"), script("bill", "工单")], MISSED_READ_BACK, ("gas", Why.MISSED)),
    ([script("gas", "复述"), script("b1", "复述", own=False, tries=0), script("b2", "复述")],
     MISSED_READ_BACK, ("b2", Why.MISSED)),
    ([script("gas", "复述"), script("b1", "复述"), script("b2", "复述", tries=0)],
     MISSED_READ_BACK, ("b2", Why.MISSED)),
    ([script("gas", "复述"), script("due", required=True)], MISSED_READ_BACK, ("due", Why.DUE)),
    ([script("gas", "复述", required=True), script("bill", "复述")], MISSED_READ_BACK, ("gas", Why.MISSED)),
    ([script("a", required=True, due_at=LATER), script("b", required=True, due_at=SOON), script("c", required=True)],
     [], ("b", Why.DUE)),
    ([script("a", tries=0, difficulty=2), script("b", tries=0, difficulty=1), script("c")], [], ("b", Why.NEW)),
    ([script("a", tries=0, own=False, difficulty=1), script("b", tries=0, difficulty=4)], [], ("b", Why.NEW)),
    ([script("a", best=9400), script("b", best=8800)], [], ("b", Why.IMPROVE)),
    ([script("a", best=9500)], [], None),
    ([], [], None),
], ids=[
    "another script with the same checkpoint", "the same script when no other has it", "of one's own queues first",
    "rather one not played yet", "what is required goes first", "a required one says what was missed in it",
    "the soonest due", "the easiest new one", "a new one of one's own queues", "the lowest best mark",
    "all at 95 or more", "no script at all",
])
def test_one_call_is_recommended_with_its_reason(scripts, weak, expected):
    found = recommend(scripts, weak)
    assert (found and (found.code, found.why)) == expected


def test_what_was_missed_counts_until_it_is_met_critical_things_first():
    history = [PlayedCall("c", (seen("复述", met=True), seen("工单", lost=900))),
               PlayedCall("b", (seen("复述"), seen("派单", critical=True, lost=100))),
               PlayedCall("a", (seen("派单", met=True), seen("致歉", lost=50)))]
    assert [(it.id, it.code) for it in weak_points(history)] == [("派单", "b"), ("工单", "c"), ("致歉", "a")]


@pytest.mark.parametrize(("days", "count"), [
    ((), 0), ((0,), 1), ((-1,), 1), ((-2,), 0), ((0, -1, -2, -4), 3), ((-1, -2), 2),
], ids=["never", "today", "yesterday", "the day before", "a gap ends it", "today isn't over"])
def test_days_in_a_row_end_where_a_day_was_left_out(days, count):
    today = date(2026, 3, 2)
    assert days_in_a_row({today + timedelta(days=day) for day in days}, today) == count


def test_a_trend_needs_ten_calls():
    assert trend([9000] * 9) is None
    assert trend([9000] * 5 + [8000] * 5 + [10] * 9) == (8000, 9000)


@pytest.mark.parametrize(("changed", "good"), [
    ({}, True), ({"total": 8999}, False), ({"decided": False}, False), ({"passed": False}, False),
    ({"critical_failures": 1}, False), ({"doubts": 1}, False),
], ids=["ninety", "a hundredth less", "not decided", "not passed", "something critical", "something to think over"])
def test_an_example_is_a_good_call_whose_result_stands(changed, good):
    sound = {"decided": True, "passed": True, "total": 9000, "critical_failures": 0, "doubts": 0}
    assert may_be_example(**{**sound, **changed}) is good


@pytest.mark.parametrize(("said", "read"), [
    ("平安燃气3276号为您服务", "平安燃气××号为您服务"), ("工号三二七六", "工号××"), ("三 二、七-六号", "××号"),
    ("３２７６号", "××号"), ("电话16403276011", "电话16403276011"), ("我叫陈雨桐，叫我雨桐就行", "我叫××，叫我××就行"),
    ("我姓陈，请讲", "我姓××，请讲"), ("陈先生您好", "陈先生您好"), ("一共3276.5元", "一共××.5元"),
], ids=str)
def test_who_spoke_is_taken_out_of_what_was_said(said, read):
    assert anonymous(said, name="陈雨桐", staff_no="3276") == read


@pytest.fixture
def learner(session):
    make_edition()
    make_edition(GAS.replace("gas-leak-01", "gas-leak-02"), code="gas-leak-02")
    return make_person("陈雨桐")


FORGOT = tuple(move for move in GOOD_CALL if move[0] not in (66, 77))


def confirmed(call, reviewer):
    with unit_of_work() as session:
        calls.review_call(session, call.id, overrides={}, reason="", remark="", now=clock.now() + timedelta(hours=1),
                          by=identity_with(Role.ASSESSOR, person_id=reviewer.id))




def test_an_undecided_exam_call_tells_nothing_by_what_is_recommended(learner):
    reviewer = make_person("高文博")
    call = play_out(learner, FORGOT)
    scripts = scripts_for(reading(), learner.id)
    assert known_calls(reading(), learner.id) == []
    assert next_call(reading(), learner.id, scripts).recommendation.why is Why.NEW
    confirmed(call, reviewer)
    found = next_call(reading(), learner.id, scripts).recommendation
    assert (found.code, found.why, bool(found.missed.title)) == ("gas-leak-02", Why.MISSED, True)


@pytest.mark.both_databases
def test_a_good_call_is_given_approved_read_and_taken_back(learner):
    call = play_out(learner, purpose=Purpose.PRACTICE)
    mine = identity_with(person_id=learner.id)
    trainer = identity_with(Role.TRAINER, person_id=make_person("何梦洁").id)
    stranger = identity_with(person_id=make_person().id)
    with pytest.raises(NotFound), unit_of_work() as session:
        services.offer_example(session, call.id, named=False, by=trainer, now=clock.now())
    with unit_of_work() as session:
        id_ = services.offer_example(session, call.id, named=False, by=mine, now=clock.now()).id
    with pytest.raises(Conflict), unit_of_work() as session:
        services.offer_example(session, call.id, named=False, by=mine, now=clock.now())
    with pytest.raises(Refused), unit_of_work() as session:
        services.decide_example(session, id_, approve=True, note="", by=mine, now=clock.now())
    with unit_of_work() as session:
        services.decide_example(session, id_, approve=True, note="复述清楚", by=trainer, now=clock.now())
    report = report_of(reading(), reading().get_one(SimulatedCall, call.id))
    shown = example_shown(reading(), reading().get_one(CallExample, id_), report)
    assert (shown.author, any("复述" in title for title in shown.met)) == ("", True)
    with pytest.raises(NotFound), unit_of_work() as session:
        services.withdraw_example(session, id_, any_call=False, by=stranger, now=clock.now())
    with unit_of_work() as session:
        services.withdraw_example(session, id_, any_call=False, by=mine, now=clock.now())
    assert reading().get_one(CallExample, id_).state == ExampleState.WITHDRAWN
    with unit_of_work() as session:
        services.offer_example(session, call.id, named=True, by=mine, now=clock.now())
    example = reading().get_one(CallExample, id_)
    assert (example.state, example.decided_by, example.named) == (ExampleState.OFFERED, None, True)


def test_a_poor_or_undecided_call_is_not_taken(learner):
    for moves, purpose in ((GOOD_CALL[:2], Purpose.PRACTICE), (GOOD_CALL, Purpose.EXAM)):
        call = play_out(learner, moves, purpose=purpose)
        with pytest.raises(Conflict), unit_of_work() as session:
            services.offer_example(session, call.id, named=False, by=identity_with(person_id=learner.id),
                                   now=clock.now())


def test_a_script_counts_every_call_however_many_there_are(learner):
    call = play_out(learner)
    best = reading().scalars(select(CallScoreRow)).one()
    with unit_of_work() as session:
        setup = session.get_one(SimulatedCall, call.id).setup
        for number in range(1, 202):
            later = SimulatedCall(
                person_id=learner.id, edition_id=call.edition_id, purpose=Purpose.PRACTICE, setup=setup, state="ended",
                started_at=NOW + timedelta(hours=number), ended_at=NOW + timedelta(hours=number, minutes=1))
            session.add(later)
            session.flush()
            session.add(CallScoreRow(call_id=later.id, engine_version=best.engine_version, digest="", total=7000,
                                     passed=False, scored_at=NOW + timedelta(hours=number, minutes=1)))
    confirmed(call, make_person("高文博"))
    line = next(it for it in scripts_for(reading(), learner.id) if it.code == "gas-leak-01")
    assert (line.tries, line.best, line.last) == (202, best.total, 7000)
