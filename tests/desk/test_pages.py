"""The desk's pages on a small floor: who is permitted, who is on shift, why, and what was written down."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from lms.access.identity import Role
from lms.certification.models import PermitRow
from lms.certification.queries.rulebook import load_rulebook
from lms.desk.queries import board
from lms.kernel.db import reading, unit_of_work
from lms.people.models import HeadsNeeded, Person, Queue, Shift, Unit
from lms.records.models import AuditEntry
from tests.conftest import NOW
from tests.factories import make_fact, make_person, make_queue, make_unit

ZH = {"Accept-Language": "zh-CN"}
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass
class Floor:
    """A floor with one queue that needs two heads at NOW (Monday 09:00 in Shanghai)."""

    team: Unit
    other: Unit
    gas: Queue
    bill: Queue
    people: dict[str, Person]


def permit(person: Person, queue: Queue, state: str, until_in: timedelta | None = None) -> None:
    """Write what the gate answers for a person and a queue, as the projection would."""
    basis = {"yes": "certificate", "waiver": "waiver", "supervised": "supervised"}.get(state, "none")
    until = NOW + until_in if until_in else None
    version = load_rulebook(reading()).version
    with unit_of_work() as session:
        session.add(PermitRow(
            person_id=person.id, queue_id=queue.id, starts_at=NOW - 10 * DAY, ends_at=until or NOW + 9000 * DAY,
            allowed=basis != "none", basis=basis, state=state, until=until, reasons=[], version=version,
            mentor_id=None))


def on_shift(person: Person, *, queue: Queue | None = None) -> None:
    """Put a person on shift around NOW."""
    with unit_of_work() as session:
        session.add(Shift(person_id=person.id, queue_id=queue.id if queue else None, starts_at=NOW - HOUR,
                          ends_at=NOW + 7 * HOUR))


@pytest.fixture
def floor(app: Flask) -> Floor:
    """The floor of these tests."""
    with app.app_context():
        site = make_unit("hz")
        team, other = make_unit("t01", parent=site, name="早一班"), make_unit("t02", parent=site, name="晚班")
        gas = make_queue("gas", name="燃气抢修", name_en="Gas repair", position=1)
        bill = make_queue("bill", name="账单缴费", name_en="Billing", position=2)
        people = {
            name: make_person(name, unit=unit, queues=[gas, bill], pinyin_initials=initials)
            for name, unit, initials in (("陈雨桐", team, "cyt"), ("林晓雯", team, "lxw"), ("周岚", other, "zl"))
        }
        permit(people["陈雨桐"], gas, "yes", 200 * DAY)
        permit(people["林晓雯"], gas, "yes", 5 * DAY + HOUR)
        permit(people["周岚"], gas, "suspended")
        on_shift(people["陈雨桐"])
        on_shift(people["周岚"])
        with unit_of_work() as session:
            session.add(HeadsNeeded(queue_id=gas.id, weekday=0, hour=9, valid_from=date(2026, 1, 1), heads=2))
            session.add(HeadsNeeded(queue_id=gas.id, weekday=0, hour=9, valid_from=date(2026, 3, 3), heads=9))
        session = reading()
        for row in (team, other, gas, bill, *people.values()):
            session.refresh(row)
        session.expunge_all()  # so that they can be read after this context
        return Floor(team, other, gas, bill, people)


@pytest.fixture
def manager(floor: Floor, app: Flask, client: FlaskClient, sign_in: Callable[..., Person]) -> FlaskClient:
    """A manager of the first team, signed in."""
    with app.app_context():
        person = make_person("沈慧敏", roles=[Role.MANAGER], unit=floor.team, everywhere=False)
    sign_in(client, person)
    return client


@pytest.fixture
def auditor(floor: Floor, client: FlaskClient, sign_in: Callable[..., Person]) -> FlaskClient:
    """An auditor of the whole organisation, signed in."""
    sign_in(client, Role.AUDITOR)
    return client


def test_the_title_of_the_board_is_the_answer(auditor: FlaskClient) -> None:
    page = auditor.get("/board", headers=ZH).text
    assert "燃气抢修缺 1 人" in page  # two are needed, of those on shift one is permitted
    assert "7 天内 1 人资格到期" in page
    assert "2026-03-02 09:00 北京时间" in page


def test_a_manager_sees_their_own_part_and_comes_to_the_board_first(manager: FlaskClient) -> None:
    assert manager.get("/").location == "/board"
    page = manager.get("/board", headers=ZH).text
    assert "陈雨桐" in page
    assert "周岚" not in page


def test_the_need_of_a_queue_is_met_by_all_its_people_whoever_looks(
    floor: Floor, app: Flask, client: FlaskClient, sign_in: Callable[..., Person]
) -> None:
    with app.app_context():
        person = make_person("陆远", roles=[Role.MANAGER], unit=floor.other, everywhere=False)
    sign_in(client, person)
    page = client.get("/board", headers=ZH).text
    assert "燃气抢修缺 1 人" in page  # not 2: the one who is permitted and on shift belongs to another team
    with app.app_context():
        gas = [queue for queue in board.queues_of_board(reading()) if queue.code == "gas"]
        heads = board.columns(reading(), gas, NOW, SHANGHAI, (floor.other.path,), english=False)
        weeks = board.forecasts(reading(), heads, NOW, SHANGHAI, (floor.other.path,))[0].weeks
    assert [week.ready for week in weeks[:2]] == [1, 1]  # two are permitted, one of them for five more days


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("state=yes", {"陈雨桐"}), ("state=soon", {"林晓雯"}), ("state=suspended", {"周岚"}), ("state=waiver", set()),
        ("team=t02", {"周岚"}), ("on=1", {"陈雨桐", "周岚"}), ("q=lxw", {"林晓雯"}), ("q=周", {"周岚"}),
        ("q=%25", set()),
        ("state=suspended&queue=bill", set()), ("state=nonsense", {"陈雨桐", "林晓雯", "周岚"}),
        ("page=-1&sort=;drop", {"陈雨桐", "林晓雯", "周岚"}), ("team=' or 1=1", set()),
    ],
)
def test_the_address_narrows_the_board(auditor: FlaskClient, query: str, names: set[str]) -> None:
    response = auditor.get(f"/board?{query}", headers=ZH)
    assert response.status_code == 200
    table = response.text.split("<tbody>")[1].split("</tbody>")[0] if "fb-tbl" in response.text else ""
    assert {name for name in ("陈雨桐", "林晓雯", "周岚") if f">{name}</a>" in table} == names


def test_signs_are_letters_with_names_in_both_languages(auditor: FlaskClient) -> None:
    chinese = auditor.get("/board", headers=ZH).text
    assert 'aria-label="陈雨桐, 燃气抢修: 可上岗 26-09-18"' in chinese
    assert '<span class="tk tk-soon" aria-hidden="true">近</span><span class="u">5天</span>' in chinese
    english = auditor.get("/board", headers={"Accept-Language": "en"}).text
    assert 'aria-label="陈雨桐, Gas repair: May go live 26-09-18"' in english


def test_every_cell_leads_to_its_reasons(auditor: FlaskClient, floor: Floor) -> None:
    address = f"/board/{floor.people['陈雨桐'].id}/gas"
    assert f'href="{address}"' in auditor.get("/board").text
    assert auditor.get(address).status_code == 200
    part = auditor.get(f"{address}?part=pop")
    assert "<html" not in part.text
    assert "<li>" in part.text


def test_reasons_of_people_elsewhere_and_of_unknown_queues_are_not_found(manager: FlaskClient, floor: Floor) -> None:
    assert manager.get(f"/board/{floor.people['周岚'].id}/gas").status_code == 404
    assert manager.get(f"/board/{floor.people['陈雨桐'].id}/nothing").status_code == 404
    assert manager.get(f"/board/{uuid4()}/gas").status_code == 404


def test_the_board_can_be_asked_about_another_instant(auditor: FlaskClient) -> None:
    page = auditor.get("/board?at=2026-03-08T09:00", headers=ZH).text  # the permission of five days is over
    assert "2026-03-08 09:00 北京时间" in page
    assert 'tk-soon' not in page.split("<tbody>")[1]


def test_the_export_has_one_line_a_person(auditor: FlaskClient) -> None:
    sheet = load_workbook(BytesIO(auditor.get("/board/export?state=yes", headers=ZH).data)).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert [row[1] for row in rows] == ["姓名", "陈雨桐"]
    assert rows[1][4] == "可上岗"
    assert auditor.get("/board/export?export=csv").data.startswith(b"\xef\xbb\xbf")


def test_a_shift_for_one_queue_counts_there_alone(floor: Floor, app: Flask) -> None:
    with app.app_context():
        person = floor.people["林晓雯"]
        permit(person, floor.bill, "yes", 90 * DAY)
        on_shift(person, queue=floor.bill)
        assert board.ready_heads(reading(), NOW) == {floor.gas.id: 1, floor.bill.id: 1}


def test_the_latest_plan_that_has_begun_says_how_many_are_needed(floor: Floor, app: Flask) -> None:
    with app.app_context():
        zone = board.ZoneInfo("Asia/Shanghai")
        assert board.heads_needed(reading(), NOW, zone) == {floor.gas.id: 2}
        assert board.heads_needed(reading(), NOW + 7 * DAY, zone) == {floor.gas.id: 9}
        assert board.heads_needed(reading(), NOW + HOUR, zone) == {}


@pytest.mark.both_databases
def test_the_board_counts_alike_on_both_databases(floor: Floor, app: Flask) -> None:
    with app.app_context():
        session: Session = reading()
        queues = board.queues_of_board(session)
        zone = board.ZoneInfo("Asia/Shanghai")
        heads = board.columns(session, queues, NOW, zone, ("/",), english=False)
        assert [(head.code, head.ready, head.needed, head.missing) for head in heads] == [
            ("gas", 1, 2, 1), ("bill", 0, None, 0)]
        assert board.ending_soon(session, queues, NOW, ("/",)) == 1
        weeks = board.forecasts(session, heads, NOW, zone, ("/",))[0].weeks
        assert [(week.ready, week.ending) for week in weeks[:3]] == [(1, 1), (1, 0), (1, 0)]
        page = board.people_page(session, queues, NOW, ("/",), board.Choice(state="soon"))
        assert [person.name for person in page.people] == ["林晓雯"]


def test_a_learners_home_names_the_next_step_and_the_permits(client: FlaskClient, floor: Floor, sign_in) -> None:
    sign_in(client, floor.people["陈雨桐"])
    page = client.get("/", headers=ZH).text
    assert "我的上岗证" in page
    assert "2026-09-18" not in page.split("我的上岗证")[0]
    assert "至 <b" in page
    assert client.get("/", headers={"Accept-Language": "en"}).status_code == 200


def test_opening_somebodys_file_is_written_down_and_ones_own_is_not(
    app: Flask, auditor: FlaskClient, floor: Floor, sign_in
) -> None:
    person = floor.people["陈雨桐"]
    with app.app_context():
        make_fact(person, "exam:gas-theory", score=92)
    page = auditor.get(f"/people/{person.id}/file", headers=ZH).text
    assert "陈雨桐 的培训档案" in page
    assert "92" in page
    sign_in(auditor, person)
    assert auditor.get("/me", follow_redirects=True).status_code == 200
    with app.app_context():
        entries = reading().scalars(select(AuditEntry).where(AuditEntry.action == "file.read")).all()
        assert [entry.subject for entry in entries] == [f"person:{person.id}"]


def test_a_file_elsewhere_is_not_found(manager: FlaskClient, floor: Floor) -> None:
    assert manager.get(f"/people/{floor.people['周岚'].id}/file").status_code == 404
    assert manager.get(f"/people/{uuid4()}/file").status_code == 404
    page = manager.get(f"/people/{floor.people['陈雨桐'].id}/file", headers=ZH)
    assert page.status_code == 200
    assert "由新到旧" not in page.text.split("培训记录")[0]  # managers don't read the audit


def token_of(client: FlaskClient) -> str:
    """Return the token against forgery of the ledger's page."""
    return client.get("/ledger").text.split('name="csrf-token" content="')[1].split('"')[0]


def test_verifying_the_ledger_finds_tampering_and_leaves_a_line_in_the_audit(
    app: Flask, auditor: FlaskClient, floor: Floor
) -> None:
    with app.app_context():
        make_fact(floor.people["陈雨桐"], "exam:gas-theory", score=92)
    token = token_of(auditor)
    auditor.post("/ledger/verify", data={"csrf_token": token})
    assert "台账完整" in auditor.get("/ledger", headers=ZH).text
    with app.app_context(), unit_of_work() as session:
        session.execute(text("DROP TRIGGER training_fact_no_update"))
        session.execute(text("UPDATE training_fact SET score = 9900"))
    auditor.post("/ledger/verify", data={"csrf_token": token})
    page = auditor.get("/ledger", headers=ZH).text
    assert "台账不完整" in page
    assert "内容与哈希不符" in page
    assert "ledger.verify" in auditor.get("/audit", headers=ZH).text


def test_a_past_instant_is_answered_with_what_was_known_then(auditor: FlaskClient, floor: Floor) -> None:
    staff_no = floor.people["陈雨桐"].staff_no
    page = auditor.get(f"/ledger/as-of?staff_no={staff_no}&queue=gas&at=2026-03-01T09:00&known=then", headers=ZH).text
    assert "不可以：陈雨桐 不能接「燃气抢修」" in page  # no fact stands behind the permit of this test
    assert "按当时所知" in page
    unknown = auditor.get("/ledger/as-of?staff_no=0&queue=gas&at=2026-03-01T09:00&known=then", headers=ZH).text
    assert "没有这个工号" in unknown
    assert auditor.get("/ledger/as-of?staff_no=1&queue=evil&at=x").status_code == 200


def test_the_audit_exports_and_filters(app: Flask, auditor: FlaskClient, floor: Floor) -> None:
    auditor.get(f"/people/{floor.people['陈雨桐'].id}/file")
    assert "个人档案 · 查阅" in auditor.get("/audit?action=file.read", headers=ZH).text.split("<tbody>")[1]
    assert "个人档案 · 查阅" in auditor.get("/audit?export=csv", headers=ZH).text
    assert "file.read" in auditor.get("/audit?export=csv&columns=at&columns=code", headers=ZH).text


def test_the_search_finds_people_by_initials_within_ones_scope(manager: FlaskClient) -> None:
    assert "陈雨桐" in manager.get("/search?q=cyt").text
    assert "周岚" not in manager.get("/search?q=zl").text.split("<main")[1]
    assert manager.get("/search?q=%00%25").status_code == 200
    assert manager.get("/search").status_code == 200


def test_a_learner_finds_nobody(client: FlaskClient, floor: Floor, sign_in) -> None:
    sign_in(client, floor.people["林晓雯"])
    assert "陈雨桐" not in client.get("/search?q=cyt").text.split("<main")[1]


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.LEARNER, Role.MANAGER)])
def test_every_role_has_a_home_with_numbers(client: FlaskClient, floor: Floor, sign_in, role: Role) -> None:
    sign_in(client, role)
    response = client.get("/", headers=ZH)
    assert response.status_code == 200
    assert 'class="sh"' in response.text
    assert response.text.count("<section") >= 1


def test_only_whoever_started_a_job_sees_it(client: FlaskClient, sign_in) -> None:
    sign_in(client, Role.TRAINER)
    assert client.get(f"/jobs/{uuid4()}").status_code == 404
    assert client.get(f"/jobs/{uuid4()}/state").status_code == 404
