"""The draw of a spot check: reproducible from list and seed, fair to teams, no larger than asked."""

from collections import Counter
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.exams.rules.spot_draw import Candidate, SizeKind, Verdict, draw, list_hash, sample_size, verdict_before

people = st.lists(
    st.builds(Candidate, st.uuids().map(str), st.sampled_from("abcd")), max_size=40, unique_by=lambda it: it.key
)


@given(people, st.data(), st.text(min_size=1), st.booleans())
def test_the_same_list_and_seed_give_the_same_people_in_any_order(candidates, data, seed, stratified):
    size = data.draw(st.integers(0, len(candidates)))
    drawn = draw(candidates, size, seed=seed, stratified=stratified)
    assert drawn == draw(candidates[::-1], size, seed=seed, stratified=stratified)
    assert len(set(drawn)) == size and set(drawn) <= {it.key for it in candidates}
    assert list_hash(candidates) == list_hash(candidates[::-1])


@given(people, st.data())
def test_stratified_no_team_is_more_than_one_off_its_share(candidates, data):
    size = data.draw(st.integers(0, len(candidates)))
    team = {it.key: it.stratum for it in candidates}
    drawn = Counter(team[key] for key in draw(candidates, size, seed="s", stratified=True))
    for name, number in Counter(team.values()).items():
        assert abs(drawn[name] - size * number / len(candidates)) < 1


def test_another_seed_draws_others_and_a_larger_sample_holds_the_smaller():
    hundred = [Candidate(f"{n:03}") for n in range(100)]
    assert draw(hundred, 10, seed="a") != draw(hundred, 10, seed="b")
    assert set(draw(hundred, 10, seed="a")) < set(draw(hundred, 20, seed="a"))
    assert draw(hundred, 1, seed="a")[0] == min(
        (it.key for it in hundred), key=lambda key: sha256(f"a:{key}".encode()).hexdigest()
    )


@pytest.mark.parametrize(
    ("kind", "size", "of", "drawn"),
    [
        (SizeKind.PERCENT, 1, 1, 1),
        (SizeKind.PERCENT, 100, 7, 7),
        (SizeKind.PERCENT, 50, 7, 4),
        (SizeKind.COUNT, 8, 7, 7),
        (SizeKind.COUNT, 1, 0, 0),
    ],
)
def test_how_many_are_drawn(kind, size, of, drawn):
    assert sample_size(kind, size, of) == drawn


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({}, None),
        ({"off_shift": True}, Verdict.OFF_SHIFT),
        ({"away": True, "busy": True}, Verdict.AWAY),
        ({"checked_lately": True, "off_shift": True}, Verdict.CHECKED_LATELY),
        ({"busy": True, "off_shift": True}, Verdict.BUSY),
    ],
)
def test_why_somebody_is_left_out(facts, verdict):
    assert (
        verdict_before(**{"away": False, "off_shift": False, "checked_lately": False, "busy": False, **facts})
        is verdict
    )


@pytest.mark.parametrize(("size", "keys"), [(3, "ab"), (-1, "ab"), (1, "aa")])
def test_a_draw_that_makes_no_sense_is_refused(size, keys):
    with pytest.raises(ValueError):
        draw([Candidate(key) for key in keys], size, seed="s")
