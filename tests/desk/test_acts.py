"""Every act that the audit may hold has words for whoever reads it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from lms.certification.models import WaiverState
from lms.desk.acts import DONE, THINGS, act_name
from lms.people.account_store import _AUDITED

ROOT = Path(__file__).parents[2]
PUT_TOGETHER = {  # acts whose code is put together where they are written
    *(f"waiver.{state.value}" for state in (WaiverState.APPROVED, WaiverState.REFUSED)), *_AUDITED.values(),
    *(f"{kind}.{done}" for kind in ("unit", "post", "queue") for done in ("add", "change")),
    "key.approve", "key.reject", "rubric.approve", "rubric.reject", "import.apply", "import.undo", "sample.load",
}


def written_acts() -> Iterator[str]:
    """Yield every act that stands in the source as a word of its own."""
    for package in ("lms", "courses", "question_bank", "simulations"):
        for path in (ROOT / package).rglob("*.py"):
            for call in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)):
                name = getattr(call.func, "id", getattr(call.func, "attr", ""))
                if name in {"audit", "_audit", "write_audit"}:
                    given = [it.value for it in call.keywords if it.arg == "action"] or call.args
                    yield from (it.value for it in given if isinstance(it, ast.Constant) and "." in str(it.value))


@pytest.mark.parametrize("act", sorted({*written_acts(), *PUT_TOGETHER}))
def test_an_act_has_words(act: str) -> None:
    thing, done = act.split(".")
    assert thing in THINGS
    assert done in DONE


def test_no_words_stand_for_acts_that_nobody_does() -> None:
    acts = {*written_acts(), *PUT_TOGETHER}
    assert {act.split(".")[0] for act in acts} == set(THINGS)
    assert {act.split(".")[1] for act in acts} == set(DONE)


def test_an_act_is_named_in_the_readers_language_and_an_unknown_one_by_its_code(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "zh-CN"}):
        assert act_name("waiver.stop") == "临时放行 · 停止"
        assert act_name("comet.seen") == "comet.seen"
