"""Widgets ask without telling, and review what was answered."""

import pytest
from flask import render_template_string

from question_bank import kinds
from question_bank.kinds import KINDS, KindCode
from tests.question_bank.made import ONE_OF_EACH


@pytest.mark.parametrize("kind", list(KindCode))
def test_a_widget_asks_without_giving_the_answer_away(loaded, kind):
    view = kinds.candidate_view(kind, ONE_OF_EACH[kind], 1)
    source = (
        '{% import "questions/widgets/" ~ view.kind ~ ".html" as w %}{{ w.answer(view, "q", given) }}{{ w.shows_stem }}'
    )
    with loaded.test_request_context():
        shown = render_template_string(source, view=view, given=KINDS[kind].key_answer(ONE_OF_EACH[kind]))
        empty = render_template_string(source, view=view, given=None)
    assert f'data-kind="{kind}"' in shown
    assert "checked" not in empty
    assert shown != empty


@pytest.mark.parametrize("kind", list(KindCode))
@pytest.mark.parametrize("answer", ["key_answer", "wrong_answer", None])
def test_a_widget_reviews_every_answer(loaded, kind, answer):
    content = ONE_OF_EACH[kind]
    given = getattr(KINDS[kind], answer)(content) if answer else None
    review = kinds.review_view(kind, {**content, "explanation": "因为<b>如此</b>"}, given, 200)
    source = '{% import "questions/widgets/" ~ review.kind ~ ".html" as w %}{{ w.review(review) }}'
    with loaded.test_request_context():
        assert "因为&lt;b&gt;如此" in render_template_string(source, review=review)


NONSENSE = [
    *(True, 3, 2.5, "", "a", "x" * 100, {}, {"a": 1}, []),
    *([None], [[1]], ["a", 3], ["a", ["阀门"]], [{"a": []}], [True, "b"]),
]


@pytest.mark.parametrize("kind", list(KindCode))
def test_whatever_was_saved_the_question_is_shown_again(loaded, kind):
    view = kinds.candidate_view(kind, ONE_OF_EACH[kind], 1)
    source = '{% import "questions/widgets/" ~ view.kind ~ ".html" as w %}{{ w.answer(view, "q", given) }}'
    with loaded.test_request_context():
        for answer in NONSENSE:
            assert f'data-kind="{kind}"' in render_template_string(
                source, view=view, given=kinds.shown_answer(view, answer)
            )


@pytest.mark.parametrize("kind", list(KindCode))
@pytest.mark.parametrize("answer", ["key_answer", "wrong_answer"])
def test_an_answer_that_makes_sense_is_shown_as_it_was_given(kind, answer):
    given = getattr(KINDS[kind], answer)(ONE_OF_EACH[kind])
    assert kinds.shown_answer(kinds.candidate_view(kind, ONE_OF_EACH[kind], 1), given) == given
