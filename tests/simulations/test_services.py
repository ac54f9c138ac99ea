"""A call from ring to fact: what is kept, what is refused, what an assessor decides."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from lms.access.identity import Role
from lms.kernel import clock
from lms.kernel.db import db, reading, unit_of_work
from lms.kernel.errors import Conflict, Invalid, NotFound, Refused
from lms.records.models import TrainingFact
from simulations import EventRefused, fold, load_library, services
from simulations.models import CallEvent, CallScoreRow, CallState, Purpose, ScriptEdition, SimulatedCall
from simulations.queries import compiled, log_of, replayed, report_of, scripts_for
from simulations.services import Move
from tests.factories import identity_with, make_person
from tests.simulations.factories import GAS, GOOD_CALL, make_edition, play_out

pytestmark = pytest.mark.both_databases


@pytest.fixture
def learner(session):
    make_edition()
    return make_person()


@pytest.fixture
def assessor(session):
    return identity_with(Role.ASSESSOR, person_id=make_person("高文博").id)


def review(call, by, **fields):
    values = {"overrides": {}, "reason": "", "remark": "", **fields}
    with unit_of_work() as session:
        return services.review_call(session, call.id, by=by, now=clock.now() + timedelta(hours=1), **values)


def facts():
    return [(fact.activity, fact.outcome, fact.score) for fact in reading().scalars(select(TrainingFact))]


def test_a_good_call_ends_by_itself_and_is_scored_once(learner):
    call = play_out(learner)
    kept = reading().get_one(SimulatedCall, call.id)
    score = reading().scalars(select(CallScoreRow)).one()
    assert kept.state == CallState.ENDED
    assert score.passed, report_of(reading(), kept).score.as_json()


@pytest.fixture
def leak(session, monkeypatch):
    """The bundled library is one script."""
    bundle = load_library()
    found = next(it for it in bundle.scripts if it.code == "gas-leak-01")
    monkeypatch.setattr(services, "load_library", lambda: replace(bundle, scripts=(found,)))
    return found


def load_bundled():
    with unit_of_work() as session:
        return services.load_bundled(session, now=clock.now())


def editions_there():
    return [(it.number, it.source, it.state)
            for it in reading().scalars(select(ScriptEdition).order_by(ScriptEdition.number))]


@pytest.mark.parametrize("state", ["draft", "published"])
def test_loading_the_bundled_scripts_again_leaves_an_edition_of_our_own_where_it_is(leak, state):
    assert load_bundled() == 1
    make_edition(number=2, source="own", state=state, published_at=None if state == "draft" else clock.now())
    assert load_bundled() == 0
    assert editions_there() == [(1, "bundled", "published"), (2, "own", state)]


def test_a_new_bundled_text_waits_as_a_draft_where_our_own_edition_is_played(leak):
    make_edition(source="own")
    assert (load_bundled(), load_bundled()) == (1, 0)
    assert editions_there() == [(1, "own", "published"), (2, "bundled", "draft")]
    assert services.published_edition(reading(), "gas-leak-01").number == 1


def test_the_log_is_whole_and_a_recount_gives_the_same_digest(learner):
    call = play_out(learner)
    assert report_of(reading(), reading().get_one(SimulatedCall, call.id)).intact


def test_an_automatic_score_makes_no_fact_on_a_script_that_is_not_calibrated(learner):
    play_out(learner)
    assert facts() == []


def test_the_assessors_confirmation_makes_the_fact(learner, assessor):
    call = play_out(learner)
    made = review(call, assessor)
    assert made.passed
    assert facts() == [("call:gas-leak-01", "passed", made.total)]


def test_an_override_needs_a_reason_and_keeps_both_values(learner, assessor):
    call = play_out(learner)
    with pytest.raises(Invalid):
        review(call, assessor, overrides={"关阀": "not_met"})
    made = review(call, assessor, overrides={"关阀": "not_met"}, reason="说的是表前阀")
    assert made.overrides == {"关阀": ["met", "not_met"]}
    assert facts()[0][1] == "failed"


def test_a_call_is_reviewed_once(learner, assessor):
    call = play_out(learner)
    review(call, assessor)
    with pytest.raises(Conflict):
        review(call, assessor)
    assert len(facts()) == 1


def test_nobody_reviews_a_call_of_their_own(learner):
    call = play_out(learner)
    with pytest.raises(Refused):
        review(call, identity_with(Role.ASSESSOR, person_id=learner.id))


def test_a_practice_call_is_not_reviewed(learner, assessor):
    call = play_out(learner, purpose=Purpose.PRACTICE)
    with pytest.raises(NotFound):
        review(call, assessor)


def test_the_same_move_sent_twice_is_one_event(learner):
    began = clock.now()
    with unit_of_work() as session:
        call = services.start_call(session, "gas-leak-01", purpose=Purpose.EXAM, modes=("type",), now=began,
                                   by=identity_with(person_id=learner.id))
    for _again in range(3):
        with unit_of_work() as session:
            services.play(session, call.id, Move("answered", {}, 6000, 1), now=began + timedelta(seconds=6))
    assert [event.kind for event in log_of(reading(), call.id)].count("answered") == 1


def test_a_state_that_was_never_committed_is_not_gone_on_from(learner):
    began = clock.now()
    with unit_of_work() as session:
        call = services.start_call(session, "gas-leak-01", purpose=Purpose.EXAM, modes=("type",), now=began,
                                   by=identity_with(person_id=learner.id))
    with pytest.raises(ZeroDivisionError), unit_of_work() as session:
        services.play(session, call.id, Move("answered", {}, 6000, 1), now=began + timedelta(seconds=6))
        assert replayed(session, session.get_one(SimulatedCall, call.id)).answered_ms is not None
        raise ZeroDivisionError
    kept = reading().get_one(SimulatedCall, call.id)
    assert replayed(reading(), kept) == fold(compiled(kept.edition), log_of(reading(), call.id))


def test_the_same_number_with_another_move_is_refused_and_leaves_nothing(learner):
    began = clock.now()
    with unit_of_work() as session:
        call = services.start_call(session, "gas-leak-01", purpose=Purpose.EXAM, modes=("type",), now=began,
                                   by=identity_with(person_id=learner.id))
        services.play(session, call.id, Move("answered", {}, 6000, 1), now=began + timedelta(seconds=6))
    with pytest.raises(EventRefused), unit_of_work() as session:
        services.play(session, call.id, Move("hangup", {}, 6000, 1), now=began + timedelta(seconds=6))
    assert "hangup" not in [event.kind for event in log_of(reading(), call.id)]


def test_nothing_is_taken_after_the_call_has_ended(learner):
    call = play_out(learner)
    events = len(log_of(reading(), call.id))
    with pytest.raises(EventRefused, match="ended"), unit_of_work() as session:
        services.play(session, call.id, Move("utterance", {"mode": "type", "text": "对不起"}, 1, 99),
                      now=clock.now() + timedelta(hours=1))
    assert len(log_of(reading(), call.id)) == events


def test_a_call_nobody_came_back_to_is_closed(learner):
    with unit_of_work() as session:
        call = services.start_call(session, "gas-leak-01", purpose=Purpose.EXAM, modes=("type",), now=clock.now(),
                                   by=identity_with(person_id=learner.id))
    later = clock.now() + services.ABANDONED_AFTER + timedelta(seconds=1)
    with unit_of_work() as session:
        assert services.close_abandoned(session, now=later) == 1
    assert reading().get_one(SimulatedCall, call.id).state == CallState.ENDED


def test_the_database_itself_keeps_the_log_append_only(learner):
    play_out(learner, GOOD_CALL[:2])
    for statement in ("UPDATE call_event SET seq = seq + 100", "DELETE FROM call_event"):
        with pytest.raises(DBAPIError, match="append-only"), db.engine.begin() as connection:
            connection.execute(text(statement))
    reading().rollback()
    assert reading().scalar(select(CallEvent.seq).limit(1)) is not None


def test_a_script_with_errors_is_refused_with_every_place(session, now):
    broken = GAS.replace("-> 报险", "-> 抱险").replace("[开窗] 指导开窗 | 处置 | 10", "[开窗] 指导开窗 | 处置 | 十")
    with pytest.raises(Invalid) as refused, unit_of_work() as writing:
        services.save_draft(writing, broken, by=identity_with(Role.TRAINER), now=now)
    assert len({problem.where for problem in refused.value.problems}) >= 2


def test_a_second_person_publishes(session, now):
    writer, colleague = make_person(), make_person("何梦洁")
    by = identity_with(Role.TRAINER, person_id=writer.id)
    bundled = services.load_library()
    text_ = bundled.scripts[0].text.replace(bundled.scripts[0].code, "own-script")
    with unit_of_work() as writing:
        edition = services.save_draft(writing, text_, by=by, now=now)
    with pytest.raises(Refused), unit_of_work() as writing:
        services.publish_script(writing, edition.id, by=by, now=now)
    with unit_of_work() as writing:
        services.publish_script(writing, edition.id, by=identity_with(Role.TRAINER, person_id=colleague.id), now=now)
    assert services.published_edition(reading(), "own-script") is not None


def test_loading_the_bundled_scripts_again_changes_nothing(session, now):
    with unit_of_work() as writing:
        assert services.load_bundled(writing, now=now) >= 5
    with unit_of_work() as writing:
        assert services.load_bundled(writing, now=now) == 0


def test_a_learner_sees_what_is_required_first(learner, now):
    make_edition(GAS.replace("gas-leak-01", "another"), code="another", difficulty=1)
    with unit_of_work() as writing:
        services.assign_call(writing, "gas-leak-01", person_id=learner.id, due_at=None, reason="", now=now)
    assert [line.code for line in scripts_for(reading(), learner.id)] == ["gas-leak-01", "another"]
