"""What figures ask a trainer to look at: every threshold at its edge; groups, guesses, sample sizes, drift."""

from dataclasses import replace

import pytest

from question_bank.statistics.drift import Stretch, change, drift, wilson
from question_bank.statistics.figures import ItemFigures, PaperFigures
from question_bank.statistics.flags import Flag, PaperFlag, item_hints, paper_hints, surely_negative
from question_bank.statistics.options import Choice, Response, choices, groups
from question_bank.statistics.responses import key_classes, known_classes
from question_bank.statistics.sample import Grade, grade_of, may_see
from question_bank.statistics.spread import spread_of
from question_bank.statistics.wording import FLAG_NAMES, PAPER_HINTS
from tests.question_bank.made import MULTIPLE, ONE_OF_EACH, SINGLE

FINE = ItemFigures(100, 200, 0.6, 98.0, 40.0, 60.0, 5.0, 5.0)
PAPER = PaperFigures(100, 10_000, 50, 6_500, 6_500, 1_500, 0, 0, 70, 50, 700, None, None)


def flags(figures=FINE, options=(), guess=None):
    return [it.flag for it in item_hints(figures, options, guess=guess)]


def option(name, *, right=False, count=10, top=0.0, bottom=0.0):
    return Choice(name, right, count, count / 100, top, bottom, 0.5)


def test_a_good_question_has_no_hint():
    options = [option("a", right=True, top=0.8, bottom=0.3), option("b", top=0.2, bottom=0.7)]
    assert flags(options=options, guess=0.25) == []


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ({"discrimination": 20.0}, []),
        ({"discrimination": 19.9}, [Flag.WEAK]),
        ({"discrimination": 0.0}, [Flag.WEAK]),
        ({"discrimination": -0.1}, [Flag.NEGATIVE]),
        ({"discrimination": None}, []),
        ({"facility": 0.949}, []),
        ({"facility": 0.95}, [Flag.TOO_EASY]),
        ({"facility": 0.20}, []),
        ({"facility": 0.199}, [Flag.TOO_HARD]),
        ({"effective": 7.5}, []),
        ({"effective": 7.6}, [Flag.WEIGHT_HIGH]),
        ({"effective": 2.5}, []),
        ({"effective": 2.4}, [Flag.WEIGHT_LOW]),
        ({"effective": None}, []),
    ],
    ids=str,
)
def test_each_threshold_holds_at_its_edge(figures, expected):
    assert flags(replace(FINE, **figures)) == expected


@pytest.mark.parametrize(("facility", "expected"), [(0.30, [Flag.GUESSED]), (0.31, [])], ids=["at the edge", "above"])
def test_no_better_than_guessing_is_said_up_to_five_points_above_it(facility, expected):
    assert flags(replace(FINE, facility=facility), guess=0.25) == expected


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"top": 0.55, "bottom": 0.2}, [("b",)]),
        ({"top": 0.45, "bottom": 0.2}, []),
        ({"top": 0.55, "bottom": 0.56}, []),
    ],
    ids=["the best prefer it", "the best prefer the key", "the weakest prefer it more"],
)
def test_the_key_is_doubted_when_the_best_choose_another_option(wrong, expected):
    shown = item_hints(FINE, [option("a", right=True, top=0.45, bottom=0.4), option("b", **wrong)])
    assert [it.answers for it in shown if it.flag is Flag.KEY_SUSPECT] == expected
    assert all(it.grave for it in shown)


def test_without_groups_the_key_is_not_doubted():
    assert flags(options=[option("a", right=True, top=None, bottom=None), option("b", top=None, bottom=None)]) == []


@pytest.mark.parametrize(("number", "named"), [(29, False), (30, True)], ids=["29 sittings", "30 sittings"])
def test_an_option_nobody_chose_is_named_once_enough_people_could(number, named):
    unchosen_key = option("e", right=True, count=0, top=0.5)
    options = [option("a", right=True, top=0.9, bottom=0.1), option("d", count=0), unchosen_key]
    hints = item_hints(replace(FINE, sittings=number), options)
    assert [it.answers for it in hints if it.flag is Flag.DEAD_OPTION] == ([("d",)] if named else [])


@pytest.mark.parametrize(("number", "said"), [(4, False), (5, True)], ids=["4 sittings", "5 sittings"])
def test_nothing_is_said_about_fewer_than_five(number, said):
    assert bool(flags(replace(FINE, sittings=number, discrimination=-50.0))) is said
    assert bool(paper_hints(replace(PAPER, sittings=number, mean=2_000))) is said


@pytest.mark.parametrize(("number", "sure"), [(30, False), (200, True)], ids=["30 sittings", "200 sittings"])
def test_a_negative_question_is_grave_only_beyond_chance(number, sure):
    hint = item_hints(replace(FINE, sittings=number, discrimination=-20.0))[0]
    assert (hint.flag, hint.grave) == (Flag.NEGATIVE, sure)
    assert surely_negative(-1.0, 5)
    assert not surely_negative(0.0, 10_000)


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ({}, []),
        ({"consistency": 64.0}, []),
        ({"consistency": 63.9}, [PaperFlag.INCONSISTENT]),
        ({"consistency": -10.0}, [PaperFlag.INCONSISTENT]),
        ({"consistency": 75.0}, []),
        ({"consistency": 75.1}, [PaperFlag.CONSISTENT]),
        ({"consistency": None}, []),
        ({"mean": 4_999}, [PaperFlag.MEAN_LOW]),
        ({"mean": 5_000}, []),
        ({"mean": 7_500}, []),
        ({"mean": 7_501}, [PaperFlag.MEAN_HIGH]),
        ({"deviation": 1_199}, [PaperFlag.NARROW]),
        ({"deviation": 1_801}, [PaperFlag.WIDE]),
        ({"deviation": None}, []),
    ],
    ids=str,
)
def test_the_rule_of_thumb_for_papers_holds_at_its_edges(figures, expected):
    assert list(paper_hints(replace(PAPER, **figures))) == expected


def test_every_flag_has_its_words():
    assert set(FLAG_NAMES) == set(Flag)
    assert set(PAPER_HINTS) == set(PaperFlag)


def answers(*rests, name="a"):
    return [Response((name,), 0, 100, rest, 1100) for rest in rests]


def test_the_groups_are_27_percent_and_whoever_stands_level_with_their_last():
    top, bottom = groups(answers(*range(0, 1000, 100)))
    assert (sorted(bottom), sorted(top)) == ([0, 1, 2], [7, 8, 9])
    top, bottom = groups(answers(0, 100, 200, 200, 400, 500, 600, 700, 800, 900))
    assert sorted(bottom) == [0, 1, 2, 3]


@pytest.mark.parametrize("rests", [(), (5,), (5, 5, 5, 5, 5)], ids=["nobody", "one", "all level"])
def test_where_nobody_stands_out_there_are_no_groups(rests):
    assert groups(answers(*rests)) == (frozenset(), frozenset())


def test_the_question_does_not_decide_who_is_among_the_best():
    responses = [Response(("a",), 100, 100, 100, 200), Response(("b",), 0, 100, 100, 200)]
    top, bottom = groups(responses)
    assert (sorted(top), sorted(bottom)) == ([1], [0])


def test_an_option_s_line_says_who_chose_it():
    weak = [Response(("a",), 0, 100, 100 * place, 1100) for place in range(5)]
    responses = weak + [Response(("b",), 100, 100, 100 + 100 * place, 1100) for place in range(5, 10)]
    a, b, c = choices(responses, known=["a", "b", "c"], key={"b"})
    assert (a.count, a.share, a.top, a.bottom, a.right) == (5, 0.5, 0.0, 1.0, False)
    assert (b.count, b.top, b.bottom, b.right) == (5, 1.0, 0.0, True)
    assert a.mean_total == pytest.approx(200 / 1100)
    assert (c.count, c.mean_total) == (0, None)


def test_answers_nobody_foresaw_have_a_line_of_their_own():
    found = choices(answers(1, 2, name="none"), known=["a"], key={"a"})
    assert [it.name for it in found] == ["a", "none"]


@pytest.mark.parametrize("kind", sorted(set(ONE_OF_EACH) - {"short"}), ids=lambda it: it.value)
def test_the_key_of_every_kind_marked_by_the_system_is_among_its_known_classes(kind):
    key = key_classes(kind, ONE_OF_EACH[kind])
    assert key
    assert key <= set(known_classes(kind, ONE_OF_EACH[kind]))


def test_classes_of_a_choice_are_its_options():
    assert known_classes("single", SINGLE) == ("a", "b", "c", "d")
    assert key_classes("multiple", MULTIPLE) == {"a", "c", "d"}


def test_parts_of_a_case_have_classes_of_their_own_and_a_short_answer_no_key():
    case = {"parts": [{"kind": "single", "content": SINGLE, "weight": 1},
                      {"kind": "short", "content": {"stem": "为什么？"}, "weight": 1}]}
    assert known_classes("case", case) == ("0:a", "0:b", "0:c", "0:d", "1:given")
    assert key_classes("short", {"stem": "为什么？"}) == frozenset()


@pytest.mark.parametrize(
    ("number", "grade", "others"),
    [(0, Grade.NONE, False), (4, Grade.HIDDEN, False), (5, Grade.WARNED, True), (30, Grade.FULL, True)],
    ids=str,
)
def test_few_sittings_are_the_author_s_alone(number, grade, others):
    assert grade_of(number) is grade
    assert may_see(number, author=False) is others
    assert may_see(number, author=True) is (number > 0)


def test_newcombe_s_published_examples_come_out():
    # Statistics in Medicine 17 (1998), table II, method 10
    published = {(48, 80, 56, 70): (0.0524, 0.3339), (3, 10, 9, 10): (0.1705, 0.8090), (0, 10, 10, 10): (0.6075, 1.0)}
    for (x, m, y, n), limits in published.items():
        found = change(x / m, m, y / n, n)
        assert (round(found.low, 4), round(found.high, 4)) == limits
    assert wilson(1.0, 10)[1] == pytest.approx(1.0)


def test_drift_skips_stretches_with_too_few():
    found = drift([Stretch("1", 100, 0.5, 30.0), Stretch("2", 4, 0.0, None), Stretch("3", 100, 0.9, 30.0)])
    assert found[:2] == (None, None)
    assert found[2].difference == pytest.approx(0.4)
    assert found[2].certain
    assert not drift([Stretch("1", 10, 0.5, 0.0), Stretch("2", 10, 0.6, 0.0)])[1].certain


def test_a_full_mark_lies_in_the_highest_step():
    assert spread_of([1.0, 0.95, 0.949, 0.0], 20) == (1, *[0] * 17, 1, 2)
