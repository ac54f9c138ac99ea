"""The bundled library proves itself: no findings, every plan holds, every phrase has real variants."""

import re
from pathlib import Path

import pytest

import simulations
from lms.desk.sample.organisation import QUEUES
from simulations import compile_script, load_library
from simulations.plan_runs import differences, play_plan
from simulations.script.diagnostics import Findings
from simulations.script.parser import parse_script
from simulations.script.tree import atoms
from simulations.script.vocabulary import AtomKind
from tests.simulations.calls import score_of

BUNDLE = load_library()
PLANS = [(b, plan) for b in BUNDLE.scripts for plan in b.plans]
SPOKEN = (AtomKind.SAY, AtomKind.DISSUADE, AtomKind.NEVER_SAY)


def named(pair):
    return f"{pair[0].code} {pair[1].name}"


def test_these_scripts_are_bundled_with_their_queues():
    assert {b.code: b.queue for b in BUNDLE.scripts} == {
        "gas-leak-01": "gas",
        "gas-outdoor-01": "gas",
        "gas-co-01": "gas",
        "refund-01": "complaint",
        "complaint-delay-01": "complaint",
        "outage-01": "complaint",
        "bill-01": "billing",
        "meter-01": "billing",
        "billing-en-01": "billing",
        "privacy-trap-01": "service",
        "angry-caller-01": "complaint",
        "120-chest-pain-01": "emergency",
        "120-traffic-01": "emergency",
        "wrong-number-01": "service",
        "school-enrolment-01": "service",
        "elderly-dialect-01": "service",
        "order-en-01": "order",
        "order-01": "order",
        "followup-callback-01": "callback",
        "refund-02": "complaint",
        "outage-02": "service",
        "enquiry-01": "service",
        "elderly-care-01": "service",
        "silent-caller-01": "service",
        "complaint-attitude-01": "complaint",
    }


def test_the_sample_call_centre_has_every_queue_that_a_script_belongs_to():
    assert {b.queue for b in BUNDLE.scripts} <= {queue.code for queue in QUEUES}


@pytest.mark.parametrize("script", BUNDLE.scripts, ids=lambda b: b.code)
def test_a_bundled_script_has_no_finding(script):
    assert compile_script(script.text, BUNDLE.phrases).diagnostics == ()


@pytest.mark.parametrize("pair", PLANS, ids=named)
def test_a_plan_ends_and_scores_as_it_says(pair):
    script, plan = pair
    assert differences(script.script, plan) == []


@pytest.mark.parametrize("script", BUNDLE.scripts, ids=lambda b: b.code)
def test_plans_show_a_perfect_an_average_and_a_failing_call(script):
    scores = {plan.name: score_of(play_plan(script.script, plan)) for plan in script.plans}
    assert scores["完美"].passed and scores["口语变体"].passed
    assert scores["完美"].total == scores["口语变体"].total == 10_000
    assert 4_000 < scores["中等"].total < 9_000
    assert all(scores[name].passed for name in scores.keys() & {"语音"})
    assert not scores["失败"].passed and scores["失败"].critical_failures


@pytest.mark.parametrize("script", BUNDLE.scripts, ids=lambda b: b.code)
def test_a_plan_that_expects_something_else_is_told_so(script):
    perfect, failing = script.plans[0], script.plans[-1]
    assert differences(
        script.script,
        perfect.__class__(**{**{name: getattr(failing, name) for name in perfect.__slots__}, "steps": perfect.steps}),
    )


@pytest.mark.parametrize("script", BUNDLE.scripts, ids=lambda b: b.code)
def test_every_scored_phrase_ships_with_six_real_variants(script):
    scored = {
        n.key
        for c in script.script.checkpoints
        if c.points or c.critical
        for a in atoms(c.condition)
        if a.kind in SPOKEN
        for n in a.names
    }
    few = {
        name: len(script.script.phrases[name].positive)
        for name in scored
        if len(script.script.phrases[name].positive) < 6
    }
    assert few == {}


def test_a_coach_says_what_a_call_teaches_what_goes_wrong_and_how_to_say_it_better():
    noted = [b for b in BUNDLE.scripts if b.script.tree.coach]
    assert len(noted) >= 8
    assert [b.code for b in noted if len({note.topic for note in b.script.tree.coach}) < 3] == []


def test_the_bundled_scripts_come_easy_middling_and_hard():
    assert {b.difficulty for b in BUNDLE.scripts} >= {1, 2, 3, 4, 5}


@pytest.mark.parametrize("name", list(BUNDLE.checkpoint_sets))
def test_a_checkpoint_set_is_ready_to_insert_and_adds_up(name):
    findings = Findings()
    tree = parse_script(BUNDLE.checkpoint_sets[name], findings)
    assert [d.code for d in findings.sorted() if d.code != "CS105"] == []
    assert sum(c.points for c in tree.checks) == 10_000


def test_code_that_names_a_phrase_library_names_the_newest():
    sources = (path.read_text("utf-8") for path in Path(simulations.__file__).parent.rglob("*.py"))
    assert {key for text in sources for key in re.findall(r"通用短语@\d+", text)} == set(BUNDLE.phrases)


def test_sample_numbers_belong_to_nobody():
    for script in BUNDLE.scripts:
        assert all(value.startswith("164") for key, value in script.script.facts.items() if key == "电话")
