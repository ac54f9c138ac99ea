"""Recordings: consent first, chunks in order and once, on disk before they are acknowledged, erased when it is time."""

import re
import sys
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from lms.access.identity import Role
from lms.kernel import clock
from lms.kernel.db import db, reading, unit_of_work
from lms.kernel.errors import Conflict, Invalid, NotFound, Refused
from lms.records.models import AuditEntry
from lms.web.uploads import UNFINISHED
from simulations import services as calls
from simulations import verify_chain
from simulations.models import Purpose, SimulatedCall
from simulations.queries import log_of, report_of
from simulations.voice import queries, services, store
from simulations.voice.models import VoiceTrack
from simulations.voice.rules import CHUNK_LIMIT, is_kept_no_longer, kind_of_recording, manifest_of
from simulations.voice.tasks import close_silent, erase_outdated
from tests.factories import identity_with, make_person
from tests.simulations.factories import make_edition

WEBM = b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm" + b"\x86\x86A_OPUS" + b"sound" * 40
OGG = b"OggS" + bytes(24) + b"OpusHead" + b"sound" * 40
MINUTE = timedelta(minutes=1)


@pytest.fixture
def learner(session):
    make_edition()
    return identity_with(person_id=make_person("陈雨桐").id)


@pytest.fixture
def call(learner, now):
    with unit_of_work() as session:
        return calls.start_call(session, "gas-leak-01", purpose=Purpose.PRACTICE, modes=("voice", "type"), by=learner,
                                now=now, seed=1)


def begin(call, by, now):
    """Agree, and begin a track."""
    with unit_of_work() as session:
        consent = services.agree(session, services.CONSENT_EDITION, by=by, now=now)
        return services.open_track(session, call.id, consent.id, ago_ms=0, by=by, now=now).id


def send(track_id, number, content, by, now):
    """Keep a chunk and have it acknowledged."""
    digest = store.keep(content)
    with unit_of_work() as session:
        return services.add_chunk(session, track_id, number, digest, content, len(content), by=by, now=now)


def finish(track_id, chunks, by, now):
    with unit_of_work() as session:
        return services.close_track(session, track_id, chunks, by=by, now=now)


@pytest.mark.both_databases
def test_a_recording_is_its_chunks_in_order_and_its_manifest_stands_in_the_calls_log(call, learner, now):
    track = begin(call, learner, now)
    assert [send(track, n, part, learner, now) for n, part in enumerate((WEBM, b"more", b"end"))] == [1, 2, 3]
    assert send(track, 1, b"more", learner, now) == 3  # the answer was lost, so it came again
    closed = finish(track, 3, learner, now)
    assert finish(track, 3, learner, now).manifest == closed.manifest
    log = log_of(reading(), call.id)
    assert [event.data["sha256"] for event in log if event.kind == "audio_track"] == [closed.manifest]
    assert verify_chain(log) is None
    found = queries.recordings_of(reading(), call.id)[0]
    assert (found.whole, found.kind, found.size) == (True, "webm", len(WEBM) + 7)
    assert queries.sound_of(reading(), track).read() == WEBM + b"moreend"


@pytest.mark.both_databases
def test_the_database_itself_keeps_chunks_and_consents_as_they_are(call, learner, now):
    track = begin(call, learner, now)
    send(track, 0, WEBM, learner, now)
    reading().rollback()
    for statement in ("UPDATE voice_chunk SET size = 1", "DELETE FROM voice_consent"):
        with pytest.raises(DBAPIError, match="append-only"), db.engine.begin() as connection:
            connection.execute(text(statement))


@pytest.mark.parametrize(
    ("number", "content", "refusal"),
    [
        (0, b"<script>alert(1)</script>", Invalid),
        (0, b"RIFF....WAVEfmt ", Invalid),
        (1, WEBM, Conflict),
        (10**9, WEBM, Conflict),
        (10**30, WEBM, Conflict),
        (0, WEBM + bytes(CHUNK_LIMIT), Invalid),
    ],
    ids=["a page", "another kind of sound", "the second first", "a number far away", "no table has it", "too large"],
)
def test_what_is_no_first_chunk_is_refused_and_leaves_nothing(call, learner, now, number, content, refusal):
    track = begin(call, learner, now)
    with pytest.raises(refusal):
        send(track, number, content, learner, now)
    assert services.next_number(reading(), track) == 0


def test_another_chunk_of_the_same_number_is_refused(call, learner, now):
    track = begin(call, learner, now)
    send(track, 0, WEBM, learner, now)
    with pytest.raises(Conflict):
        send(track, 0, OGG, learner, now)


def test_a_recording_with_a_chunk_missing_is_not_closed(call, learner, now):
    track = begin(call, learner, now)
    send(track, 0, WEBM, learner, now)
    with pytest.raises(Conflict):
        finish(track, 2, learner, now)


def test_without_ones_own_fresh_consent_nothing_is_recorded(call, learner, now):
    other = identity_with(person_id=make_person("高文博").id)
    with unit_of_work() as session:
        theirs = services.agree(session, services.CONSENT_EDITION, by=other, now=now).id
        stale = services.agree(session, services.CONSENT_EDITION, by=learner, now=now - timedelta(hours=12)).id
    for consent in (theirs, stale, call.id):
        with pytest.raises(Refused), unit_of_work() as session:
            services.open_track(session, call.id, consent, ago_ms=0, by=learner, now=now)
    with pytest.raises(Conflict), unit_of_work() as session:
        services.agree(session, "1999-1", by=learner, now=now)


def test_a_stranger_neither_records_nor_adds_to_a_recording(call, learner, now):
    stranger = identity_with(person_id=make_person("高文博").id)
    track = begin(call, learner, now)
    with pytest.raises(NotFound):
        begin(call, stranger, now)
    with pytest.raises(NotFound):
        send(track, 0, WEBM, stranger, now)


def test_the_last_chunks_still_come_after_the_end_but_not_for_ever(call, learner, now):
    track = begin(call, learner, now)
    send(track, 0, WEBM, learner, now)
    with unit_of_work() as session:
        calls.play(session, call.id, None, now=now + MINUTE)  # nobody answered
    ended = reading().get_one(SimulatedCall, call.id).ended_at
    assert send(track, 1, b"last words", learner, ended + services.LATE) == 2
    with pytest.raises(Conflict):
        send(track, 2, b"too late", learner, ended + services.LATE + timedelta(seconds=1))
    with pytest.raises(Conflict):
        begin(call, learner, ended + MINUTE)
    close_silent(ended + 2 * services.LATE)
    assert verify_chain(log_of(reading(), call.id)) is None
    assert queries.recordings_of(reading(), call.id)[0].whole


def test_closing_a_recording_after_the_end_changes_no_score(call, learner, now):
    track = begin(call, learner, now)
    with unit_of_work() as session:
        calls.play(session, call.id, None, now=now + MINUTE)
    finish(track, 0, learner, now + MINUTE)
    assert report_of(reading(), reading().get_one(SimulatedCall, call.id)).intact


def test_a_recording_is_erased_when_its_time_is_over_and_that_is_on_record(app, call, learner, now):
    track = begin(call, learner, now)
    send(track, 0, WEBM, learner, now)
    second = begin(call, learner, now)
    send(second, 0, WEBM, learner, now)  # the same bytes: one file
    finish(track, 1, learner, now)
    with unit_of_work() as session:
        calls.play(session, call.id, None, now=now + MINUTE)
    ended, digest = reading().get_one(SimulatedCall, call.id).ended_at, sha256(WEBM).hexdigest()
    over = ended + timedelta(days=app.extensions["settings"].voice_days)
    erase_outdated(over - timedelta(seconds=1))
    assert store.path_of(digest).exists()
    with unit_of_work() as session:
        assert services.erase_outdated(session, days=180, now=over) == 1  # the second one is still open
    assert store.path_of(digest).exists()
    close_silent(over)
    erase_outdated(over)
    assert not store.path_of(digest).exists()
    reading().rollback()
    assert all(track.erased_at == over for track in reading().scalars(select(VoiceTrack)))
    assert len(reading().scalars(select(AuditEntry).where(AuditEntry.action == "voice.erase")).all()) == 2
    assert queries.recordings_of(reading(), call.id)[0].whole  # what it was remains provable


def test_files_that_no_row_speaks_of_are_swept_after_a_day(call, learner, now):
    track = begin(call, learner, now)
    send(track, 0, WEBM, learner, now)
    lost = store.path_of(store.keep(b"acknowledged to nobody"))
    half = lost.parents[1] / f"{UNFINISHED}half"
    half.write_bytes(b"half a chun")
    for later, lies in ((timedelta(0), True), (timedelta(days=3650), False)):
        with unit_of_work() as session:
            services.sweep(session, now=now + later)
        assert (lost.exists(), half.exists()) == (lies, lies)
    assert store.path_of(sha256(WEBM).hexdigest()).exists()


def test_the_time_of_a_recording_is_over_on_the_second(now):
    days = timedelta(days=30)
    assert not is_kept_no_longer(now, now, 30, now=now + days - timedelta(seconds=1))
    assert is_kept_no_longer(now, now, 30, now=now + days)
    assert is_kept_no_longer(None, now, 30, now=now + days)


def test_a_manifest_tells_order_and_content():
    one, two = (0, "a" * 64, 5), (1, "b" * 64, 7)
    assert len({manifest_of(parts) for parts in ((), (one,), (one, two), (two, one))}) == 4


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (WEBM, "webm"), (OGG, "ogg"), (WEBM.replace(b"A_OPUS", b"A_VORB"), ""), (WEBM + b"V_VP8", ""), (b"", ""),
        (WEBM + b"\x1f\x43\xb6\x75" + b"\x07V_\x19", "webm"),
    ],
    ids=["webm", "ogg", "another codec", "with a film", "nothing", "sound whose bytes look like a film's name"],
)
def test_a_recording_is_known_by_its_first_bytes(head, kind):
    assert kind_of_recording(head) == kind


def with_token(client):
    """Let a client send the token of its pages with everything, as their scripts do."""
    found = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/calls/").text)
    client.environ_base["HTTP_X_CSRFTOKEN"] = found[1]
    return client


@pytest.fixture
def web(app, client, sign_in, now):
    """A learner in a browser with a call and an open track: (client, call id, track id)."""
    with app.app_context():
        make_edition()
        person = make_person("陈雨桐")
        with unit_of_work() as session:
            call = calls.start_call(session, "gas-leak-01", purpose=Purpose.PRACTICE, modes=("voice", "type"), now=now,
                                    by=identity_with(person_id=person.id), seed=1)
    sign_in(client, person)
    with_token(client)
    consent = client.post("/calls/voice/consent", json={"edition": services.CONSENT_EDITION}).json["consent"]
    track = client.post(f"/calls/voice/calls/{call.id}/tracks", json={"consent": consent}).json["track"]
    return client, call.id, track


def test_chunks_come_by_the_wire_and_ranges_go_out(web):
    client, _call, track = web
    where = f"/calls/voice/tracks/{track}"
    assert client.put(f"{where}/chunks/0", data=WEBM).json == {"sha256": sha256(WEBM).hexdigest(), "next": 1}
    assert client.put(f"{where}/chunks/1", data=b"0123456789").json["next"] == 2
    assert client.get(where).json == {"next": 2, "closed": False}
    assert client.post(f"{where}/close", json={"chunks": 2}).status_code == 200
    whole = client.get(f"{where}/sound")
    assert (whole.status_code, whole.mimetype, whole.data) == (200, "audio/webm", WEBM + b"0123456789")
    start = len(WEBM) - 5
    part = client.get(f"{where}/sound", headers={"Range": f"bytes={start}-{len(WEBM) + 3}"})
    assert (part.status_code, part.data) == (206, WEBM[-5:] + b"0123")
    assert part.headers["Content-Range"] == f"bytes {start}-{len(WEBM) + 3}/{len(WEBM) + 10}"
    assert client.get(f"{where}/sound", headers={"Range": "bytes=999999-"}).status_code == 416


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"data": b""}, 422),
        ({"data": b"x" * (CHUNK_LIMIT + 1)}, 422),
        ({"data": WEBM, "headers": {"X-Chunk-SHA256": "0" * 64}}, 422),
        ({"data": b"MZ\x90\x00 not sound"}, 422),
    ],
    ids=["nothing", "too large", "damaged on the way", "a program"],
)
def test_hostile_chunks_are_refused(web, sent, status):
    client, _call, track = web
    assert client.put(f"/calls/voice/tracks/{track}/chunks/0", **sent).status_code == status
    assert client.get(f"/calls/voice/tracks/{track}").json["next"] == 0


@pytest.mark.parametrize("body", [None, [], {"consent": "x"}, {"consent": None, "ago_ms": "soon"}, {"ago_ms": [1]}])
def test_a_track_is_not_begun_by_nonsense(web, body):
    client, call, _track = web
    assert client.post(f"/calls/voice/calls/{call}/tracks", json=body).status_code in (403, 404)


def test_an_assessor_listens_and_that_is_written_down_once_an_hour(app, web, sign_in):
    client, call, track = web
    client.put(f"/calls/voice/tracks/{track}/chunks/0", data=WEBM)
    client.get(f"/calls/voice/tracks/{track}/sound")
    ear = app.test_client()
    sign_in(ear, Role.ASSESSOR)
    for _range in range(3):
        assert ear.get(f"/calls/voice/tracks/{track}/sound", headers={"Range": "bytes=0-9"}).status_code == 206
    with app.app_context():
        assert len(queries.listeners_of(reading(), call)) == 1


def test_a_recogniser_on_the_server_says_what_was_spoken_and_a_browser_may_not(app, web, now, tmp_path, monkeypatch):
    client, call, track = web
    client.put(f"/calls/voice/tracks/{track}/chunks/0", data=WEBM)
    clock.set_travel(now + timedelta(seconds=6))
    move = {"kind": "answered", "client_ms": 6000, "client_seq": 1}
    assert client.post(f"/calls/runs/{call}/events", json=move).status_code == 200
    said = {"track": track, "audio_ms": 0, "audio_to_ms": 900, "client_ms": 6100, "client_seq": 2}
    where = f"/calls/voice/calls/{call}/spoken"
    assert client.post(where, json=said).json == {"heard": None}  # none is set up
    program = tmp_path / "hear.py"
    program.write_text("print('{\"text\": \"您好，请讲。\", \"confidence\": 0.95}')", encoding="utf-8")
    monkeypatch.setitem(app.extensions, "settings", app.extensions["settings"].model_copy(
        update={"recogniser": f"{sys.executable} -X utf8 {program}"}))
    for _again in range(2):
        answered = client.post(where, json=said)
        assert (answered.status_code, answered.json["state"]["next_client_seq"]) == (200, 3)
    forged = {"kind": "utterance", "client_ms": 6200, "client_seq": 3, "data": {
        "mode": "voice", "text": "x", "recogniser": "mine", "confidence": 1, "track": track, "audio_ms": 0,
        "audio_to_ms": 1}}
    refused = client.post(f"/calls/runs/{call}/events", json=forged)
    assert (refused.status_code, refused.json["refused"]) == (409, "server_only")
    assert client.post(where, json={**said, "track": "x"}).status_code == 404
    assert client.post(where, json=[]).status_code == 404


def test_a_training_administrator_erases_a_recording_with_a_reason(app, web, sign_in):
    client, call, track = web
    client.put(f"/calls/voice/tracks/{track}/chunks/0", data=WEBM)
    office = app.test_client()
    sign_in(office, Role.TRAINING_ADMIN)
    with_token(office)
    assert office.post(f"/calls/voice/calls/{call}/erase", data={"reason": " "}).status_code == 422
    assert office.post(f"/calls/voice/calls/{call}/erase", data={"reason": "本人要求"}).status_code == 302
    assert client.get(f"/calls/voice/tracks/{track}/sound").status_code == 404


@pytest.mark.parametrize("role", [Role.LEARNER, Role.HR, Role.MANAGER, Role.AUDITOR, Role.SYSTEM_ADMIN])
def test_whoever_has_no_business_with_it_hears_nothing(app, web, sign_in, role):
    client, _call, track = web
    client.put(f"/calls/voice/tracks/{track}/chunks/0", data=WEBM)
    other = app.test_client()
    sign_in(other, role)
    with_token(other)
    assert other.get(f"/calls/voice/tracks/{track}/sound").status_code in (403, 404)
    assert other.put(f"/calls/voice/tracks/{track}/chunks/1", data=b"x").status_code == 404
