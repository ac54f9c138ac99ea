"""When owners are reminded, who may publish, and how a sentence finds its article."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from lms.kernel.searching import pieces_of, shares, words_of
from lms.knowledge.rules import CODE, ReviewStanding, first_answer, may_publish, reminder_stage, review_standing
from lms.web.richtext import register_link, render

DAY = date(2026, 3, 15)


@pytest.mark.parametrize(
    ("days_left", "stage", "standing"),
    [
        (15, None, ReviewStanding.FRESH),
        (14, "soon", ReviewStanding.SOON),
        (0, "soon", ReviewStanding.SOON),
        (-1, "late-0", ReviewStanding.OVERDUE),
        (-30, "late-0", ReviewStanding.OVERDUE),
        (-31, "late-1", ReviewStanding.OVERDUE),
    ],
)
def test_a_reminder_comes_14_days_before_the_day_after_and_every_30_days(days_left, stage, standing):
    today = DAY - timedelta(days=days_left)
    assert reminder_stage(DAY, today) == stage
    assert review_standing(DAY, today) is standing


def test_nobody_publishes_what_they_had_a_hand_in_and_no_visitor_publishes_at_all():
    author, other = uuid4(), uuid4()
    assert may_publish({author, None}, other)
    assert not may_publish({author, None}, author)
    assert not may_publish({author}, None)


@pytest.mark.parametrize("code", ["manage", "panel", "Gas", "gas leak", "-gas", "gas--leak", "", "气"])
def test_a_code_that_cannot_be_an_address_is_refused(code):
    assert not CODE.match(code)


def test_words_are_folded_and_at_most_eight():
    assert words_of("ＣＯ\u3000报警 " + "x " * 20) == ("co", "报警", "x", "x", "x", "x", "x", "x")


def test_a_sentence_is_compared_by_pairs_without_the_empty_ones():
    assert "怎么" not in pieces_of("煤气味怎么办")
    assert pieces_of("煤气味怎么办")[:2] == ("煤气", "气味")
    assert pieces_of("啊") == pieces_of("?!") == ()


def test_a_rare_pair_weighs_more_than_one_that_stands_everywhere():
    texts = [[("燃气账单", 1)], [("燃气泄漏", 1)], [("燃气开户", 1)]]
    scores = shares(pieces_of("燃气泄漏"), texts)
    assert scores[1] > scores[0] == scores[2] > 0


def test_the_first_sentence_to_say_is_shown_plainly_and_cut():
    assert first_answer("前言\n::: say\n**请您**先[看](kb:gas)\n:::\n") == "请您先看"
    assert first_answer("没有标准句") == ""
    assert len(first_answer("::: say\n" + "很" * 300 + "\n:::")) == 90


def test_a_link_by_name_leads_to_the_article_and_nowhere_else():
    register_link("kb", "/knowledge/")
    assert 'href="/knowledge/gas-smell"' in render("[看](kb:gas-smell)", {}, think="")
    assert "href" not in render("[看](kb:../../etc)", {}, think="")
