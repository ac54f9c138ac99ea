"""Figures of a script: what they are worth, why things were missed, and what is hidden from whom."""

from uuid import UUID

import pytest

from lms.access.identity import Role
from lms.kernel.db import reading
from simulations.analytics.figures import Played, Reviewed, discrimination, figures_of, overridden
from simulations.analytics.reading import audience_of, heat_of, script_figures
from simulations.analytics.reasons import Missed, why_missed
from simulations.models import Purpose
from simulations.services import published_edition
from tests.factories import identity_with, make_person, make_unit
from tests.simulations.factories import GOOD_CALL, make_edition, play_out


@pytest.mark.parametrize(("codes", "reason"), [
    ([], Missed.NEVER), (["late"], Missed.LATE), (["part_said", "late"], Missed.LATE), (["part_said"], Missed.NEAR),
    (["negated", "late"], Missed.NEGATED), (["claimed_only"], Missed.CLAIMED), (["not_read_back"], Missed.NEVER),
    (["not_read_back", "wrong_digit"], Missed.WRONG_DIGIT), (["empty_field"], Missed.EMPTY),
    (["empty_field", "wrong_value"], Missed.WRONG_ENTRY), (["forbidden", "near"], Missed.FORBIDDEN),
    (["elsewhere"], Missed.MISPLACED), (["ended_learner"], Missed.ENDED),
    (["question"], Missed.NEAR), (["a code of tomorrow"], Missed.NEAR),
], ids=str)
def test_a_missed_checkpoint_has_the_most_telling_reason(codes, reason):
    assert why_missed(codes) is reason


def item(outcome="met", points=1000, *, why="", delay_ms=None, parts=()):
    return {"id": "关阀", "title": "指导关阀", "dimension": "处置", "critical": True, "human_only": False,
            "outcome": outcome, "points": points, "out_of": 1000, "why": why, "delay_ms": delay_ms, "parts": parts}


def played(person, *items, edition=1, attempt=1, total=9000):
    return Played(UUID(int=person), edition, attempt, total, total >= 8000, items)


def test_a_checkpoint_has_its_rate_discrimination_delay_and_reasons():
    calls = [played(n, item(delay_ms=1000 * n), total=9000 + n) for n in range(1, 4)]
    calls += [played(n, item("not_met", 0, why="late"), total=5000 + n) for n in range(4, 6)]
    calls.append(played(6, item("not_applicable", 0), total=100))
    found = figures_of(calls, whole=True).checkpoints[0]
    assert (found.calls, found.rate, found.delay_ms) == (5, 0.6, 2000)
    assert found.discrimination > 99
    assert [(it.reason, it.calls) for it in found.missed] == [(Missed.LATE, 2)]


def test_discrimination_leaves_the_checkpoints_own_points_out_of_the_mark():
    assert discrimination([(0, 10), (10, 10), (0, 20), (10, 20)]) == pytest.approx(-70.71, abs=0.01)
    assert discrimination([(10, 10), (10, 20)]) is None


@pytest.mark.parametrize(("people", "shown"), [(4, False), (5, True)], ids=["four learners", "five"])
def test_cells_of_fewer_than_five_learners_are_hidden(people, shown):
    calls = [played(n, item(), item("not_met", 0)) for n in range(people)]
    assert figures_of(calls, whole=False).shown is shown
    assert figures_of(calls, whole=True).shown


def test_each_cell_is_hidden_by_itself():
    wrong = ("电话", "16405716688", "16405716668", "wrong_digit")
    calls = [played(n, item("not_met", 0, why="late" if n < 5 else "never", parts=[wrong] if n < 4 else []))
             for n in range(9)]
    calls += [played(0, item(), attempt=2), played(1, item(), attempt=2, edition=2)]
    few, whole = figures_of(calls, whole=False), figures_of(calls, whole=True)
    assert [(it.reason, it.calls) for it in few.checkpoints[0].missed] == [(Missed.LATE, 5)]
    assert len(whole.checkpoints[0].missed) == 2
    assert (few.confusions, [it.examples for it in whole.confusions]) == ((), [(wrong[1:3],)])
    assert [it.mean is None for it in few.attempts] == [False, True]
    assert [it.mean is None for it in few.editions] == [False, True]
    assert few.checkpoints[0].drift is None
    assert whole.checkpoints[0].drift.difference > 0


def test_what_assessors_changed_is_counted_with_its_direction():
    reviews = [Reviewed("甲", UUID(int=n), ["a", "b"], {}) for n in range(5)]
    reviews.append(Reviewed("甲", UUID(int=9), ["a", "b"], {"a": ("met", "not_met"), "b": ("doubtful", "met")}))
    item_a, item_b = overridden(reviews, by_assessor=False, whole=False)
    assert (item_a.name, item_a.overrides, item_a.harsher, item_a.milder, item_a.doubts) == ("a", 1, 1, 0, 0)
    assert (item_b.overrides, item_b.doubts) == (0, 1)
    assert overridden(reviews, by_assessor=True, whole=False)[0].rate == pytest.approx(1 / 6)
    assert overridden(reviews[:4], by_assessor=True, whole=False)[0].overrides is None


@pytest.mark.both_databases
def test_the_query_itself_hides_small_cells_from_all_but_assessors(session):
    make_edition()
    unit = make_unit("hz")
    learners = [make_person(f"学员{n}", unit=unit) for n in range(4)]
    for learner in learners:
        play_out(learner, GOOD_CALL)
    trainer, assessor = audience_of(identity_with(Role.TRAINER)), audience_of(identity_with(Role.ASSESSOR))
    assert (trainer.whole, assessor.whole) == (False, True)
    edition = published_edition(reading(), "gas-leak-01")
    for audience, shown in ((trainer, False), (assessor, True)):
        found = script_figures(reading(), "gas-leak-01", audience, purpose=Purpose.EXAM)
        heat = heat_of(reading(), edition, audience, purpose=Purpose.EXAM)
        assert (found.calls, found.shown, bool(found.checkpoints), bool(heat.nodes)) == (4, shown, shown, shown)
    play_out(make_person("学员五", unit=unit), GOOD_CALL)
    assert script_figures(reading(), "gas-leak-01", trainer, purpose=Purpose.EXAM).shown
    assert heat_of(reading(), edition, trainer, purpose=Purpose.EXAM).nodes
    assert script_figures(reading(), "gas-leak-01", trainer, purpose=Purpose.PRACTICE).calls == 0
