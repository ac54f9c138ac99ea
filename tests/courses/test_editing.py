"""From a bundled course to the organisation's own edition: copied, written, handed in, published by another."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from courses.library import bundled_courses
from courses.models import Course, CourseEdition, CourseUnit
from courses.queries.comparing import ChangeKind, changes_between, text_changes
from courses.queries.editions import course_by_code, current_edition, open_edition
from courses.rules.editions import EditionFacts, EditionState, Gap, Obstacle, UnitDraft, gaps, may_edit, may_publish
from courses.rules.units import UnitKind
from courses.services import load_bundled
from courses.services.editing import (
    add_picture,
    add_unit,
    attach,
    change_edition,
    change_unit,
    mark_of,
    move_unit,
    new_course,
    remove_unit,
    start_draft,
)
from courses.services.publishing import discard_edition, publish_edition, send_back, submit_edition
from lms.access.identity import Identity
from lms.kernel.db import new_id, reading, unit_of_work
from lms.kernel.errors import Conflict, Invalid, Refused
from lms.records.models import AuditEntry
from tests.courses.lessons import make_course, page
from tests.factories import make_person

FILM = {"sha256": "a" * 64, "filename": "clip.webm", "kind": "webm", "size": 1, "duration_ms": 1000}


@pytest.mark.parametrize(
    ("state", "publisher", "obstacle"),
    [
        ("review", "other", None),
        ("review", "author", Obstacle.OWN_WORK),
        ("review", "editor", Obstacle.OWN_WORK),
        ("review", "submitter", Obstacle.OWN_WORK),
        ("review", None, Obstacle.OWN_WORK),
        ("draft", "other", Obstacle.NOT_IN_REVIEW),
        ("published", "other", Obstacle.NOT_IN_REVIEW),
    ],
)
def test_an_edition_is_published_by_somebody_who_had_no_hand_in_it(state, publisher, obstacle):
    people = {name: new_id() for name in ("other", "author", "editor", "submitter")}
    edition = EditionFacts(EditionState(state), people["author"], people["submitter"], frozenset({people["editor"]}))
    assert may_publish(edition, people.get(publisher)) == obstacle


@pytest.mark.parametrize(("state", "obstacle"), [("draft", None), ("review", Obstacle.NOT_A_DRAFT),
                                                ("published", Obstacle.NOT_A_DRAFT)])
def test_only_drafts_are_edited(state, obstacle):
    assert may_edit(EditionFacts(EditionState(state), None)) == obstacle


@pytest.mark.parametrize(
    ("unit", "missing"),
    [
        (UnitDraft("a", UnitKind.PAGE), (Gap.TEXT,)),
        (UnitDraft("a", UnitKind.PAGE, has_text=True), ()),
        (UnitDraft("a", UnitKind.DOCUMENT), (Gap.FILE,)),
        (UnitDraft("a", UnitKind.DOCUMENT, has_file=True), ()),
        (UnitDraft("a", UnitKind.VIDEO, has_text=True), (Gap.FILM,)),
        (UnitDraft("a", UnitKind.TEST), (Gap.POINTS,)),
        (UnitDraft("a", UnitKind.CALL), (Gap.SCRIPT,)),
        (UnitDraft("a", UnitKind.PAGE, has_text=True, missing_pictures=("x.svg",)), (Gap.PICTURE,)),
    ],
)
def test_a_unit_is_handed_in_whole(unit, missing):
    assert gaps(unit) == missing


@pytest.fixture
def author(context):
    person = make_person("周岚")
    return Identity(person.id, person.name, person.staff_no)


@pytest.fixture
def reviewer(context):
    person = make_person("陆舟")
    return Identity(person.id, person.name, person.staff_no)


@pytest.fixture
def draft(author, now):
    make_course("gas", page("one"), page("two"))
    with unit_of_work() as session:
        return start_draft(session, session.scalars(select(Course)).one(), by=author, now=now)


@pytest.mark.both_databases
def test_the_bundled_courses_are_loaded_once(context, now):
    with unit_of_work() as session:
        assert set(load_bundled(session, now=now).loaded) == {"gas-leak", "phone-etiquette", "service-norms"}
    with unit_of_work() as session:
        report = load_bundled(session, now=now)
    assert (report.loaded, len(report.unchanged)) == ((), 3)
    gas = current_edition(reading(), course_by_code(reading(), "gas-leak").id)
    bundled = next(course for course in bundled_courses() if course.code == "gas-leak")
    assert [unit.code for unit in gas.units] == [unit.code for unit in bundled.file.units]
    assert len(gas.pictures) == len(bundled.pictures)


def test_a_course_the_organisation_edits_keeps_its_own_edition_when_the_bundle_changes(author, now):
    with unit_of_work() as session:
        load_bundled(session, now=now)
        session.execute(text("DROP TRIGGER course_edition_final_update"))
        session.execute(text("UPDATE course_edition SET digest = 'old'"))
        start_draft(session, course_by_code(session, "gas-leak"), by=author, now=now)
    with unit_of_work() as session:
        report = load_bundled(session, now=now)
    assert report.kept == ("gas-leak",)
    assert set(report.loaded) == {"phone-etiquette", "service-norms"}


@pytest.mark.both_databases
@pytest.mark.parametrize("statement", [
    "UPDATE course_edition SET title = 'x'", "DELETE FROM course_edition", "UPDATE course_unit SET text = 'x'",
    "DELETE FROM course_unit",
])
def test_the_tables_refuse_to_change_a_published_edition(context, statement):
    make_course("gas", page("one"))
    with pytest.raises(DBAPIError, match="never changes"), unit_of_work() as session:
        session.execute(text(statement))


@pytest.mark.both_databases
def test_the_tables_refuse_a_new_unit_in_a_published_edition(context):
    make_course("gas", page("one"))
    edition = reading().scalars(select(CourseEdition)).one()
    late = CourseUnit(edition_id=edition.id, position=9, code="x", kind="page", title="x", minutes=1, points=[])
    with pytest.raises(DBAPIError, match="never changes"), unit_of_work() as session:
        session.add(late)


@pytest.mark.both_databases
def test_a_draft_is_a_copy_that_can_be_written_handed_in_and_published_by_another(draft, author, reviewer, now):
    unit = draft.units[0]
    with unit_of_work() as session:
        change_unit(session, unit.id, {"text": "新的正文", "seconds": 0}, by=author, now=now)
        submit_edition(session, draft.id, changes="改写第一节", by=author, now=now)
    with pytest.raises(Refused), unit_of_work() as session:
        publish_edition(session, draft.id, by=author, now=now)
    with unit_of_work() as session:
        publish_edition(session, draft.id, by=reviewer, now=now)
    current = current_edition(reading(), draft.course_id)
    assert (current.number, current.units[0].text, current.source) == (2, "新的正文", "own")
    assert open_edition(reading(), draft.course_id) is None
    actions = set(reading().scalars(select(AuditEntry.action)))
    assert {"course.draft", "course.unit_edit", "course.submit", "course.publish"} <= actions


def test_there_is_one_draft_at_a_time(draft, author, now):
    with unit_of_work() as session:
        again = start_draft(session, session.get_one(Course, draft.course_id), by=author, now=now)
    assert again.id == draft.id


def test_an_edition_in_review_can_not_be_written(draft, author, now):
    with unit_of_work() as session:
        submit_edition(session, draft.id, by=author, now=now)
    with pytest.raises(Conflict), unit_of_work() as session:
        change_unit(session, draft.units[0].id, {"title": "x"}, by=author, now=now)


def test_what_is_sent_back_says_why_and_is_a_draft_again(draft, author, reviewer, now):
    with unit_of_work() as session:
        submit_edition(session, draft.id, by=author, now=now)
    with pytest.raises(Invalid), unit_of_work() as session:
        send_back(session, draft.id, remark=" ", by=reviewer, now=now)
    with unit_of_work() as session:
        edition = send_back(session, draft.id, remark="第二节缺图", by=reviewer, now=now)
    assert (edition.state, edition.remark) == ("draft", "第二节缺图")
    with unit_of_work() as session:
        change_edition(session, draft.id, {"title": "燃气"}, by=author, now=now)


def test_a_draft_with_gaps_is_not_handed_in_and_every_gap_is_named(draft, author, now):
    with unit_of_work() as session:
        add_unit(session, draft.id, kind=UnitKind.VIDEO, title="夜间来电", by=author, now=now)
        change_unit(session, draft.units[0].id, {"text": "![图](away.svg)"}, by=author, now=now)
    with pytest.raises(Invalid) as refused, unit_of_work() as session:
        submit_edition(session, draft.id, by=author, now=now)
    assert {problem.where for problem in refused.value.problems} == {"one", "video-1"}
    with unit_of_work() as session:
        film = next(unit for unit in session.get_one(CourseEdition, draft.id).units if unit.code == "video-1")
        attach(session, film.id, "file", FILM, by=author, now=now)
        add_picture(session, draft.id, "away.svg", {"sha256": "b" * 64, "filename": "a.png", "kind": "png", "size": 1},
                    by=author, now=now)
        submit_edition(session, draft.id, by=author, now=now)


def test_two_authors_can_not_overwrite_each_other_unseen(draft, author, reviewer, now):
    unit = draft.units[0]
    seen = mark_of(unit)
    with unit_of_work() as session:
        change_unit(session, unit.id, {"text": "甲写的"}, seen=seen, by=author, now=now)
    with pytest.raises(Conflict), unit_of_work() as session:
        change_unit(session, unit.id, {"text": "乙写的"}, seen=seen, by=reviewer, now=now)


def test_whoever_edited_a_draft_can_not_publish_it(draft, author, reviewer, now):
    with unit_of_work() as session:
        change_unit(session, draft.units[0].id, {"minutes": 6}, by=reviewer, now=now)
        submit_edition(session, draft.id, by=author, now=now)
    with pytest.raises(Refused), unit_of_work() as session:
        publish_edition(session, draft.id, by=reviewer, now=now)


@pytest.mark.parametrize(("places", "order"), [(-1, ["two", "one", "page-1"]), (1, ["one", "page-1", "two"]),
                                              (-9, ["two", "one", "page-1"]), (9, ["one", "page-1", "two"])])
def test_units_are_moved_as_far_as_there_are_places(draft, author, now, places, order):
    with unit_of_work() as session:
        add_unit(session, draft.id, kind=UnitKind.PAGE, title="三", by=author, now=now)
        second = next(unit for unit in draft.units if unit.code == "two")
        move_unit(session, second.id, places, by=author, now=now)
    edition = reading().get_one(CourseEdition, draft.id, populate_existing=True)
    assert [unit.code for unit in edition.units] == order


def test_units_are_removed_and_their_places_close_up(draft, author, now):
    with unit_of_work() as session:
        remove_unit(session, draft.units[0].id, by=author, now=now)
    edition = reading().get_one(CourseEdition, draft.id, populate_existing=True)
    assert [(unit.code, unit.position) for unit in edition.units] == [("two", 0)]


@pytest.mark.both_databases
def test_a_draft_is_thrown_away_with_everything_in_it(draft, author, now):
    with unit_of_work() as session:
        discard_edition(session, draft.id, by=author, now=now)
    assert open_edition(reading(), draft.course_id) is None
    assert current_edition(reading(), draft.course_id).number == 1
    assert {unit.edition_id for unit in reading().scalars(select(CourseUnit))} == {
        current_edition(reading(), draft.course_id).id}


def test_a_new_course_may_begin_as_a_copy_and_needs_a_code_of_its_own(author, now):
    make_course("gas", page("one"))
    source = reading().scalars(select(CourseEdition)).one()
    with unit_of_work() as session:
        made = new_course(session, code="gas-hz", title="杭州燃气", copy_of=source.id, by=author, now=now)
    assert (made.number, made.title, [unit.code for unit in made.units]) == (1, "杭州燃气", ["one"])
    with pytest.raises(Invalid) as refused, unit_of_work() as session:
        new_course(session, code="gas-hz", title="又一门", by=author, now=now)
    assert refused.value.problems[0].where == "code"


def test_the_reviewer_sees_what_differs(draft, author, now):
    with unit_of_work() as session:
        change_unit(session, draft.units[0].id, {"text": "one 的正文\n加一句", "seconds": 30}, by=author, now=now)
        add_unit(session, draft.id, kind=UnitKind.PAGE, title="三", by=author, now=now)
        remove_unit(session, next(unit for unit in draft.units if unit.code == "two").id, by=author, now=now)
    before = current_edition(reading(), draft.course_id)
    after = reading().get_one(CourseEdition, draft.id, populate_existing=True)
    changes = {change.code: change for change in changes_between(before, after)}
    assert {code: change.kind for code, change in changes.items()} == {
        "one": ChangeKind.CHANGED, "page-1": ChangeKind.ADDED, "two": ChangeKind.REMOVED}
    assert [(line.mark, line.text) for line in changes["one"].lines] == [(" ", "one 的正文"), ("+", "加一句")]
    assert changes["one"].settings == ("seconds",)


def test_unchanged_lines_far_from_a_change_are_left_out():
    before = "\n".join("abcdefgh")
    lines = text_changes(before, before.replace("a", "A").replace("h", "H"))
    assert [(line.mark, line.text) for line in lines] == [
        ("-", "a"), ("+", "A"), (" ", "b"), ("…", ""), (" ", "g"), ("-", "h"), ("+", "H")]
    assert text_changes(before, before) == ()
