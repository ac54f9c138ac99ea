"""Diff, apply and undo, for any records at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.people.rules.changes import Change, ChangeKind, Kept, apply, brake_needed, compensate, diff, digest

KEYS = st.sampled_from(["3001", "3002", "3003", "3004"])
RECORDS = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["陈", "沈", "周"]),
        "phone": st.sampled_from(["", "164", "165"]),
        "state": st.sampled_from(["active", "left"]),
    }
)
STATES = st.dictionaries(KEYS, RECORDS)
WANTED = st.dictionaries(KEYS, st.none() | RECORDS)


@given(STATES, WANTED)
def test_applying_a_diff_gives_exactly_what_was_wanted(current, wanted):
    after = apply(current, diff(current, wanted))
    for key, record in wanted.items():
        assert after.get(key) == record
    assert {key: after[key] for key in current.keys() - wanted.keys()} == {
        key: current[key] for key in current.keys() - wanted.keys()
    }


@given(STATES, WANTED)
def test_a_diff_of_what_stands_already_is_empty(current, wanted):
    after = apply(current, diff(current, wanted))
    assert diff(after, wanted) == ()


@given(STATES, WANTED)
def test_undoing_at_once_restores_everything(current, wanted):
    done = diff(current, wanted)
    back = compensate(done, apply(current, done))
    assert apply(apply(current, done), back.changes) == current
    assert back.kept == ()


@given(STATES, WANTED, WANTED)
def test_undoing_never_touches_what_was_changed_since(current, wanted, since):
    done = diff(current, wanted)
    now = apply(apply(current, done), diff(apply(current, done), since))
    after = apply(now, compensate(done, now).changes)
    touched = {change.key for change in diff(apply(current, done), since)}
    for key in touched:
        first, mine, then = apply(current, done).get(key), now.get(key), after.get(key)
        if first and mine and then:
            for field in mine:
                if mine[field] != first.get(field):
                    assert then[field] == mine[field]
    for change in done:
        if change.key not in touched:
            assert after.get(change.key) == current.get(change.key)


@given(STATES, WANTED)
def test_undoing_twice_does_nothing_the_second_time(current, wanted):
    done = diff(current, wanted)
    once = apply(apply(current, done), compensate(done, apply(current, done)).changes)
    assert compensate(done, once).changes == ()


def test_a_field_changed_since_is_named_with_what_stands_and_what_was_wanted():
    done = [Change("3001", {"name": "陈", "phone": "1"}, {"name": "沈", "phone": "2"})]
    back = compensate(done, {"3001": {"name": "沈", "phone": "3"}})
    assert back.changes == (Change("3001", {"name": "沈", "phone": "3"}, {"name": "陈", "phone": "3"}),)
    assert back.kept == (Kept("3001", "phone", "3", "1"),)


def test_somebody_added_and_changed_since_stays():
    back = compensate([Change("3001", None, {"name": "陈"})], {"3001": {"name": "沈"}})
    assert back.changes == ()
    assert back.kept == (Kept("3001", "name", "沈", "陈"),)


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (None, {"a": "1"}, ChangeKind.ADDED),
        ({"a": "1"}, None, ChangeKind.REMOVED),
        ({"a": "1"}, {"a": "2"}, ChangeKind.CHANGED),
    ],
)
def test_a_change_knows_its_kind(before, after, kind):
    assert Change("k", before, after).kind is kind


def test_a_fingerprint_tells_any_difference_and_ignores_empty_fields():
    one = [Change("k", None, {"a": "1", "b": ""})]
    assert digest(one) == digest([Change("k", None, {"a": "1"})])
    assert digest(one) != digest([Change("k", None, {"a": "2"})])
    assert digest(one) != digest([Change("j", None, {"a": "1"})])


@pytest.mark.parametrize(
    ("leaving", "present", "percent", "braked"),
    [
        (5, 100, 5, False),
        (6, 100, 5, True),
        (1, 19, 5, True),
        (1, 20, 5, False),
        (0, 100, 0, False),
        (1, 100, 0, True),
        (100, 100, 100, False),
        (0, 0, 5, False),
    ],
)
def test_the_brake_holds_just_above_the_share(leaving, present, percent, braked):
    assert brake_needed(leaving, present, percent) is braked
