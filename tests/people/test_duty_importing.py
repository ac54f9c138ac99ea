"""Shifts, leave and heads by import; on both databases."""

import pytest
from sqlalchemy import func, select

from lms.access.identity import Identity, Role, RoleGrant
from lms.kernel.db import reading
from lms.kernel.errors import Refused
from lms.people.models import (
    HeadsNeeded,
    ImportKind,
    Leave,
    Shift,
)
from lms.people.queries.duty import on_duty
from tests.factories import make_person
from tests.people.factories import HEADS, hand_in, undo, write

pytestmark = pytest.mark.both_databases


def test_shifts_are_written_replaced_and_undone(hr, now, place):
    worker = make_person("陈雨桐", staff_no="3001", unit=place)
    csv = "工号,日期,上班,下班,队列\n3001,2026-03-02,08:00,16:00,燃气抢修\n3001,2026-03-03,20:00,08:00,\n".encode(
        "gb18030"
    )
    first = hand_in(csv, hr, now, ImportKind.SHIFTS, "排班.csv")
    write(first, hr, now)
    assert list(on_duty(reading(), now).values()) == [frozenset({worker.id})]
    second = hand_in(
        "工号,日期,上班,下班\n3001,2026-03-02,12:00,18:00\n".encode(), hr, now, ImportKind.SHIFTS, "排班2.csv"
    )
    write(second, hr, now)
    reading().rollback()
    assert [row.starts_at.hour for row in reading().scalars(select(Shift).order_by(Shift.starts_at))] == [4, 12]
    undo(second, hr, now)
    reading().rollback()
    assert [row.starts_at.hour for row in reading().scalars(select(Shift).order_by(Shift.starts_at))] == [0, 12]


def test_leave_and_heads_are_written(hr, now, place):
    make_person("陈雨桐", staff_no="3001", unit=place)
    write(
        hand_in(
            "工号,开始日期,结束日期,事由\n3001,2026-03-02,2026-03-03,年假\n".encode(),
            hr,
            now,
            ImportKind.LEAVE,
            "a.csv",
        ),
        hr,
        now,
    )
    write(hand_in("队列,星期,时段,人数\n燃气抢修,每天,8-20,6\n".encode(), hr, now, ImportKind.HEADS, "b.csv"), hr, now)
    assert reading().scalars(select(Leave.reason)).all() == ["年假"]
    assert reading().scalar(select(func.sum(HeadsNeeded.heads))) == 7 * 12 * 6


def test_heads_belong_to_everybody_so_a_manager_of_a_part_cannot_import_them(hr, now):
    manager = Identity(hr.person_id, "沈慧敏", "9001", "/pa/t1/", frozenset({RoleGrant(Role.MANAGER, "/pa/t1/")}))
    with pytest.raises(Refused):
        hand_in("队列,星期,时段,人数\n燃气抢修,每天,8-20,6\n".encode(), manager, now, ImportKind.HEADS, "b.csv")
    with pytest.raises(Refused):
        hand_in([HEADS, [3101, "陈雨桐"]], manager, now)
