"""Lists: what a query string may and may not do."""

from dataclasses import dataclass
from urllib.parse import parse_qsl

import pytest
from flask import Flask, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from lms.people.models import Queue
from lms.web.tables import Column, Filter, Page, Table, paginate, paginate_list
from tests.factories import make_queue

TABLE = Table(
    "queues",
    (
        Column("name", "Name", sort=Queue.name, always=True),
        Column("code", "Code", sort=Queue.code),
        Column("position", "Position", sort=Queue.position, numeric=True, hidden=True),
    ),
    filters=(
        Filter("code", "Code", options=(("gas", "Gas"), ("bill", "Billing")), where=lambda value: Queue.code == value,
               multiple=True),
        Filter("short", "Short", options=(("燃气", "燃气"),), where=lambda value: Queue.short == value),
    ),
    search=lambda term: Queue.name.contains(term, autoescape=True),
    default_sort="code",
    per_page=20,
)


@dataclass(frozen=True)
class Row:
    """A row in memory."""

    name: str
    marks: int | None


LISTED = Table(
    "rows", (Column("name", "Name", sortable_in_lists=True), Column("marks", "Marks", sortable_in_lists=True)),
    filters=(Filter("passed", "Passed", options=(("yes", "yes"),), keeps=lambda row, _value: (row.marks or 0) >= 80),),
    default_sort="name", per_page=20,
)


def test_an_empty_address_gives_the_defaults() -> None:
    state = TABLE.state({})
    assert (state.q, state.sort, state.descending, state.page, state.per_page) == ("", "code", False, 1, 20)
    assert state.columns == ("name", "code")


@pytest.mark.parametrize(
    "hostile",
    [
        "page=-1", "page=0", "page=1e9", "page=99999999999999999999", "page=%EF%BC%91", "page=abc", "per=7", "per=-50",
        "sort=password", "sort=name;drop table queue", "dir=sideways", "code=' or 1=1 --", "short=燃气%00",
        "columns=evil",
        "export=exe", "q=" + "%" * 50, "q=\x00", "code=&code=&code=",
    ],
)
def test_a_hostile_query_string_falls_back_and_still_answers(hostile: str, session: Session) -> None:
    make_queue("gas")
    state = TABLE.state(MultiDict(parse_qsl(hostile, keep_blank_values=True)))
    page = paginate(session, select(Queue), state)
    assert state.page >= 1
    assert state.per_page in (20, 50, 100, 200)
    assert state.sort in ("name", "code", "position")
    assert "evil" not in state.columns
    assert state.export == ""
    assert page.total in (0, 1)


def test_a_search_term_is_cut_and_never_a_pattern(session: Session) -> None:
    make_queue("gas", name="100% gas")
    make_queue("bill", name="billing")
    state = TABLE.state({"q": "%"})
    assert [queue.code for queue in paginate(session, select(Queue), state).rows] == ["gas"]
    assert len(TABLE.state({"q": "x" * 5000}).q) == 100


def test_filters_narrow_and_sorting_turns_round(session: Session) -> None:
    for code in ("gas", "bill", "install"):
        make_queue(code)
    chosen = TABLE.state(MultiDict([("code", "gas"), ("code", "bill"), ("dir", "desc"), ("sort", "code")]))
    assert [queue.code for queue in paginate(session, select(Queue), chosen).rows] == ["gas", "bill"]


def test_a_filter_of_one_choice_takes_the_first_alone() -> None:
    state = TABLE.state(MultiDict([("short", "燃气"), ("short", "燃气")]))
    assert state.chosen("short") == ("燃气",)


def test_a_page_past_the_end_shows_the_last(session: Session) -> None:
    for number in range(21):
        make_queue(f"q{number:02}")
    page = paginate(session, select(Queue), TABLE.state({"page": "9"}))
    assert (page.number, page.pages, page.first, page.last, len(page.rows)) == (2, 2, 21, 21, 1)


def test_no_rows_make_one_empty_page(session: Session) -> None:
    page = paginate(session, select(Queue), TABLE.state({}))
    assert (page.total, page.pages, page.first, page.last) == (0, 1, 0, 0)


def test_pages_far_from_here_are_folded() -> None:
    assert Page([], 1000, 25, 20).window == [1, None, 23, 24, 25, 26, 27, None, 50]
    assert Page([], 60, 1, 20).window == [1, 2, 3]


def test_links_keep_the_rest_and_go_back_to_the_first_page(app: Flask) -> None:
    with app.test_request_context("/queues?q=a&page=3&at=2026-01-01"):
        state = TABLE.state(request.args)
        assert state.link(sort="name") == "/queues?at=2026-01-01&q=a&sort=name"
        assert state.link(page=2) == "/queues?at=2026-01-01&q=a&page=2"
        assert "q=" not in state.cleared_url
        assert "at=2026-01-01" in state.cleared_url


def test_sorting_by_the_same_column_again_turns_it_round(app: Flask) -> None:
    with app.test_request_context("/queues"):
        assert "dir=desc" in TABLE.state({"sort": "name", "dir": "asc"}).sort_link("name")
        assert "dir=asc" in TABLE.state({"sort": "name", "dir": "desc"}).sort_link("name")


def test_a_filter_in_force_can_be_taken_away_by_itself(app: Flask) -> None:
    with app.test_request_context("/queues"):
        state = TABLE.state(MultiDict([("code", "gas"), ("code", "bill")]))
        assert [(chip.text, chip.url) for chip in state.chips] == [
            ("Gas", "/queues?code=bill"), ("Billing", "/queues?code=gas"),
        ]


def test_columns_can_be_chosen_but_the_first_one_stays() -> None:
    assert TABLE.state(MultiDict([("columns", ""), ("columns", "position")])).columns == ("name", "position")
    assert TABLE.state(MultiDict([("columns", "")])).columns == ("name",)


def test_rows_in_memory_filter_sort_and_page_alike() -> None:
    rows = [Row("b", 90), Row("a", None), Row("c", 80)]
    assert [row.name for row in paginate_list(rows, LISTED.state({})).rows] == ["a", "b", "c"]
    assert [row.name for row in paginate_list(rows, LISTED.state({"passed": "yes"})).rows] == ["b", "c"]
    by_marks = LISTED.state({"sort": "marks", "dir": "asc"})
    assert [row.name for row in paginate_list(rows, by_marks).rows] == ["c", "b", "a"]
