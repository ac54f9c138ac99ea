"""Writing, reviewing, publishing, retiring, drawing."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from lms.access.identity import Role
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict, Invalid, NotFound, Refused
from question_bank import bundled, queries, services
from question_bank.models import EditionState, Question, QuestionEdition
from question_bank.queries import Pick
from question_bank.rules import allot
from tests.conftest import NOW
from tests.question_bank.conftest import refused, somebody
from tests.question_bank.made import NUMERIC

both = pytest.mark.both_databases


def published(write, author, reviewer, **changes):
    edition = write(**changes)
    return publish(edition.question_id, author, reviewer)


def publish(question_id, author, reviewer):
    with unit_of_work() as session:
        services.submit_for_review(session, question_id, by=author, now=NOW)
    with unit_of_work() as session:
        return services.publish(session, question_id, by=reviewer, now=NOW)


@both
def test_loading_twice_changes_nothing(bank):
    with unit_of_work() as session:
        report = services.load_bundled(session, now=NOW)
    assert (report.questions_added, report.editions_added, report.unchanged) == (0, 0, len(bundled.questions()))
    assert reading().scalar(select(func.count()).select_from(QuestionEdition)) == report.unchanged


@both
def test_a_changed_library_makes_a_new_edition_and_keeps_the_old(bank, monkeypatch):
    first, *rest = bundled.questions()
    changed = bundled.BundledQuestion(
        first.code, first.kind, first.point, "hard", first.content, first.wrong, first.case, first.points
    )
    monkeypatch.setattr(bundled, "questions", lambda: (changed, *rest))
    with unit_of_work() as session:
        assert services.load_bundled(session, now=NOW).editions_added == 1
    edition = queries.published(reading(), [first.code])[first.code]
    assert (edition.number, edition.difficulty) == (2, "hard")


@both
def test_a_new_question_takes_the_next_number_of_its_subject(write):
    assert [
        reading().get(Question, write(point=point).question_id).code for point in ("gas/dispatch", "gas/location", "")
    ] == [
        "GAS-041",
        "GAS-042",
        "Q-001",
    ]


def test_a_question_is_written_reviewed_and_published_by_two_people(write, author, reviewer):
    edition = published(write, author, reviewer)
    assert (edition.state, edition.number, edition.published_by) == (EditionState.PUBLISHED, 1, reviewer.person_id)


def test_nobody_publishes_their_own_work(write, author, reviewer):
    edition = write()
    with unit_of_work() as session:
        services.submit_for_review(session, edition.question_id, by=author, now=NOW)
    with refused(Refused, "question.own_work"), unit_of_work() as session:
        services.publish(session, edition.question_id, by=author, now=NOW)


def test_whoever_changed_it_last_can_not_publish_it_either(write, author, reviewer):
    other = somebody(Role.TRAINER)
    edition = write()
    write(edition.question_id, by=other, stem="改过的题干？")
    with unit_of_work() as session:
        services.submit_for_review(session, edition.question_id, by=author, now=NOW)
    with pytest.raises(Refused), unit_of_work() as session:
        services.publish(session, edition.question_id, by=other, now=NOW)


@both
def test_the_table_itself_refuses_an_author_as_publisher(write, author, reviewer):
    edition = write()
    with pytest.raises(IntegrityError), unit_of_work() as session:
        row = session.get_one(QuestionEdition, edition.id)
        row.state, row.published_at, row.published_by = EditionState.PUBLISHED, NOW, author.person_id


@both
@pytest.mark.parametrize(
    "change", ["stem = 'x'", "points = 1", "content = '{}'", "state = 'draft'", "published_by = NULL"]
)
def test_a_published_edition_does_not_change(write, author, reviewer, change):
    edition = published(write, author, reviewer)
    with pytest.raises(DBAPIError, match="does not change"), unit_of_work() as session:
        session.execute(text(f"UPDATE question_edition SET {change} WHERE id = :id"), {"id": _raw(session, edition.id)})


@both
def test_a_published_edition_is_not_deleted(write, author, reviewer):
    edition = published(write, author, reviewer)
    with pytest.raises(DBAPIError, match="does not change"), unit_of_work() as session:
        session.execute(text("DELETE FROM question_edition WHERE id = :id"), {"id": _raw(session, edition.id)})


def _raw(session, value):
    return value if session.get_bind().dialect.name == "postgresql" else value.hex


@both
def test_editing_a_published_question_begins_its_next_edition(write, author, reviewer):
    first = published(write, author, reviewer)
    second = write(first.question_id, stem="新的题干？")
    assert (second.number, second.state) == (2, EditionState.DRAFT)
    publish(first.question_id, author, reviewer)
    states = {
        edition.number: edition.state
        for edition in reading().scalars(
            select(QuestionEdition).where(QuestionEdition.question_id == first.question_id)
        )
    }
    assert states == {1: EditionState.SUPERSEDED, 2: EditionState.PUBLISHED}


def test_editing_what_is_in_review_takes_it_back_to_draft(write, author, reviewer):
    edition = write()
    with unit_of_work() as session:
        services.submit_for_review(session, edition.question_id, by=author, now=NOW)
    assert write(edition.question_id, stem="又改了？").state == EditionState.DRAFT
    with pytest.raises(Conflict), unit_of_work() as session:
        services.publish(session, edition.question_id, by=reviewer, now=NOW)


def test_a_review_can_be_sent_back_with_a_note(write, author, reviewer):
    edition = write()
    with unit_of_work() as session:
        services.submit_for_review(session, edition.question_id, by=author, now=NOW)
    with unit_of_work() as session:
        sent = services.send_back(session, edition.question_id, note="选项太短", by=reviewer, now=NOW)
    assert (sent.state, sent.review_note) == (EditionState.DRAFT, "选项太短")


@both
def test_two_authors_do_not_overwrite_each_other(write):
    edition = write()
    seen = edition.version
    write(edition.question_id, stem="先存的？", version=seen)
    with refused(Conflict, "question.changed_meanwhile"):
        write(edition.question_id, stem="后存的？", version=seen)


def test_a_flawed_draft_is_kept_but_not_submitted(write, author):
    edition = write(key="", point="")
    with pytest.raises(Invalid) as refused, unit_of_work() as session:
        services.submit_for_review(session, edition.question_id, by=author, now=NOW)
    assert {problem.where for problem in refused.value.problems} == {"key", "point"}


@pytest.mark.parametrize(
    "changes", [{"stem": " "}, {"stem": "长" * 2001}, {"stem": "铃\x07"}, {"points": 0}, {"points": 10_001}]
)
def test_what_can_not_even_be_kept_is_refused(write, changes):
    with pytest.raises(Invalid):
        write(**changes)


def test_bundled_questions_are_copied_not_edited(write):
    bundled_id = queries.published(reading(), ["SVC-001"])["SVC-001"].question_id
    with refused(Conflict, "question.bundled"):
        write(bundled_id)


def test_a_site_s_trainer_can_not_touch_another_part_s_questions(write, author):
    elsewhere = somebody(Role.TRAINER, unit_path="/pa/")
    edition = write()
    with pytest.raises(NotFound):
        write(edition.question_id, by=elsewhere)


@both
def test_a_draft_thrown_away_takes_a_question_without_editions_with_it(write, author, reviewer):
    lone, kept = write(), published(write, author, reviewer)
    write(kept.question_id, stem="改？")
    with unit_of_work() as session:
        assert services.discard_draft(session, lone.question_id, by=author, now=NOW)
    with unit_of_work() as session:
        assert not services.discard_draft(session, kept.question_id, by=author, now=NOW)
    assert reading().get(Question, lone.question_id) is None


def test_a_retired_question_is_not_drawn_until_it_is_restored(write, author, reviewer):
    edition = published(write, author, reviewer, point="gas/dispatch")
    everything = [Pick("gas/dispatch", count=99)]
    assert queries.supply(reading(), everything) == (7,)
    with unit_of_work() as session:
        services.retire(session, edition.question_id, by=reviewer, now=NOW)
    assert queries.supply(reading(), everything) == (6,)
    assert edition.id in queries.editions(reading(), [edition.id])
    with unit_of_work() as session:
        services.restore(session, edition.question_id, by=reviewer, now=NOW)
    assert queries.supply(reading(), everything) == (7,)


@both
def test_a_draw_takes_what_was_asked_none_twice_and_the_same_each_time(bank):
    picks = [Pick("gas", count=20), Pick("gas/dispatch", count=6), Pick(difficulty="easy", kind="single", count=5)]
    drawn = queries.draw(reading(), picks, seed="a")
    assert [len({item.question_id for item in drawn.items}), len(drawn.items), drawn.short] == [31, 31, ()]
    assert {item.point for item in drawn.items[20:26]} == {"gas/dispatch"}
    assert all(item.difficulty == "easy" and item.kind == "single" for item in drawn.items[26:])
    assert drawn == queries.draw(reading(), picks, seed="a")
    assert drawn != queries.draw(reading(), picks, seed="b")


def test_a_draw_says_what_the_bank_lacks(bank):
    drawn = queries.draw(reading(), [Pick("gas/dispatch", count=7)], seed="a")
    assert [(short.pick_index, short.wanted, short.found) for short in drawn.short] == [(0, 7, 6)]


def test_what_was_seen_can_be_kept_out_of_a_draw(bank):
    seen = queries.draw(reading(), [Pick("gas/dispatch", count=4)], seed="a")
    rest = queries.draw(
        reading(), [Pick("gas/dispatch", count=4)], seed="a", exclude={item.question_id for item in seen.items}
    )
    assert len(rest.items) == 2
    assert not {item.code for item in rest.items} & {item.code for item in seen.items}


@both
def test_a_site_draws_its_own_and_what_belongs_to_all(bank, reviewer):
    site = somebody(Role.TRAINER, unit_path="/pa/")
    with unit_of_work() as session:
        edition = services.save_draft(
            session,
            None,
            kind="numeric",
            content=NUMERIC,
            point="gas/dispatch",
            difficulty="easy",
            points=100,
            by=site,
            now=NOW,
            unit_path="/pa/",
        )
    publish(edition.question_id, site, reviewer)
    pick = [Pick("gas/dispatch", count=99)]
    assert [queries.supply(reading(), pick, within=path) for path in ("/pa/hz/", "/pa/", "/sh/", "/")] == [
        (7,),
        (7,),
        (6,),
        (6,),
    ]


def test_subjects_count_what_their_points_hold(bank):
    counts = {node.code: node.published for node in queries.points(reading())}
    assert (counts["gas"], counts["gas/dispatch"]) == (40, 6)


def test_a_point_of_one_s_own_is_added_once(bank, author):
    with unit_of_work() as session:
        services.add_point(session, parent="gas", slug="meter", name="表具故障", by=author, now=NOW)
    with pytest.raises(Invalid), unit_of_work() as session:
        services.add_point(session, parent="gas", slug="meter", name="又一个", by=author, now=NOW)
    assert queries.point_names(reading())["gas/meter"] == "表具故障"


@pytest.mark.parametrize(
    ("candidates", "counts", "sizes"),
    [
        ([["a", "b"], ["a"]], [1, 1], [1, 1]),
        ([["a"], ["a"]], [1, 1], [1, 0]),
        ([["a", "b", "c"], ["a", "b"], ["a"]], [1, 1, 1], [1, 1, 1]),
        ([[], ["a"]], [2, 0], [0, 0]),
    ],
)
def test_dealing_fills_as_many_picks_as_can_be(candidates, counts, sizes):
    dealt = allot(candidates, counts)
    assert [len(group) for group in dealt] == sizes
    assert len({item for group in dealt for item in group}) == sum(sizes)


def test_two_equal_codes_can_not_arise(bank):
    with pytest.raises(IntegrityError), unit_of_work() as session:
        session.add(Question(code="SVC-001", kind="single", created_at=NOW + timedelta(1)))
