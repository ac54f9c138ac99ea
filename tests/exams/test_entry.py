"""Who may come into a session: from where, with which code, until when. And how a page's silence is read."""

from datetime import UTC, datetime, timedelta

import pytest

from lms.exams.rules.entry import Entry, EntryRefusal, comes_from, entry_window, read_networks
from lms.exams.rules.timing import WindowState
from lms.exams.rules.watching import Away, EventKind, Presence, away, presence

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR, MINUTE, SECOND, TICK = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1), timedelta(microseconds=1)
MANY = " ".join(f"10.0.0.{n}" for n in range(51))
ROOM = ("10.4.0.0/16", "2001:db8::/32")


@pytest.mark.parametrize(
    ("address", "inside"),
    [("10.4.0.0", True), ("10.4.255.255", True), ("10.3.255.255", False), ("10.5.0.0", False),
     ("::ffff:10.4.2.8", True), ("2001:db8::1", True), ("2001:db9::1", False), ("", False), ("10.4.2", False),
     ("unix:", False)],
)
def test_a_network_holds_its_first_and_last_address_and_nothing_else(address, inside):
    assert comes_from(address, ROOM) is inside


def test_without_networks_one_may_come_from_anywhere():
    assert comes_from("nowhere", ())


@pytest.mark.parametrize(
    ("text", "read"),
    [("", ()), ("10.4.2.8/16", ("10.4.0.0/16",)), ("10.4.0.1；10.4.0.1，::1\n", ("10.4.0.1/32", "::1/128"))],
    ids=["nothing", "an address within its block", "repeats and Chinese separators"],
)
def test_networks_are_read_as_people_write_them(text, read):
    assert read_networks(text) == read


@pytest.mark.parametrize("text", ["10.4.0.0/33", "hz.local", "10.4.0.0/16 x", MANY])
def test_what_is_no_network_is_named(text):
    with pytest.raises(ValueError, match=r"\S"):
        read_networks(text)


@pytest.mark.parametrize(
    ("code", "address", "refusal"),
    [("K7QM2D", "10.4.0.9", None), ("k7q m2d", "10.4.0.9", None), ("", "10.4.0.9", EntryRefusal.CODE),
     ("K7QM2", "10.4.0.9", EntryRefusal.CODE), ("K7QM2D", "10.9.0.9", EntryRefusal.NETWORK)],
    ids=["right", "as typed", "none", "too short", "from elsewhere"],
)
def test_code_and_network_both_have_to_fit(code, address, refusal):
    assert Entry("K7QM2D", ROOM).refusal(code=code, address=address) is refusal


@pytest.mark.parametrize(
    ("late", "at", "state"),
    [(None, 2 * HOUR - TICK, WindowState.OPEN), (15, 15 * MINUTE - TICK, WindowState.OPEN),
     (15, 15 * MINUTE, WindowState.OVER), (15, -TICK, WindowState.NOT_YET), (180, 2 * HOUR, WindowState.OVER)],
    ids=["to the end", "a tick before", "at the minute", "not yet", "never beyond the end"],
)
def test_late_entry_ends_at_its_minute_and_never_after_the_session(late, at, state):
    assert entry_window(NINE, NINE + 2 * HOUR, late).state(NINE + at) is state


@pytest.mark.parametrize("late", [0, -1, 721])
def test_a_late_entry_out_of_range_is_refused(late):
    with pytest.raises(ValueError, match="late"):
        entry_window(NINE, NINE + HOUR, late)


@pytest.mark.parametrize(
    ("kinds", "told"),
    [([], Away()), (["left"], Away(1, True)), (["left", "back"], Away(1)), (["left", "left", "back"], Away(2)),
     (["back", "fullscreen_ended"], Away())],
)
def test_leaving_is_counted_and_coming_back_ends_it(kinds, told):
    assert away([EventKind(kind) for kind in kinds]) == told


@pytest.mark.parametrize(
    ("facts", "state"),
    [({"begun": False}, Presence.ABSENT), ({"closed": True, "paused": True}, Presence.DONE),
     ({"paused": True, "seen_at": None}, Presence.PAUSED), ({"seen_at": None}, Presence.OFFLINE),
     ({"seen_at": NINE - 25 * SECOND}, Presence.HERE), ({"seen_at": NINE - 25 * SECOND - TICK}, Presence.OFFLINE),
     ({"left": True}, Presence.AWAY), ({"left": True, "seen_at": NINE - MINUTE}, Presence.OFFLINE)],
    ids=["not begun", "closed", "paused", "never heard of", "25 seconds", "a tick more", "left", "left and silent"],
)
def test_how_somebody_stands(facts, state):
    usual = {"begun": True, "closed": False, "paused": False, "seen_at": NINE, "left": False}
    assert presence(**{**usual, **facts}, at=NINE) is state
