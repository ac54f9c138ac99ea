"""The hot path: an answer is acknowledged when it is on disk, once, under its key."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lms.exams.models import CloseKind
from lms.exams.rules.journal import Arrival, Verdict
from lms.exams.saving.tokens import BadToken, Seat, SeatTokens
from lms.exams.saving.writer import Answer, AnswerWriter, Busy
from lms.kernel import clock
from lms.kernel.db import db, unit_of_work
from lms.kernel.errors import NotFound
from tests import factories
from tests.exams.rows import make_sitting, saved

TICK = timedelta(microseconds=1)


@pytest.fixture
def sitting(context):
    return make_sitting(factories.make_person())


@pytest.fixture
def token(app, sitting):
    return token_for(app, sitting)


def token_for(app, sitting, epoch=1):
    return app.extensions["exams.seat_tokens"].make(Seat(sitting.id, sitting.person_id, epoch))


def save(client, sitting, token, *saves):
    return client.post(f"/exams/sittings/{sitting.id}/answers", json={"saves": list(saves)},
                       headers={"X-Sitting-Token": token})


def answer(item=1, seq=1, answer="a", **more):
    return {"item": item, "seq": seq, "answer": answer, **more}


def verdicts(response):
    return [it["verdict"] for it in response.json["saved"]]


@pytest.mark.both_databases
def test_an_acknowledged_answer_is_on_disk(client, sitting, token):
    response = save(client, sitting, token, answer(answer=["b", "a"], flag=True))
    assert response.status_code == 200
    told = response.json["saved"][0]
    assert (told["item"], told["seq"], told["verdict"], told["conflict"]) == (1, 1, "counted", False)
    (row,) = saved(sitting)
    assert (row.body, row.flagged, row.verdict) == ('["b","a"]', True, "counted")
    assert told["at"] == row.received_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.mark.both_databases
def test_a_retry_is_the_same_save_and_tells_when_the_first_copy_came(client, sitting, token, now):
    first = save(client, sitting, token, answer())
    with clock.travel(now + timedelta(seconds=30)):
        response = save(client, sitting, token, answer())
    assert response.status_code == 200
    assert response.json["saved"] == first.json["saved"]
    assert len(saved(sitting)) == 1


@pytest.mark.both_databases
def test_another_body_under_the_same_key_is_a_conflict_and_the_first_stands(client, sitting, token):
    save(client, sitting, token, answer(answer="a"))
    response = save(client, sitting, token, answer(answer="b"), answer(item=2))
    assert response.status_code == 409
    assert [it["conflict"] for it in response.json["saved"]] == [True, False]
    assert [(it.item, it.body) for it in saved(sitting)] == [(1, '"a"'), (2, '"a"')]


@pytest.mark.both_databases
def test_the_same_key_twice_in_one_request_is_one_save(client, sitting, token):
    response = save(client, sitting, token, answer(answer="a"), answer(answer="b"))
    assert (response.status_code, [it["conflict"] for it in response.json["saved"]]) == (409, [False, True])
    assert [it.body for it in saved(sitting)] == ['"a"']


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("after_deadline", "verdict"),
    [(-TICK, Verdict.COUNTED), (timedelta(seconds=10), Verdict.COUNTED), (timedelta(seconds=10) + TICK, Verdict.LATE)],
    ids=["a tick before the deadline", "at the end of the grace", "a tick too late"],
)
def test_a_late_answer_is_kept_and_marked_late(sitting, after_deadline, verdict):
    receipts = write(sitting, Answer(1, 1, '"a"'), at=sitting.deadline_at + after_deadline)
    assert [(it.arrival, it.verdict) for it in receipts] == [(Arrival.KEPT, verdict)]
    assert [it.verdict for it in saved(sitting)] == [verdict]


@pytest.mark.both_databases
def test_a_seat_that_was_given_up_is_told_so_and_its_answer_is_kept(client, app, sitting, token):
    with unit_of_work() as session:
        session.merge(sitting).epoch = 2
    response = save(client, sitting, token, answer())
    assert (response.status_code, verdicts(response), response.json["epoch"]) == (200, ["stale"], 2)
    assert verdicts(save(client, sitting, token_for(app, sitting, epoch=2), answer())) == ["counted"]
    assert [(it.epoch, it.verdict) for it in saved(sitting)] == [(1, "stale"), (2, "counted")]


@pytest.mark.both_databases
def test_an_answer_after_handing_in_is_kept_and_told_closed(client, sitting, token, now):
    with unit_of_work() as session:
        row = session.merge(sitting)
        row.closed_at, row.close_kind = now, CloseKind.SUBMITTED
    response = save(client, sitting, token, answer())
    assert (verdicts(response), response.json["closed"]) == (["closed"], True)


@pytest.mark.both_databases
@pytest.mark.parametrize("statement", ["UPDATE sitting_answer SET body = 'x'", "DELETE FROM sitting_answer"])
def test_the_database_itself_refuses_to_change_the_journal(client, sitting, token, statement):
    save(client, sitting, token, answer())
    with pytest.raises(DBAPIError, match="append-only"), unit_of_work() as session:
        session.execute(text(statement))


@pytest.mark.both_databases
def test_forty_people_saving_at_once_share_commits_and_lose_nothing(context):
    sittings = [make_sitting(factories.make_person()) for _ in range(8)]
    seats = [Seat(it.id, it.person_id, 1) for it in sittings]
    writer, engine, told = AnswerWriter(), db.engine, []

    def candidate(seat, item):
        for sequence in range(1, 6):
            receipts, _standing = writer.save(engine, seat, [Answer(item, sequence, f'"{sequence}"')], clock.now())
            told.extend((seat.sitting_id, it.item, it.sequence) for it in receipts)

    threads = [threading.Thread(target=candidate, args=(seat, item)) for seat in seats for item in range(1, 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    on_disk = {(sitting.id, it.item, it.sequence) for sitting in sittings for it in saved(sitting)}
    assert len(told) == 200
    assert set(told) == on_disk


def test_a_batch_that_fails_is_told_to_everybody_in_it_and_the_next_one_works(sitting, monkeypatch, caplog):
    writer = AnswerWriter()
    with monkeypatch.context() as broken:
        broken.setattr("lms.exams.saving.writer.write_batch", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
        with pytest.raises(Busy):
            write(sitting, Answer(1, 1, '"a"'), writer=writer)
    assert "not written" in caplog.text
    assert write(sitting, Answer(1, 1, '"a"'), writer=writer)[0].arrival is Arrival.KEPT


def test_a_full_queue_is_refused_at_once(sitting, monkeypatch):
    monkeypatch.setattr("lms.exams.saving.writer.QUEUE_LIMIT", 0)
    with pytest.raises(Busy):
        write(sitting, Answer(1, 1, '"a"'))


def test_the_writers_thread_ends_when_idle_and_starts_again_for_the_next_save(sitting, monkeypatch):
    monkeypatch.setattr("lms.exams.saving.writer.IDLE", 0.01)
    writer = AnswerWriter()
    write(sitting, Answer(1, 1, '"a"'), writer=writer)
    first = next(it for it in threading.enumerate() if it.ident == writer.thread_id)
    first.join(5)
    assert (first.is_alive(), writer.thread_id) == (False, None)
    assert write(sitting, Answer(1, 2, '"b"'), writer=writer)[0].arrival is Arrival.KEPT


def write(sitting, *answers, at=None, epoch=1, writer=None):
    seat = Seat(sitting.id, sitting.person_id, epoch)
    receipts, _standing = (writer or AnswerWriter()).save(db.engine, seat, answers, at or clock.now())
    return receipts


@pytest.mark.parametrize(
    ("token", "status"),
    [("", 401), ("nonsense", 401), (SeatTokens("another installation").make(Seat(uuid4(), uuid4(), 1)), 401)],
    ids=["no token", "nonsense", "another installation's"],
)
def test_without_a_token_of_ours_nothing_is_saved(client, sitting, token, status):
    assert save(client, sitting, token, answer()).status_code == status
    assert saved(sitting) == []


def test_a_token_opens_its_own_sitting_alone(client, app, sitting):
    other = make_sitting(factories.make_person())
    assert save(client, sitting, token_for(app, other), answer()).status_code == 404


def test_a_token_with_another_person_on_it_opens_nothing(client, app, sitting):
    forged = app.extensions["exams.seat_tokens"].make(Seat(sitting.id, uuid4(), 1))
    assert save(client, sitting, forged, answer()).status_code == 404
    assert saved(sitting) == []


def test_reading_a_tampered_token_fails():
    tokens = SeatTokens("key")
    seat = Seat(uuid4(), uuid4(), 1)
    token = tokens.make(seat)
    assert tokens.read(token, seat.sitting_id) == seat
    with pytest.raises(BadToken):
        tokens.read(token.replace("-1.", "-2."), seat.sitting_id)
    with pytest.raises(NotFound):
        tokens.read(token, uuid4())


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"saves": []}', b'{"saves": 1}', b'{"saves": [1]}', b"{" * 100_000,
     b'{"saves": [{"item": 0, "seq": 1}]}', b'{"saves": [{"item": 1, "seq": 0}]}',
     b'{"saves": [{"item": true, "seq": 1}]}', b'{"saves": [{"item": 1, "seq": 2147483648}]}',
     b'{"saves": [{"item": 1, "seq": 1, "flag": 1}]}', b'{"saves": [{"item": 11, "seq": 1, "answer": "a"}]}',
     b'{"saves": [{"item": 1, "seq": 1, "answer": "\u0000"}]}',
     b'{"saves": [{"item": 1, "seq": 1, "answer": "' + b"x" * 8_000 + b'"}]}',
     b'{"saves": [' + b",".join([b'{"item": 1, "seq": 1}'] * 65) + b"]}"],
    ids=["empty", "a list", "no saves", "none", "a number", "no object", "deep", "item 0", "sequence 0", "true",
         "sequence too high", "flag no flag", "beyond the paper", "a null character", "too long", "too many"],
)
def test_what_is_no_answer_is_refused_and_nothing_is_written(client, sitting, token, body):
    response = client.post(f"/exams/sittings/{sitting.id}/answers", data=body, content_type="application/json",
                           headers={"X-Sitting-Token": token})
    assert response.status_code == 422
    assert saved(sitting) == []


def test_the_longest_answer_and_the_fullest_request_are_saved(client, sitting, token):
    saves = [answer(item=1, seq=n, answer="字") for n in range(1, 64)]
    response = save(client, sitting, token, *saves, answer(item=10, seq=2_147_483_647, answer="x" * 7_998))
    assert (response.status_code, len(saved(sitting))) == (200, 64)
