"""The answer journal: nothing is lost, nothing counts twice, order is the seat's epoch and then its sequence."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.exams.rules.journal import (
    Arrival,
    Close,
    Journal,
    Kept,
    Key,
    Save,
    TakeOver,
    Verdict,
    changed_items,
    final_answers,
    fold,
)

END = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)


def save(item=1, epoch=1, sequence=1, body='"a"', before_end=MINUTE):
    return Save(Key(item, epoch, sequence), body, END - before_end)


def test_a_save_that_arrives_twice_is_one_save():
    journal = Journal(END)
    assert journal.receive(save()) == (Arrival.KEPT, Verdict.COUNTED)
    assert journal.receive(save()) == (Arrival.REPEATED, Verdict.COUNTED)
    assert len(journal.kept) == 1


def test_the_same_key_with_another_body_is_a_conflict_and_the_first_stands():
    journal = Journal(END)
    journal.receive(save(body='"a"'))
    assert journal.receive(save(body='"b"')) == (Arrival.CONFLICT, Verdict.COUNTED)
    assert journal.final_answers() == {1: '"a"'}


def test_an_old_save_that_arrives_late_does_not_undo_a_newer_one():
    journal = fold([save(sequence=2, body='"new"'), save(sequence=1, body='"old"')], last_accepting=END)
    assert journal.final_answers() == {1: '"new"'}


def test_a_newer_seat_wins_over_a_higher_sequence_of_the_older_one():
    events = [save(epoch=1, sequence=99, body='"first seat"'), TakeOver(2), save(epoch=2, sequence=1, body='"second"')]
    assert fold(events, last_accepting=END).final_answers() == {1: '"second"'}


def test_what_the_first_seat_saved_before_the_move_still_counts():
    events = [save(item=1, body='"one"'), TakeOver(2), save(item=2, epoch=2, body='"two"')]
    assert fold(events, last_accepting=END).final_answers() == {1: '"one"', 2: '"two"'}


def test_a_stale_seats_answers_are_kept_and_not_counted():
    journal = fold([TakeOver(2), save(epoch=1, body='"stale"')], last_accepting=END)
    assert [it.verdict for it in journal.kept.values()] == [Verdict.STALE]
    assert journal.final_answers() == {}


def test_a_seat_that_was_never_given_out_counts_for_nothing():
    assert Journal(END).receive(save(epoch=2)) == (Arrival.KEPT, Verdict.STALE)


@pytest.mark.parametrize(
    ("before_end", "verdict"),
    [(TICK, Verdict.COUNTED), (0 * TICK, Verdict.COUNTED), (-TICK, Verdict.LATE)],
    ids=["a tick before", "at the last instant", "a tick after"],
)
def test_a_late_answer_is_kept_marked_and_not_counted(before_end, verdict):
    journal = Journal(END)
    assert journal.receive(save(before_end=before_end)) == (Arrival.KEPT, verdict)
    assert bool(journal.final_answers()) is (verdict is Verdict.COUNTED)


def test_after_handing_in_nothing_counts_any_more_but_everything_is_kept():
    journal = fold([save(sequence=1), Close(), save(sequence=2, body='"b"'), Close()], last_accepting=END)
    assert journal.kept[Key(1, 1, 2)].verdict is Verdict.CLOSED
    assert journal.final_answers() == {1: '"a"'}


def test_a_repeat_after_the_close_is_still_the_save_that_counted():
    journal = fold([save(), Close()], last_accepting=END)
    assert journal.receive(save()) == (Arrival.REPEATED, Verdict.COUNTED)


@pytest.mark.parametrize("epoch", [1, 3], ids=["no rise", "a jump"])
def test_a_take_over_raises_the_epoch_by_exactly_one(epoch):
    with pytest.raises(ValueError, match="by one"):
        Journal(END).take_over(TakeOver(epoch))


def test_changes_are_counted_in_the_order_of_the_seats_not_of_the_network():
    journal = fold(
        [save(sequence=3, body='"a"'), save(sequence=1, body='"a"'), save(sequence=2, body='"b"'), save(item=2)],
        last_accepting=END,
    )
    assert changed_items(journal.kept.values()) == {1: 2, 2: 0}


def test_giving_the_first_answer_after_a_flag_is_no_change_of_mind():
    journal = fold([save(sequence=1, body="null"), save(sequence=2, body='"a"')], last_accepting=END)
    assert changed_items(journal.kept.values()) == {1: 0}


BODIES = st.sampled_from(['"a"', '"b"', '["a","b"]', "null"])
SAVES = st.builds(
    Save,
    st.builds(Key, st.integers(1, 4), st.integers(1, 4), st.integers(1, 6)),
    BODIES,
    st.sampled_from([END - MINUTE, END - TICK, END, END + TICK, END + MINUTE]),
)


@st.composite
def histories(draw):
    """Any interleaving of saves, retries, seats and closes."""
    events: list[object] = []
    epoch = 1
    for kind in draw(st.lists(st.sampled_from("sssssrtc"), max_size=40)):
        saves = [it for it in events if isinstance(it, Save)]
        if kind == "t":
            epoch += 1
            events.append(TakeOver(epoch))
        elif kind == "c":
            events.append(Close())
        elif kind == "r" and saves:
            events.append(draw(st.sampled_from(saves)))
        else:
            events.append(draw(SAVES))
    return events


def answers_by_the_letter(events):
    """The rule told naively: first body per key, judged where it stands, highest (epoch, sequence) wins."""
    epoch, closed, seen, counted = 1, False, set(), []
    for event in events:
        if isinstance(event, TakeOver):
            epoch = event.epoch
        elif isinstance(event, Close):
            closed = True
        elif event.key not in seen:
            seen.add(event.key)
            if not closed and event.received_at <= END and event.key.epoch == epoch:
                counted.append(event)
    items = {it.key.item for it in counted}
    return {
        item: max((it for it in counted if it.key.item == item), key=lambda it: (it.key.epoch, it.key.sequence)).body
        for item in items
    }


@given(histories())
def test_any_history_ends_as_epoch_and_sequence_say(events):
    assert fold(events, last_accepting=END).final_answers() == answers_by_the_letter(events)


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_in_which_a_journal_is_read_back_does_not_matter(events, random):
    kept = list(fold(events, last_accepting=END).kept.values())
    expected = final_answers(kept)
    random.shuffle(kept)
    assert final_answers(kept) == expected


@given(histories(), st.data())
def test_retrying_any_save_at_any_later_moment_changes_nothing(events, data):
    saves = [(index, it) for index, it in enumerate(events) if isinstance(it, Save)]
    if not saves:
        return
    index, again = data.draw(st.sampled_from(saves))
    later = data.draw(st.integers(index + 1, len(events)))
    retried = [*events[:later], again, *events[later:]]
    assert fold(retried, last_accepting=END).kept == fold(events, last_accepting=END).kept


@settings(max_examples=60)
@given(st.lists(SAVES, max_size=20, unique_by=lambda it: it.key), st.randoms(use_true_random=False))
def test_within_one_seat_the_network_may_reorder_as_it_likes(saves, random):
    mixed = list(saves)
    random.shuffle(mixed)
    assert fold(mixed, last_accepting=END).final_answers() == fold(saves, last_accepting=END).final_answers()


@given(histories())
def test_nothing_that_arrived_is_ever_missing_from_the_journal(events):
    journal = fold(events, last_accepting=END)
    assert set(journal.kept) == {it.key for it in events if isinstance(it, Save)}
    assert all(isinstance(it, Kept) for it in journal.kept.values())
