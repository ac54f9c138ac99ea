"""Figures of items and papers: against a computation of their own, a published data set, and by hand."""

import random

import pytest

from question_bank.statistics.figures import Cell, analyse, item_figures
from tests.question_bank.by_hand import Book, split_half

NEAR = {"rel": 1e-9, "abs": 1e-9}
# Law School Admission Test, section 6: how many of 1000 gave each pattern of 5 answers (Bock & Lieberman 1970).
LSAT_6 = (
    3, 6, 2, 11, 1, 1, 3, 4, 1, 8, 0, 16, 0, 3, 2, 15, 10, 29, 14, 81, 3, 28, 15, 80, 16, 56, 21, 173, 11, 61, 28, 298,
)


def cells_of(papers):
    return [Cell(who, q, p, o) for who, paper in papers.items() for q, (p, o) in paper.items()]


def draw(seed):
    """One random mark book: sizes, sorts of marks, gaps and odd cases all by chance."""
    rng = random.Random(seed)
    sittings, questions = rng.choice([1, 1, 2, 3, 4, 5, 8, 13, 21]), rng.choice([1, 2, 3, 4, 6, 9])
    sort = rng.choice(["right or wrong", "parts", "no spread", "against each other", "drawn", "drawn, marks differ"])
    papers = {}
    for who in range(sittings):
        able = rng.random()
        paper = {}
        for q in range(questions):
            if sort.startswith("drawn") and rng.random() < 0.4 and (q or paper):
                continue
            out_of = rng.choice([100, 150, 200]) if sort.endswith("differ") else 100 * (1 + q % 3)
            if sort == "no spread":
                share = 4 if q % 2 else 0
            elif sort == "against each other":
                share = 4 if (able < 0.5) == bool(q % 2) else 0
            elif sort == "right or wrong":
                share = 4 * (rng.random() < able)
            else:
                share = rng.randint(0, 4)
            paper[q] = (out_of * share // 4, out_of)
        papers[who] = paper
    return papers


def test_every_figure_equals_a_computation_of_its_own_on_a_thousand_mark_books():
    undefined = negative = 0
    for seed in range(1000):
        papers = draw(seed)
        book, found = Book(papers), analyse(cells_of(papers))
        skewness, kurtosis = book.shape()
        paper = {"consistency": book.consistency(), "kr20": book.kr20(), "median": book.median(),
                 "skewness": skewness, "kurtosis": kurtosis}
        for name, expected in paper.items():
            same(getattr(found.paper, name), expected, f"{name} of mark book {seed}")
        undefined += paper["consistency"] is None
        negative += (paper["consistency"] or 0) < 0
        for q in book.questions:
            for name in ("facility", "deviation", "discrimination", "efficiency", "intended", "effective",
                         "alpha_without"):
                same(getattr(found.items[q], name), getattr(book, name)(q), f"{name} of {q} in mark book {seed}")
    assert undefined > 100, "the cases without a figure were not met"
    assert negative > 50, "the negative cases were not met"


def same(found, expected, what):
    if expected is None or found is None:
        assert found is expected, what
    else:
        assert found == pytest.approx(float(expected), **NEAR), what


def test_alpha_is_the_mean_of_all_split_halves():
    rng = random.Random(6)
    papers = {who: {q: (rng.randint(0, 100 * (1 + q)), 100 * (1 + q)) for q in range(6)} for who in range(15)}
    assert analyse(cells_of(papers)).paper.consistency == pytest.approx(split_half(papers), **NEAR)


@pytest.fixture(scope="module")
def lsat():
    """The published data set, one mark a question."""
    patterns = [f"{number:05b}" for number, count in enumerate(LSAT_6) for _one in range(count)]
    return analyse(
        Cell(who, q, 100 * int(right), 100) for who, pattern in enumerate(patterns) for q, right in enumerate(pattern)
    )


def test_the_published_reliability_of_lsat_6_comes_out(lsat):
    assert lsat.paper.sittings == 1000
    assert round(lsat.paper.kr20, 7) == 0.2949972
    assert lsat.paper.consistency == pytest.approx(29.49972, abs=1e-5)  # the same for right/wrong questions


def test_the_published_item_total_correlations_of_lsat_6_come_out(lsat):
    assert [round(lsat.items[q].item_total, 4) for q in range(5)] == [0.1128, 0.1532, 0.1728, 0.1444, 0.1216]
    assert [lsat.items[q].facility for q in range(5)] == [0.924, 0.709, 0.553, 0.763, 0.87]


def test_negative_reliability_is_shown_and_not_raised_to_nothing():
    papers = {0: {0: (100, 100), 1: (0, 100)}, 1: {0: (0, 100), 1: (100, 100)}, 2: {0: (100, 100), 1: (100, 100)}}
    paper = analyse(cells_of(papers)).paper
    assert paper.consistency == pytest.approx(-200)
    assert paper.kr20 == pytest.approx(-2)
    assert paper.error_ratio > 100


@pytest.mark.parametrize("papers", [{}, {0: {0: (100, 100), 1: (0, 100)}}], ids=["nobody", "one sitting"])
def test_too_few_sittings_leave_figures_undefined_and_not_zero(papers):
    found = analyse(cells_of(papers))
    assert found.paper.deviation is None
    assert found.paper.consistency is None
    assert found.paper.kr20 is None
    assert [it.discrimination for it in found.items.values()] == [None] * len(found.items)


def test_a_question_everybody_got_right_discriminates_neither_way():
    papers = {who: {0: (100, 100), 1: (100 * (who % 2), 100)} for who in range(6)}
    item = analyse(cells_of(papers)).items[0]
    assert (item.facility, item.deviation, item.discrimination, item.efficiency) == (1.0, 0.0, None, None)
    assert item.effective == 0


def test_a_question_against_the_total_has_no_effective_weight_and_leaves_the_others_theirs():
    marks = [(0, 300), (100, 0), (0, 300), (100, 0), (0, 200)]
    papers = {who: {"against": (a, 100), "with": (b, 300)} for who, (a, b) in enumerate(marks)}
    items = analyse(cells_of(papers)).items
    assert items["against"].effective is None
    assert items["with"].effective == pytest.approx(100)
    assert items["against"].discrimination < 0


def test_a_question_worth_more_in_one_edition_is_scaled_to_the_highest():
    once = analyse(cells_of({who: {0: (200 * (who % 2), 200), 1: (100 * (who % 3 > 0), 100)} for who in range(9)}))
    mixed = analyse(cells_of({
        who: {0: ((200 if who % 4 < 2 else 100) * (who % 2), 200 if who % 4 < 2 else 100),
              1: (100 * (who % 3 > 0), 100)} for who in range(9)
    }))
    assert mixed.items[0].highest == 200
    assert mixed.items[0].facility == once.items[0].facility
    assert mixed.items[0].deviation == once.items[0].deviation
    assert mixed.items[0].intended < once.items[0].intended


def test_one_question_alone_has_the_figures_it_has_within_its_paper():
    papers = draw(17) | {}
    papers = {who: paper for who, paper in papers.items() if 0 in paper}
    whole = analyse(cells_of(papers)).items[0]
    alone = item_figures([
        (*paper[0], sum(p for p, _o in paper.values()), sum(o for _p, o in paper.values()))
        for paper in papers.values()
    ])
    for name in ("sittings", "highest", "facility", "deviation", "discrimination", "efficiency"):
        assert getattr(alone, name) == getattr(whole, name), name


@pytest.mark.parametrize("mark", [(-1, 100), (101, 100), (0, 0)], ids=["below nothing", "above all", "of nothing"])
def test_an_impossible_mark_is_refused(mark):
    with pytest.raises(ValueError, match="a mark is 0"):
        analyse([Cell("who", "what", *mark)])


def test_correlations_stay_between_their_ends():
    found = [analyse(cells_of(draw(seed))) for seed in range(300)]
    for it in (item for one in found for item in one.items.values()):
        assert it.discrimination is None or -100 <= it.discrimination <= 100
        assert it.efficiency is None or it.efficiency <= 100 + 1e-9
