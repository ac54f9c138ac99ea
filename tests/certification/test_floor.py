"""The gate as a table, and as properties over made-up histories."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.certification.rules.cycles import settle, undermined
from lms.certification.rules.floor import (
    BEGINNING,
    FOREVER,
    Basis,
    Case,
    Opening,
    QueueRule,
    ReasonCode,
    Span,
    Suspension,
    decide_floor_access,
    timeline,
)
from lms.certification.rules.replay import History, replay
from lms.certification.rules.requirements import Requirement, RequirementKind
from lms.records.rules import in_force
from tests.certification.histories import LONG_AGO, ZONE, course, fact, local, other, rule, theory

SECOND = timedelta(seconds=1)
TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)
PASSED = local("2026-03-02 12:00")
ENDS = local("2027-03-03 00:00")
EDITIONS = {"gas": (rule(theory(80)),)}
QUEUE = QueueRule("gas", (("gas", Span(LONG_AGO)),))


def certified(**more):
    history = History((fact("exam:gas-theory", PASSED, 90),))
    return Case(cycles=replay(EDITIONS, history), facts=history.facts, **more)


def gate(case, at, queue=QUEUE, editions=EDITIONS):
    return decide_floor_access(case, queue, editions, at=at)


@pytest.mark.parametrize(("at", "allowed"),
                         [(ENDS - SECOND, True), (ENDS, False), (ENDS + SECOND, False)],
                         ids=["a second before", "at the instant", "a second after"])
def test_the_gate_closes_when_the_certificate_ends(at, allowed):
    assert gate(certified(), at).allowed is allowed


def test_the_gate_says_until_when_and_why():
    answer = gate(certified(), PASSED)
    assert (answer.basis, answer.until, answer.reasons[0].code) == (Basis.CERTIFICATE, ENDS, ReasonCode.CERTIFIED)
    later = gate(certified(), ENDS)
    assert (later.until, later.reasons[0].code, later.reasons[0].at) == (None, ReasonCode.CERTIFICATE_EXPIRED, ENDS)


@pytest.mark.parametrize(
    ("case", "queue", "editions", "code"),
    [
        (None, QUEUE, EDITIONS, ReasonCode.UNKNOWN_PERSON),
        (certified(), None, EDITIONS, ReasonCode.UNKNOWN_QUEUE),
        (certified(), QueueRule("gas", ()), EDITIONS, ReasonCode.QUEUE_NOT_CONFIGURED),
        (certified(), QueueRule("gas", (("gas", Span(LONG_AGO, PASSED)),)), EDITIONS, ReasonCode.QUEUE_NOT_CONFIGURED),
        (certified(), QueueRule("gas", (("nonsense", Span(LONG_AGO)),)), EDITIONS, ReasonCode.RULE_BROKEN),
        (certified(), QUEUE, {"gas": (rule(),)}, ReasonCode.RULE_BROKEN),
        (certified(), QUEUE, {"gas": (rule(other("gas")),)}, ReasonCode.RULE_BROKEN),
        (certified(), QUEUE, {"gas": (rule(Requirement("x", RequirementKind.THEORY, ()),),)}, ReasonCode.RULE_BROKEN),
        (certified(away=(Span(PASSED),)), QUEUE, EDITIONS, ReasonCode.LEFT),
        (certified(suspensions=(Suspension(Span(PASSED)),)), QUEUE, EDITIONS, ReasonCode.SUSPENDED),
        (certified(suspensions=(Suspension(Span(PASSED), queue="gas"),)), QUEUE, EDITIONS, ReasonCode.SUSPENDED),
        (certified(suspensions=(Suspension(Span(PASSED), certification="gas"),)), QUEUE, EDITIONS,
         ReasonCode.SUSPENDED),
        (Case(), QUEUE, EDITIONS, ReasonCode.CERTIFICATE_MISSING),
    ],
    ids=["unknown person", "unknown queue", "queue that asks for nothing", "queue that no longer asks for anything",
         "unknown certification", "rule without requirements", "rule that asks for itself", "nonsense rule", "leaver",
         "suspended", "suspended from the queue", "certificate suspended", "never certified"],
)
def test_the_gate_fails_closed(case, queue, editions, code):
    answer = gate(case, PASSED + SECOND, queue, editions)
    assert not answer.allowed
    assert answer.reasons[0].code is code


def test_every_missing_certificate_is_named():
    queue = QueueRule("gas", (("gas", Span(LONG_AGO)), ("basic", Span(LONG_AGO)), ("more", Span(LONG_AGO))))
    editions = {**EDITIONS, "basic": (rule(course(), code="basic"),), "more": (rule(course(), code="more"),)}
    assert [it.about for it in gate(certified(), PASSED, queue, editions).reasons] == ["basic", "more"]


def test_a_suspension_from_another_queue_changes_nothing():
    assert gate(certified(suspensions=(Suspension(Span(PASSED), queue="service"),)), PASSED).allowed


@pytest.mark.parametrize("offset", [-SECOND, timedelta(), SECOND])
def test_a_suspension_ends_at_its_instant(offset):
    ends = PASSED + 10 * DAY
    case = certified(suspensions=(Suspension(Span(PASSED + DAY, ends)),))
    assert gate(case, ends + offset).allowed is (offset >= timedelta())
    assert gate(case, PASSED).until == PASSED + DAY, "until is told ahead for a suspension that is planned"


@pytest.mark.parametrize(("offset", "allowed"), [(-SECOND, True), (timedelta(), False)])
@pytest.mark.parametrize("basis", [Basis.WAIVER, Basis.SUPERVISED])
def test_a_waiver_or_a_supervised_phase_opens_until_its_instant(basis, offset, allowed):
    ends = PASSED + 3 * DAY
    case = Case(openings=(Opening(basis, Span(PASSED, ends), "gas", "mentor-7"),))
    answer = gate(case, ends + offset)
    assert (answer.allowed, answer.basis) == (allowed, basis if allowed else Basis.NONE)


def test_a_waiver_opens_no_other_queue_nor_a_queue_that_asks_for_nothing_nor_for_whom_is_suspended_or_left():
    waiver = Opening(Basis.WAIVER, Span(PASSED), "gas")
    service = QueueRule("service", (("gas", Span(LONG_AGO)),))
    assert not gate(Case(openings=(waiver,)), PASSED, service).allowed
    assert not gate(Case(openings=(waiver,)), PASSED, QueueRule("gas", ())).allowed
    assert not gate(Case(openings=(waiver,), suspensions=(Suspension(Span(PASSED)),)), PASSED).allowed
    assert not gate(Case(openings=(waiver,), away=(Span(PASSED),)), PASSED).allowed
    assert not gate(Case(openings=(waiver,)), PASSED, QUEUE, {"gas": (rule(),)}).allowed


def test_until_looks_past_a_certificate_that_a_waiver_takes_over_from():
    waiver = Opening(Basis.WAIVER, Span(ENDS - DAY, ENDS + DAY), "gas")
    assert gate(certified(openings=(waiver,)), PASSED).until == ENDS + DAY


def test_whoever_comes_back_finds_the_certificate_they_had():
    case = certified(away=(Span(PASSED + DAY, PASSED + 30 * DAY),))
    assert not gate(case, PASSED + 30 * DAY - SECOND).allowed
    assert gate(case, PASSED + 30 * DAY).allowed


# Properties over made-up histories.
MOMENTS = st.integers(0, 900).map(lambda hours: PASSED + timedelta(hours=hours * 13))
RULES = {"gas": (rule(theory(80), course(period_months=6), months=3, window_days=20),
                 rule(theory(70), other("basic"), number=2, published_at=PASSED + 200 * DAY, months=2, window_days=10)),
         "basic": (rule(course(), code="basic", months=4, window_days=15),)}
BUSY = QueueRule("gas", (("gas", Span(LONG_AGO)), ("basic", Span(PASSED + 150 * DAY, PASSED + 300 * DAY))))


@st.composite
def histories(draw):
    """A ledger of passes, fails and corrections in the order it learned them, some of them late."""
    facts = []
    for recorded in sorted(draw(st.lists(MOMENTS, max_size=18, unique=True))):
        late = timedelta(days=draw(st.integers(0, 9)))
        kind = draw(st.sampled_from(["course:gas-leak", "exam:gas-theory"]))
        if facts and draw(st.integers(0, 5)) == 0:
            old = draw(st.sampled_from(facts))
            if old.id not in {it.supersedes for it in facts}:
                facts.append(fact(old.activity, old.occurred_at, draw(st.sampled_from([75, 95])),
                                  recorded_at=recorded, supersedes=old.id))
            continue
        facts.append(fact(kind, recorded - late, draw(st.sampled_from([60, 75, 85])), recorded_at=recorded))
    return History(tuple(facts))


spans = st.tuples(MOMENTS, st.integers(1, 2000)).map(lambda it: Span(it[0], it[0] + timedelta(hours=it[1])))


@st.composite
def cases(draw):
    history = draw(histories())
    return Case(
        away=tuple(draw(st.lists(spans, max_size=1))),
        suspensions=tuple(Suspension(span, queue=draw(st.sampled_from(["", "gas"])))
                          for span in draw(st.lists(spans, max_size=2))),
        openings=tuple(Opening(draw(st.sampled_from([Basis.WAIVER, Basis.SUPERVISED])), span, "gas")
                       for span in draw(st.lists(spans, max_size=2))),
        cycles=replay(RULES, history), facts=tuple(in_force(history.facts)))


@settings(max_examples=120, deadline=None)
@given(cases(), st.lists(MOMENTS, min_size=1, max_size=6))
def test_the_projection_answers_as_the_rules_do_at_every_instant(case, moments):
    segments = timeline(case, BUSY, RULES)
    assert (segments[0].starts_at, segments[-1].ends_at) == (BEGINNING, FOREVER)
    assert all(one.ends_at == two.starts_at for one, two in zip(segments, segments[1:], strict=False))
    edges = [edge for it in segments[1:] for edge in (it.starts_at - TICK, it.starts_at)]
    for at in [*moments, *edges]:
        (segment,) = [it for it in segments if it.starts_at <= at < it.ends_at]
        answer = gate(case, at, BUSY, RULES)
        assert (segment.decision.allowed, segment.decision.reasons, segment.decision.until) == (
            answer.allowed, answer.reasons, answer.until)


@settings(max_examples=120, deadline=None)
@given(cases(), MOMENTS)
def test_the_gate_is_open_right_up_to_until_and_shut_at_it(case, at):
    answer = gate(case, at, BUSY, RULES)
    if answer.until is not None:
        assert gate(case, answer.until - TICK, BUSY, RULES).allowed
        assert not gate(case, answer.until, BUSY, RULES).allowed


@settings(max_examples=100, deadline=None)
@given(histories())
def test_issuing_one_fact_at_a_time_gives_what_recomputing_gives(history):
    cycles = {}
    for number, arrived in enumerate(history.facts, start=1):
        known = in_force(history.facts[:number])
        published = [it.published_at for it in RULES["gas"] if it.published_at > PASSED - DAY]
        for instant in published:
            before = history.facts[number - 2].recorded_at if number > 1 else LONG_AGO
            if before < instant <= arrived.recorded_at:
                take(cycles, settle(RULES, cycles, in_force(history.facts[: number - 1]), now=instant, zone=ZONE))
        if arrived.supersedes is not None:
            for gone in undermined(RULES, cycles, known, now=arrived.recorded_at):
                cycles[gone.code] = [gone if it.number == gone.number else it for it in cycles[gone.code]]
        take(cycles, settle(RULES, cycles, known, now=arrived.recorded_at, zone=ZONE))
    last = history.facts[-1].recorded_at if history.facts else LONG_AGO
    assert {code: tuple(of) for code, of in cycles.items()} == replay(RULES, history, known_at=last)


def take(cycles, issued):
    for cycle in issued:
        cycles.setdefault(cycle.code, []).append(cycle)


@settings(max_examples=100, deadline=None)
@given(histories())
def test_certificates_are_numbered_without_gaps_and_never_begin_before_their_window(history):
    for cycles in replay(RULES, history).values():
        assert [it.number for it in cycles] == list(range(1, len(cycles) + 1))
        for one in cycles:
            assert one.period.starts_at <= one.issued_at
            assert one.since is None or one.period.starts_at >= one.since
