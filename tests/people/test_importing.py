"""Imports against the database: dry run, all or nothing, the brake; on both databases."""

from datetime import date

import pytest
from sqlalchemy import func, select

from lms.access.identity import Identity, Role, RoleGrant
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.people.models import (
    Account,
    QueueMembership,
)
from lms.people.rules.columns import Layout
from lms.people.services import joining, leaving
from lms.people.services.importing import kinds, steps
from lms.people.services.importing.kinds import Options
from lms.records.models import AuditEntry
from tests.factories import make_person
from tests.people.factories import HEADS, account_with_password, hand_in, options, person, staff, write

pytestmark = pytest.mark.both_databases


def test_new_people_come_with_team_queues_latin_name_and_initials(hr, now):
    write(
        hand_in(
            [
                HEADS,
                [
                    3101,
                    "吕雨桐",
                    "平安客服",
                    "早一班",
                    "话务员",
                    "",
                    date(2026, 3, 2),
                    None,
                    16400010101,
                    "综合服务、燃气抢修",
                ],
            ],
            hr,
            now,
        ),
        hr,
        now,
    )
    found = person("3101")
    assert (found.name_latin, found.pinyin_initials, found.unit.code, found.post.code) == (
        "Yutong Lyu",
        "lyt",
        "t1",
        "operator",
    )
    assert (found.state, found.phone, found.hired_on) == ("probation", "16400010101", date(2026, 3, 2))
    assert reading().scalar(select(func.count()).select_from(QueueMembership)) == 2


def test_nothing_is_written_before_it_is_confirmed(hr, now):
    import_id = hand_in([HEADS, [3101, "陈雨桐", "", "早一班", "", "", date(2026, 3, 2)]], hr, now)
    steps.dry_run(reading(), import_id, by=hr, now=now)
    assert staff() == {"9001"}


def test_one_bad_row_keeps_the_whole_file_out(hr, now):
    import_id = hand_in(
        [HEADS, [3101, "陈雨桐", "", "早一班", "", "", "2026-03-02"], [3102, "周岚", "", "午班", "", "", "2026-03-02"]],
        hr,
        now,
    )
    with pytest.raises(Invalid, match="bad rows|有错"):
        write(import_id, hr, now)
    assert staff() == {"9001"}


def test_bad_rows_may_be_left_out(hr, now):
    import_id = hand_in(
        [HEADS, [3101, "陈雨桐", "", "早一班", "", "", "2026-03-02"], [3102, "周岚", "", "午班", "", "", "2026-03-02"]],
        hr,
        now,
    )
    options(import_id, hr, leave_out=True)
    assert write(import_id, hr, now) == 1
    assert staff() == {"9001", "3101"}


def test_what_was_not_looked_at_is_not_written(hr, now, place):
    import_id = hand_in([HEADS, [3101, "陈雨桐", "", "早一班", "", "", "2026-03-02"]], hr, now)
    run = steps.dry_run(reading(), import_id, by=hr, now=now)
    make_person("陈雨桐", staff_no="3101", unit=place)
    with pytest.raises(Conflict) as conflict, unit_of_work() as session:
        steps.apply_import(session, import_id, fingerprint=run.fingerprint, by=hr, now=now)
    assert conflict.value.code == "import.changed_meanwhile"


def test_an_import_is_written_once(hr, now):
    import_id = hand_in([HEADS, [3101, "陈雨桐", "", "早一班", "", "", "2026-03-02"]], hr, now)
    write(import_id, hr, now)
    with pytest.raises(Conflict):
        write(import_id, hr, now)


def test_many_leaving_at_once_need_the_number_typed(hr, now, place):
    for number in range(10):
        make_person(staff_no=str(3000 + number), unit=place)
    import_id = hand_in([HEADS, *([str(3000 + number), "陈雨桐"] for number in range(8)), ["9001", "沈慧敏"]], hr, now)
    options(import_id, hr, complete=True)
    assert steps.dry_run(reading(), import_id, by=hr, now=now).brake == 2
    for wrong in (None, 1, 3):
        with pytest.raises(Invalid) as refused:
            write(import_id, hr, now, typed=wrong)
        assert refused.value.code == "import.brake"
    assert len(staff()) == 11
    write(import_id, hr, now, typed=2)
    assert staff() == {str(3000 + number) for number in range(8)} | {"9001"}


def test_leaving_by_import_closes_the_sign_in_and_tells_the_hooks(hr, now, place, monkeypatch):
    told = []
    monkeypatch.setattr(
        leaving, "_leaving", [lambda session, person_id, left_at, by, at: told.append((person_id, left_at))]
    )
    leaver = make_person("陈雨桐", staff_no="3001", unit=place)
    account_with_password(leaver)
    write(hand_in([HEADS, [3001, "陈雨桐", "", "", "", "离职", "", date(2026, 2, 27)]], hr, now), hr, now, typed=1)
    account = reading().scalars(select(Account)).one()
    assert not account.active
    assert [person_id for person_id, _at in told] == [leaver.id]
    assert told[0][1].isoformat() == "2026-02-27T16:00:00+00:00"  # the end of that day in Shanghai


def test_new_and_moved_people_are_announced(hr, now, place, monkeypatch):
    told = []
    monkeypatch.setattr(joining, "_joining", [lambda session, person_id, by, at: told.append(person_id)])
    make_person("陈雨桐", staff_no="3001", unit=place)
    make_person("周岚", staff_no="3002", unit=place)
    write(
        hand_in(
            [
                HEADS,
                [3001, "陈雨桐", "", "夜班"],
                [3002, "周岚", "", "", "", "", "", "", "16400010002"],
                [3003, "何梦洁", "", "早一班", "", "", "2026-03-02"],
            ],
            hr,
            now,
        ),
        hr,
        now,
    )
    assert set(told) == {person("3001").id, person("3003").id}


def test_every_person_changed_is_in_the_audit_with_the_file_as_reason(hr, now, place):
    make_person("陈雨桐", staff_no="3001", unit=place)
    write(hand_in([HEADS, [3001, "陈雨桐", "", "夜班"]], hr, now), hr, now)
    entry = reading().scalars(select(AuditEntry).where(AuditEntry.action == "person.change")).one()
    assert entry.subject == f"person:{person('3001').id}"
    assert "花名册.xlsx" in entry.reason
    assert entry.changes == {"unit": ["pa", "t2"]}


def test_hr_of_one_part_cannot_see_or_touch_imports_of_another(hr, now, place):
    import_id = hand_in([HEADS, [3101, "陈雨桐", "", "早一班", "", "", "2026-03-02"]], hr, now)
    other = make_person("李想", unit=place)
    stranger = Identity(other.id, "李想", "9002", "/pa/t1/", frozenset({RoleGrant(Role.HR, "/pa/t1/")}))
    with pytest.raises(NotFound):
        steps.dry_run(reading(), import_id, by=stranger, now=now)


def test_columns_can_be_put_right_by_hand(hr, now):
    import_id = hand_in([["编码甲", "称呼", "组", "首日"], ["3101", "陈雨桐", "早一班", "2026-03-02"]], hr, now)
    with pytest.raises(Invalid), unit_of_work() as session:
        steps.choose_layout(
            session, import_id, sheet="花名册", layout=Layout(0, {"staff_no": 0}), options=Options(), by=hr
        )
    with unit_of_work() as session:
        steps.choose_layout(
            session,
            import_id,
            sheet="花名册",
            by=hr,
            options=Options(),
            layout=Layout(0, {"staff_no": 0, "name": 1, "unit": 2, "hired_on": 3}),
        )
    write(import_id, hr, now)
    assert person("3101").unit.code == "t1"


def test_a_name_that_no_certificate_can_show_is_a_note_not_a_refusal(hr, now, monkeypatch):
    monkeypatch.setattr(kinds, "source_font", lambda _weight: object())
    monkeypatch.setattr(kinds, "missing_glyphs", lambda name: "䶮" if "䶮" in name else "")
    import_id = hand_in([HEADS, [3101, "王䶮", "", "早一班", "", "", "2026-03-02"]], hr, now)
    (problem,) = steps.dry_run(reading(), import_id, by=hr, now=now).plan.problems
    assert (problem.code, problem.warning, problem.column, problem.detail["value"]) == ("glyph_missing", True, 1, "䶮")
    write(import_id, hr, now)
    assert "3101" in staff()


def test_people_leaving_by_import_keep_the_last_administrator(hr, now, place):
    make_person("周岚", staff_no="1001", unit=place, roles=[Role.SYSTEM_ADMIN])
    import_id = hand_in([HEADS, [1001, "周岚", "", "", "", "离职"]], hr, now)
    with pytest.raises(Conflict) as conflict:
        write(import_id, hr, now, typed=1)
    assert conflict.value.code == "role.last_administrator"
    assert "1001" in staff()
