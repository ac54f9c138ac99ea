"""The sockets of live calls: who gets one, what may be said there, and what is left when the process is killed."""

import asyncio
import json
from dataclasses import replace

import pytest
from aiohttp import ClientSession, WSMsgType, WSServerHandshakeError
from aiohttp.test_utils import TestServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.kernel import clock
from lms.socket_server import ELSEWHERE, Sockets
from simulations.live.rooms import BURST, LONGEST_MESSAGE, Allowance, BadMessage, Rooms, Seat, read_message
from simulations.live.rules import Part, Ticket, opens
from simulations.live.tickets import read_ticket, write_ticket

SECRET, ORIGIN, PATIENCE = "a secret", "https://training.example.org", 20
NO_TIME_TO_SAY = 1006  # the line was cut while the hostile page was still sending
OFFER = {"kind": "signal", "type": "offer", "sdp": "v=0"}


class Meeting:
    """A running socket server and pages at it."""

    def __init__(self, sockets, server, session):
        self.sockets, self.server, self.session = sockets, server, session

    def ticket(self, part=Part.LEARNER, room="room", person="", **changes):
        at = changes.pop("at", round(clock.now().timestamp() * 1000))
        return write_ticket(changes.pop("secret", SECRET), room=room, person=person or part.value, part=part,
                            origin=changes.pop("origin", ORIGIN), now_ms=at)

    async def enter(self, part=Part.LEARNER, ticket="", origin=ORIGIN, **named):
        headers = {"Origin": origin} if origin else {}
        address = self.server.make_url("/sockets").with_query(ticket=ticket or self.ticket(part, **named))
        return await self.session.ws_connect(address, headers=headers)


def meet(story):
    """Run an asynchronous story against a fresh server."""

    async def run():
        sockets = Sockets(SECRET)
        async with TestServer(sockets.application()) as server, ClientSession() as session:
            await asyncio.wait_for(story(Meeting(sockets, server, session)), 60)

    asyncio.run(run())


async def heard(page):
    message = await asyncio.wait_for(page.receive(), PATIENCE)
    return json.loads(message.data) if message.type is WSMsgType.TEXT else message


async def closed(page):
    """Return the code a page is closed with, whatever it is told before."""
    while (await asyncio.wait_for(page.receive(), PATIENCE)).type is WSMsgType.TEXT:
        pass
    return page.close_code


def test_people_of_a_room_hear_of_each_other_and_of_what_has_changed():
    async def story(meeting):
        learner = await meeting.enter(Part.LEARNER)
        assert await heard(learner) == {"kind": "room", "present": ["learner"]}
        trainer = await meeting.enter(Part.TRAINER)
        stranger = await meeting.enter(Part.TRAINER, room="another")
        assert await heard(learner) == await heard(trainer) == {"kind": "room", "present": ["learner", "trainer"]}
        await trainer.send_json({"kind": "poke"})
        assert await heard(learner) == {"kind": "poke"}
        await learner.send_json(OFFER)
        assert await heard(trainer) == OFFER
        await trainer.close()
        assert await heard(learner) == {"kind": "room", "present": ["learner"]}
        await stranger.close()
        await learner.close()

    meet(story)


def test_a_ticket_opens_one_socket_of_one_site_for_half_a_minute():
    async def story(meeting):
        now = round(clock.now().timestamp() * 1000)
        used = meeting.ticket()
        await (await meeting.enter(ticket=used)).close()
        for ticket, origin in (
            (used, ORIGIN), ("", "https://evil.example"), ("", ""), (meeting.ticket(secret="another"), ORIGIN),
            (meeting.ticket(at=now - 31_000), ORIGIN), (meeting.ticket(at=now + 60_000), ORIGIN), ("nonsense", ORIGIN),
            (meeting.ticket() + "x", ORIGIN), (meeting.ticket(at=meeting.sockets.since_ms - 1), ORIGIN),
        ):
            with pytest.raises(WSServerHandshakeError) as refusal:
                await meeting.enter(ticket=ticket or meeting.ticket(), origin=origin)
            assert refusal.value.status == 403

    meet(story)


@pytest.mark.parametrize(("part", "message", "code"), [
    (Part.LEARNER, "{", 1008), (Part.LEARNER, json.dumps({"kind": "signal", "type": "offer"}), 1008),
    (Part.OBSERVER, json.dumps(OFFER), 1008), (Part.LEARNER, b"bytes", 1003),
    (Part.LEARNER, json.dumps({**OFFER, "sdp": "x" * LONGEST_MESSAGE}), 1009),
], ids=["no JSON", "no offer", "an observer's voice", "bytes", "too long"])
def test_who_sends_what_no_page_sends_is_shown_out_and_nobody_else_notices(part, message, code):
    async def story(meeting):
        trainer, hostile = await meeting.enter(Part.TRAINER), await meeting.enter(part)
        await (hostile.send_bytes(message) if isinstance(message, bytes) else hostile.send_str(message))
        assert await closed(hostile) in {code, NO_TIME_TO_SAY}
        assert [(await heard(trainer))["kind"] for _ in range(3)] == ["room"] * 3
        await trainer.close()

    meet(story)


def test_who_sends_too_much_is_shown_out():
    async def story(meeting):
        page = await meeting.enter()
        for _ in range(BURST + 30):
            await page.send_str('{"kind":"poke"}')
        assert await closed(page) == 1008

    meet(story)


def test_the_same_person_has_one_page_the_newest():
    async def story(meeting):
        first = await meeting.enter()
        second = await meeting.enter()
        assert await closed(first) == ELSEWHERE
        assert await heard(second) == {"kind": "room", "present": ["learner"]}
        assert meeting.sockets.rooms.count() == 1
        await second.close()

    meet(story)


# ── without a network ──────────────────────────────────────────────────────────────────────────────────────────────

TICKET = Ticket("room", "person", Part.LEARNER, ORIGIN, "nonce", 100_000)


@pytest.mark.parametrize(("now_ms", "since_ms", "open_"), [
    (130_000, 0, True), (130_001, 0, False), (98_000, 0, True), (97_999, 0, False), (100_000, 100_000, True),
    (100_000, 100_001, False),
], ids=["30 s old", "older", "2 s ahead", "more", "as old as the process", "older than it"])
def test_a_ticket_is_young_and_younger_than_the_process(now_ms, since_ms, open_):
    assert opens(TICKET, origin=ORIGIN, now_ms=now_ms, since_ms=since_ms) is open_
    assert not opens(replace(TICKET, origin="http://b"), origin=ORIGIN, now_ms=now_ms, since_ms=since_ms)


def test_an_allowance_refills_with_time_up_to_the_burst():
    allowance = Allowance()
    assert [allowance.takes(0.0) for _ in range(BURST + 1)] == [True] * BURST + [False]
    assert [allowance.takes(0.1), allowance.takes(0.1)] == [True, False]
    assert sum(allowance.takes(1_000.0) for _ in range(BURST * 2)) == BURST


unhurried = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@unhurried
@given(st.text(max_size=200) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["kind", "type", "sdp", "candidate", "x"]),
        inner | st.sampled_from(["signal", "offer", "poke"]), max_size=4), max_leaves=8).map(json.dumps))
def test_only_known_messages_are_passed_on(text):
    rooms, trainer, learner = Rooms(), Seat("r", "t", Part.TRAINER), Seat("r", "l", Part.LEARNER)
    rooms.enter(trainer)
    rooms.enter(learner)
    try:
        notes = rooms.pass_on(learner, text)
    except BadMessage:
        return
    assert [note.to for note in notes] == [trainer]
    assert read_message(json.dumps(notes[0].body)) == notes[0].body


@unhurried
@given(st.text(max_size=300))
def test_no_text_but_a_sites_own_is_a_ticket(text):
    assert read_ticket(SECRET, text) is None
