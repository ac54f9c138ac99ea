"""Papers: the seed decides, the blueprint is met whenever it can be, unseen questions come first."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.exams.rules.paper import Candidate, FlawCode, NotEnoughQuestions, Part, draw, flaws, full_mark, supply


def question(name, point="gas/dispatch", kind="single", difficulty="easy"):
    return Candidate(name, f"{name}@1", point, kind, difficulty)


def bank(count, prefix="Q", **what):
    return [question(f"{prefix}{n:02}", **what) for n in range(1, count + 1)]


def names(items):
    return [it.candidate.question for it in items]


def test_the_same_seed_gives_the_same_paper_whatever_the_order_of_the_bank():
    parts, pool = [Part(5, 250)], bank(20)
    assert draw(parts, [pool], seed="s1") == draw(parts, [list(reversed(pool))], seed="s1")


def test_another_seed_gives_another_paper():
    parts, pool = [Part(5, 250)], bank(20)
    assert names(draw(parts, [pool], seed="s1")) != names(draw(parts, [pool], seed="s2"))


def test_positions_run_from_one_and_points_come_from_the_part():
    items = draw([Part(2, 250), Part(1, 500)], [bank(3, "A"), bank(3, "B")], seed="s")
    assert [it.position for it in items] == [1, 2, 3]
    assert sorted(it.points for it in items) == [250, 250, 500]


def test_an_unshuffled_paper_follows_the_blueprint():
    items = draw([Part(3, 100), Part(3, 100)], [bank(5, "A"), bank(5, "B")], seed="s", in_order={0})
    assert [it.part for it in items] == [0, 0, 0, 1, 1, 1]


def test_a_question_stands_on_a_paper_once_even_where_parts_overlap():
    pool = bank(4)
    items = draw([Part(2, 100), Part(2, 100)], [pool, pool], seed="s")
    assert sorted(names(items)) == ["Q01", "Q02", "Q03", "Q04"]


def test_a_wide_part_leaves_the_rare_questions_to_the_narrow_one():
    hard = bank(2, "H")
    items = draw([Part(3, 100), Part(2, 100)], [[*hard, *bank(3, "E")], hard], seed="any")
    assert sorted(it.candidate.question for it in items if it.part == 1) == ["H01", "H02"]


def test_a_resit_uses_every_unseen_question_before_a_seen_one():
    items = draw([Part(5, 100)], [bank(8)], seed="s", seen={"Q01", "Q02", "Q03", "Q04"})
    assert set(names(items)) >= {"Q05", "Q06", "Q07", "Q08"}


def test_a_resit_from_a_rich_bank_shares_nothing_with_the_first_paper():
    first = draw([Part(10, 100)], [bank(20)], seed="first")
    second = draw([Part(10, 100)], [bank(20)], seed="second", seen=set(names(first)))
    assert not set(names(first)) & set(names(second))


def test_what_the_bank_cannot_supply_is_told_part_by_part():
    with pytest.raises(NotEnoughQuestions) as refusal:
        draw([Part(3, 100), Part(4, 100)], [bank(3, "A"), bank(2, "B")], seed="s")
    assert [(it.wanted, it.available, it.granted, it.short) for it in refusal.value.supplies] == [
        (3, 3, 3, 0),
        (4, 2, 2, 2),
    ]


def test_parts_that_fit_alone_may_not_fit_together():
    pool = bank(3)
    given_out = supply([Part(2, 100), Part(2, 100)], [pool, pool])
    assert [it.available for it in given_out] == [3, 3]
    assert sum(it.short for it in given_out) == 1


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ([], [(FlawCode.EMPTY, None)]),
        ([Part(0, 100)], [(FlawCode.COUNT, 0)]),
        ([Part(1, 1)], []),
        ([Part(1, 0)], [(FlawCode.POINTS, 0)]),
        ([Part(1, 10_000)], []),
        ([Part(1, 10_001)], [(FlawCode.POINTS, 0)]),
        ([Part(1000, 50)], []),
        ([Part(1001, 50)], [(FlawCode.COUNT, 0), (FlawCode.TOO_LONG, None)]),
        ([Part(501, 50), Part(500, 50)], [(FlawCode.TOO_LONG, None)]),
        ([Part(2, 100, edition="Q1@1")], [(FlawCode.COUNT, 0)]),
        ([Part(1, 100, edition="Q1@1"), Part(1, 100, edition="Q1@1")], [(FlawCode.TWICE, 1)]),
    ],
    ids=["nothing", "no question", "a hundredth", "no points", "most points", "too many points", "longest", "too long",
         "too long together", "a named question twice on a line", "a named question on two lines"],
)
def test_a_blueprint_with_flaws_is_told_all_of_them(parts, found):
    assert [(it.code, it.part) for it in flaws(parts)] == found


def test_a_blueprint_with_flaws_draws_nothing():
    with pytest.raises(ValueError, match="flaws"):
        draw([], [], seed="s")


def test_the_full_mark_is_what_all_questions_offer():
    assert full_mark([Part(30, 250), Part(5, 500)]) == 10_000


def best_possible(parts, pools):
    """How many slots any assignment can fill, by trying all of them."""
    slots = [index for index, part in enumerate(parts) for _ in range(part.count)]
    for size in range(len(slots), 0, -1):
        if any(_fits(list(chosen), pools, set()) for chosen in combinations(slots, size)):
            return size
    return 0


def _fits(slots, pools, used):
    if not slots:
        return True
    return any(_fits(slots[1:], pools, used | {it}) for it in pools[slots[0]] if it not in used)


SMALL = st.lists(st.tuples(st.integers(1, 3), st.sets(st.integers(0, 5), max_size=5)), min_size=1, max_size=3)


@settings(max_examples=150, deadline=None)
@given(SMALL, st.text("abc", max_size=3))
def test_a_paper_is_found_whenever_one_exists(lines, seed):
    parts = [Part(count, 100) for count, _pool in lines]
    pools = [[question(f"Q{n}") for n in sorted(pool)] for _count, pool in lines]
    granted = sum(it.granted for it in supply(parts, pools))
    assert granted == best_possible(parts, [pool for _count, pool in lines])
    if granted == sum(part.count for part in parts):
        items = draw(parts, pools, seed=seed)
        assert len(set(names(items))) == len(items)
        assert all(it.candidate in pools[it.part] for it in items)


@settings(max_examples=150, deadline=None)
@given(SMALL, st.sets(st.integers(0, 5)))
def test_no_paper_could_use_more_unseen_questions(lines, seen):
    parts = [Part(count, 100) for count, _pool in lines]
    pools = [[question(f"Q{n}") for n in sorted(pool)] for _count, pool in lines]
    if any(it.short for it in supply(parts, pools)):
        return
    items = draw(parts, pools, seed="s", seen={f"Q{n}" for n in seen})
    unseen = sum(int(name[1:]) not in seen for name in names(items))
    assert unseen == best_possible(parts, [pool - seen for _count, pool in lines])
