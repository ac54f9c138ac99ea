"""The hash of a fact covers everything, and says the same on any machine."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from lms.records.rules import Fact, canonical, check_chain, fact_hash, in_force

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
FACT = Fact(
    UUID(int=1), UUID(int=2), 1, "exam:gas-theory", "1", "passed", 9200, 10000, AT, AT, UUID(int=3), "sitting:7"
)
OTHER = {
    "id": UUID(int=9),
    "person_id": UUID(int=9),
    "sequence": 2,
    "activity": "exam:x",
    "edition": "2",
    "outcome": "failed",
    "score": 9100,
    "out_of": 20000,
    "occurred_at": AT + timedelta(microseconds=1),
    "recorded_at": AT + timedelta(seconds=1),
    "recorded_by": None,
    "evidence": None,
    "supersedes": UUID(int=9),
    "previous_hash": "1" * 64,
}


@pytest.mark.parametrize("name", [item.name for item in fields(Fact) if item.name != "hash"])
def test_the_hash_covers_every_part_of_a_fact(name):
    assert fact_hash(replace(FACT, **{name: OTHER[name]})) != fact_hash(FACT)


def test_the_hash_is_the_same_whatever_the_zone_an_instant_is_written_in():
    shanghai = timezone(timedelta(hours=8))
    assert fact_hash(replace(FACT, occurred_at=AT.astimezone(shanghai))) == fact_hash(FACT)


def test_the_hash_never_changes_between_releases():
    assert fact_hash(FACT) == "a7fc8a7fb38423fa6b2434d3a2aea66dac37aeaf4bae6c99b952e86f434ef629"


def test_canonical_text_sorts_its_keys():
    assert canonical({"b": 1, "a": [AT, None]}) == '{"a":["2026-03-02T01:00:00.000000+00:00",null],"b":1}'


def test_an_empty_chain_has_no_head():
    assert check_chain(FACT.person_id, [], None) == []


def test_a_voided_fact_and_its_correction_both_disappear():
    void = replace(FACT, id=UUID(int=8), sequence=2, outcome="voided", supersedes=FACT.id)
    assert in_force([FACT, void]) == []
