"""What is shown of a result and from when: each thing by its own rule, on the boundary."""

from datetime import UTC, datetime, timedelta

import pytest

from lms.exams.rules.release import Opening, Release, Rule, Shown, When, opening, release_from_json, release_to_json
from lms.exams.rules.terms import Terms, TermsFlaw, terms_flaws, terms_from_json, terms_to_json

MARKED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)


def shown(when, at, *, start=None, session_ends_at=None, marked_at=MARKED):
    return opening(Rule(When(when), start), marked_at=marked_at, session_ends_at=session_ends_at, at=at)


@pytest.mark.parametrize(
    ("when", "more", "since"),
    [
        ("at_once", {}, MARKED),
        ("after_session", {"session_ends_at": MARKED + HOUR}, MARKED + HOUR),
        ("after_session", {"session_ends_at": MARKED - HOUR}, MARKED),
        ("after_session", {}, MARKED),
        ("from", {"start": MARKED + 2 * HOUR}, MARKED + 2 * HOUR),
        ("from", {"start": MARKED - 2 * HOUR}, MARKED),
    ],
    ids=["at once", "after the session", "a session over before it was marked", "no session", "from a date",
         "a date that has passed"],
)
def test_a_thing_opens_at_its_instant_and_not_a_tick_before(when, more, since):
    assert shown(when, since, **more) == Opening(True, since)
    assert shown(when, since - TICK, **more) == Opening(False, since)


def test_what_is_never_shown_stays_shut():
    assert shown("never", MARKED + 10_000 * HOUR) == Opening(False, None)


@pytest.mark.parametrize("when", ["at_once", "after_session", "never"])
def test_nothing_is_shown_while_answers_are_being_marked(when):
    assert shown(when, MARKED + HOUR, marked_at=None) == Opening(False, None)


def test_rules_are_stored_and_read_back():
    release = Release(key=Rule(When.NEVER), explanation=Rule(When.FROM, MARKED))
    assert release_from_json(release_to_json(release)) == release
    assert release_from_json({}).rule(Shown.SCORE).when is When.AT_ONCE


@pytest.mark.parametrize(
    "stored", [{"marks": {"when": "never"}}, {"key": {"when": "soon"}}, {"key": {}}], ids=["thing", "word", "nothing"]
)
def test_unknown_rules_are_refused(stored):
    with pytest.raises((ValueError, KeyError)):
        release_from_json(stored)


def test_terms_keep_them_and_miss_a_date():
    terms = Terms((), release=Release(key=Rule(When.FROM)), appeal_days=61)
    assert terms_from_json(terms_to_json(terms)) == terms
    assert {TermsFlaw.RELEASE, TermsFlaw.APPEAL} <= set(terms_flaws(terms))
