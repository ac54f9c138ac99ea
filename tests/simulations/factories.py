"""Call scripts and calls for tests."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from lms.kernel import clock
from lms.kernel.db import unit_of_work
from lms.people.models import Person
from simulations import compile_script, parse_library
from simulations.models import EditionState, Purpose, ScriptEdition, SimulatedCall
from simulations.services import Move, play, start_call
from tests.factories import identity_with

INPUTS = Path(__file__).parent / "inputs"
PHRASES = {"通用短语@3": (INPUTS / "通用短语@3.lib").read_text(encoding="utf-8")}
GAS = (INPUTS / "gas-leak-01.call").read_text(encoding="utf-8")
REFUND = (INPUTS / "refund-01.call").read_text(encoding="utf-8")


def make_edition(text: str = GAS, **fields: object) -> ScriptEdition:
    """Publish a script, the gas leak by default."""
    script = compile_script(text, {"通用短语@3": parse_library("通用短语", 3, PHRASES["通用短语@3"])[0]}).script
    assert script is not None
    edition = ScriptEdition(**{
        "code": script.code, "number": 1, "title": script.title, "queue": "gas", "difficulty": 3, "text": text,
        "phrases": PHRASES, "digest": script.digest, "source": "bundled", "state": EditionState.PUBLISHED,
        "written_at": clock.now(), "published_at": clock.now(), **fields,
    })
    with unit_of_work() as session:
        session.add(edition)
    return edition


# What a good operator does in the gas leak: (seconds on the call clock, move).
GOOD_CALL = (
    (7, "answered", {}),
    (12, "utterance", {"mode": "type", "text": "您好，平安燃气3276号为您服务，请讲。"}),
    (30, "utterance", {"mode": "type", "text": "您先关总阀、打开窗户，千万别碰电灯开关。"}),
    (42, "utterance", {"mode": "type", "text": "您的详细地址是？"}),
    (52, "action", {"name": "dispatch"}),
    (56, "utterance", {"mode": "type", "text": "您的联系电话是？"}),
    (66, "utterance", {"mode": "type", "text": "请和老伴马上撤到楼下等。"}),
    (74, "field_committed", {"name": "姓名", "value": "王桂芳"}),
    (75, "field_committed", {"name": "电话", "value": "16405716688"}),
    (76, "field_committed", {"name": "地址", "value": "幸福路12号3幢2单元601室"}),
    (77, "field_committed", {"name": "级别", "value": "特急"}),
    (79, "utterance", {"mode": "type", "text": "请问怎么称呼您？"}),
    (92, "utterance", {"mode": "type",
                       "text": "幸福路12号3幢2单元601室，16405716688，抢修师傅已经出发。感谢来电，再见。"}),
)


def play_out(person: Person, moves=GOOD_CALL, *, purpose: Purpose = Purpose.EXAM, code: str = "gas-leak-01",
             last_second: int = 400) -> SimulatedCall:
    """Play moves at their seconds of the call clock, then let the call end."""
    began = clock.now()
    by = replace(identity_with(person_id=person.id), staff_no="3276")  # as the moves say
    with unit_of_work() as session:
        call = start_call(session, code, purpose=purpose, modes=("type",), by=by, now=began, seed=1)
    for number, (second, kind, data) in enumerate(moves, 1):
        with unit_of_work() as session:
            play(session, call.id, Move(kind, data, second * 1000, number), now=began + timedelta(seconds=second))
    with unit_of_work() as session:
        play(session, call.id, None, now=began + timedelta(seconds=last_second))
    return call


