"""Calls marked twice: blind, once, by somebody who doesn't know the system's word; and what follows for the script."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.access.identity import Role
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict, Invalid, NotFound, Refused
from lms.records.models import AuditEntry, TrainingFact
from simulations import ENGINE_VERSION, services
from simulations.analytics import calibration
from simulations.analytics.blind import draw_key, heard_of, mark_blind, next_blind
from simulations.analytics.gathering import gather
from simulations.analytics.models import BlindMark, CallFigures
from simulations.analytics.queries import comparison_of, standing_now
from simulations.models import CallScoreRow, Purpose, ScriptEdition, SimulatedCall
from simulations.queries import is_reviewed, report_of, tries_of
from tests.factories import identity_with, make_person
from tests.simulations.factories import GOOD_CALL, make_edition, play_out

FORGOT = tuple(move for move in GOOD_CALL if move[0] not in (66, 77))  # neither downstairs nor the urgency
EVERYWHERE = ("/",)


@pytest.fixture
def learner(session):
    make_edition()
    return make_person()


@pytest.fixture
def assessor(session):
    return identity_with(Role.ASSESSOR, person_id=make_person("高文博").id)


def outcomes_of(call_id, **others):
    """Return what the engine says, with somebody else's word on some checkpoints."""
    items = reading().get_one(CallFigures, call_id).items
    said = {item["id"]: "met" if item["outcome"] == "doubtful" else item["outcome"] for item in items}
    return {**said, **others}


def marked(call, by, **others):
    outcomes = outcomes_of(call.id, **others)
    with unit_of_work() as session:
        return mark_blind(session, call.id, outcomes, remark="", by=by, now=clock.now())


@pytest.mark.both_databases
def test_marks_are_kept_once_beside_the_systems(learner, assessor):
    call = play_out(learner)
    marked(call, assessor, 关阀="not_met")
    found = comparison_of(reading(), call.id)
    assert [row.title for row in found.rows if row.false_pass] == ["指导关阀"]
    assert found.total_by_person < found.total
    with pytest.raises(Conflict):
        marked(call, assessor)
    assert len(reading().scalars(select(BlindMark)).all()) == 1


def test_who_has_seen_the_systems_word_does_not_mark_blind(learner, assessor):
    call = play_out(learner)
    with unit_of_work() as session:
        services.review_call(session, call.id, overrides={}, reason="", remark="", by=assessor,
                             now=clock.now() + timedelta(hours=1))
    with pytest.raises(Refused):
        marked(call, assessor)
    assert next_blind(reading(), "gas-leak-01", EVERYWHERE, by=assessor.person_id) is None
    assert next_blind(reading(), "gas-leak-01", EVERYWHERE, by=make_person("孙丽").id) == call.id


def test_own_calls_practice_and_half_marks_are_refused(learner, assessor):
    call, practice = play_out(learner), play_out(learner, purpose=Purpose.PRACTICE)
    with pytest.raises(Refused):
        marked(call, identity_with(Role.ASSESSOR, person_id=learner.id))
    with pytest.raises(NotFound):
        marked(practice, assessor)
    with pytest.raises(Invalid) as missing, unit_of_work() as session:
        mark_blind(session, call.id, {"关阀": "met"}, remark="", by=assessor, now=clock.now())
    assert len(missing.value.problems) == len(reading().get_one(CallFigures, call.id).items) - 1


def test_the_draw_decides_who_is_marked_next_not_the_marker(learner, assessor):
    calls = [play_out(learner).id for _ in range(3)]
    order = sorted(calls, key=lambda it: (not reading().get_one(CallFigures, it).sampled, draw_key(it)))
    for expected in order:
        assert next_blind(reading(), "gas-leak-01", EVERYWHERE, by=assessor.person_id) == expected
        marked(reading().get_one(SimulatedCall, expected), assessor)
    assert next_blind(reading(), "gas-leak-01", EVERYWHERE, by=assessor.person_id) is None
    assert next_blind(reading(), "gas-leak-01", (), by=assessor.person_id) is None


def test_a_blind_marker_sees_what_happened_and_no_outcome(learner):
    heard = heard_of(reading(), reading().get_one(SimulatedCall, play_out(learner).id))
    assert [line.at_ms for line in heard.happened] == sorted(line.at_ms for line in heard.happened)
    assert ("地址", "幸福路12号3幢2单元601室", "幸福路12号3幢2单元601室") in heard.ticket
    assert any(line.who == "note" for line in heard.happened)


@pytest.fixture
def calibrated(learner, assessor, monkeypatch):
    """A script that two double-marked calls prove, where fifty would be needed."""
    monkeypatch.setattr(calibration, "CALLS_NEEDED", 2)
    for moves in (GOOD_CALL, FORGOT):
        marked(play_out(learner, moves), assessor)
    return reading().scalars(select(ScriptEdition)).one()


def unsampled(learner, moves=GOOD_CALL):
    """Play until a call is not drawn for the audit sample."""
    while reading().get_one(CallFigures, (call := play_out(learner, moves)).id).sampled:
        reading().rollback()
    return call


def test_on_a_calibrated_script_a_pass_counts_by_itself_and_stays_what_it_was(learner, assessor, calibrated):
    assert calibrated.is_calibrated
    call = unsampled(learner)
    assert [fact.outcome for fact in reading().scalars(select(TrainingFact))] == ["passed"]
    assert is_reviewed(reading(), call.id)
    assert tries_of(reading(), learner.id)[0].reviewed
    marked(unsampled(learner, FORGOT), assessor, 开窗="not_met", 关阀="not_met")  # and the proof is gone
    assert not reading().get_one(ScriptEdition, calibrated.id).is_calibrated
    row = reading().scalars(select(CallScoreRow).where(CallScoreRow.call_id == call.id)).one()
    assert row.calibrated
    assert report_of(reading(), reading().get_one(SimulatedCall, call.id)).intact
    acts = [it.changes["calibrated"] for it in reading().scalars(
        select(AuditEntry).where(AuditEntry.action == "script.calibrate").order_by(AuditEntry.id))]
    assert acts == [[False, True], [True, False]]


def test_of_a_calibrated_script_only_the_audit_sample_is_still_marked(learner, assessor, calibrated):
    unsampled(learner)
    drawn = next_blind(reading(), "gas-leak-01", EVERYWHERE, by=assessor.person_id)
    assert drawn is None or reading().get_one(CallFigures, drawn).sampled


def test_what_another_engine_marked_proves_nothing_until_it_is_counted_again(learner, calibrated):
    with unit_of_work() as session:
        for kept in session.scalars(select(CallFigures)):
            kept.engine_version = "0.9.0"
        session.get_one(ScriptEdition, calibrated.id).calibrated_engine = "0.9.0"
    assert not reading().get_one(ScriptEdition, calibrated.id).is_calibrated
    assert standing_now(reading(), "gas-leak-01")[1].calls == 0
    with unit_of_work() as session:
        assert gather(session) == 2
        assert gather(session) == 0
    assert {kept.engine_version for kept in reading().scalars(select(CallFigures))} == {ENGINE_VERSION}
    assert standing_now(reading(), "gas-leak-01")[1].calibrated


@pytest.mark.parametrize(("was", "now", "keeps"), [
    ("客: 你倒是快说呀", "客: 你快讲嘛", True), ("开窗 = 开..窗", "开窗 = 打开..窗", False),
], ids=["another caller's line", "another phrase"])
def test_a_new_edition_keeps_the_proof_or_begins_anew(calibrated, was, now, keeps):
    text = calibrated.text.replace(was, now)
    assert text != calibrated.text
    colleague, phrases = identity_with(Role.TRAINER, person_id=make_person("何梦洁").id), calibrated.phrases
    with unit_of_work() as session:
        draft = ScriptEdition(
            code="gas-leak-01", number=2, title="二", text=text, phrases=phrases, digest="2", written_at=clock.now())
        session.add(draft)
        session.flush()
        services.publish_script(session, draft.id, by=colleague, now=clock.now())
    newest = services.published_edition(reading(), "gas-leak-01")
    assert (newest.number, newest.is_calibrated) == (2, keeps)
