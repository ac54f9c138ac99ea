"""One operator's way to the floor and off it again, told through the pages."""

import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from lms.access.identity import Role
from lms.certification.library import ASSESSOR_LICENCE
from lms.certification.models import Certificate, Certification
from lms.certification.services.founding import approve_grant, propose_grant
from lms.desk.bundled import load_bundled_content
from lms.kernel import clock
from lms.kernel.db import unit_of_work
from lms.people.models import Person
from question_bank import kinds
from tests import factories
from tests.browser.story import (
    HIRE,
    UNITS,
    Story,
    sit,
    study,
    talk,
)

pytestmark = pytest.mark.browser
NAME = "陈雨桐"
ROSTER = f"工号,姓名,部门,岗位,队列,入职日期,手机\n{HIRE},{NAME},t01,operator,gas,2026-02-27,16405550001\n"
LOCAL = "%Y-%m-%dT%H:%M"
CALLS = ("gas-leak-01", "gas-outdoor-01", "outage-01")


@pytest.fixture
def story(site):
    """Before the story: the organisation, its content, and people whose licences were granted by two administrators."""
    with site.app.app_context():
        centre = factories.make_unit("pa")
        team = factories.make_unit("t01", parent=centre, name="早一班")
        factories.make_post("operator")
        for code, name in (("gas", "燃气抢修"), ("service", "业务咨询")):
            factories.make_queue(code, name=name, short=name[:2])
        with unit_of_work() as session:
            load_bundled_content(session, now=clock.now())
        people = {
            role: factories.make_person(name, roles=[role], unit=centre)
            for role, name in (
                (Role.HR, "苏佩玲"),
                (Role.TRAINER, "周岚"),
                (Role.ASSESSOR, "高文博"),
                (Role.MANAGER, "沈慧敏"),
                (Role.SYSTEM_ADMIN, "丁永康"),
            )
        }
        admins = [factories.make_person(roles=[Role.TRAINING_ADMIN], unit=centre) for _two in range(2)]
        with unit_of_work() as session:
            licence = session.scalars(select(Certification.id).where(Certification.code == ASSESSOR_LICENCE)).one()
            by, other = (factories.identity_with(Role.TRAINING_ADMIN, person_id=admin.id) for admin in admins)
            grant = propose_grant(
                session,
                person_id=people[Role.ASSESSOR].id,
                certification_id=licence,
                by=by,
                reason="首批考评员",
                last_day=(clock.now() + timedelta(days=300)).date(),
                now=clock.now(),
            )
            approve_grant(session, grant.id, by=other, now=clock.now())
        assert team.path == "/pa/t01/"
    told = Story(site)
    for name, role in (
        ("hr", Role.HR),
        ("trainer", Role.TRAINER),
        ("assessor", Role.ASSESSOR),
        ("manager", Role.MANAGER),
        ("system", Role.SYSTEM_ADMIN),
    ):
        told.let(name, people[role])
    return told


def import_roster(story: Story, folder: Path) -> Person:
    """HR drops the spreadsheet, looks at every row, writes it."""
    page = story.pages["hr"]
    sheet = folder / "入职名单.csv"
    sheet.write_text(ROSTER, encoding="gb18030")
    page.goto("/people/imports/new/people")
    page.locator('input[type="file"]').set_input_files(sheet)
    page.locator("form button.btn-primary").click()
    page.wait_for_url("**/columns")
    page.locator("form button.btn-primary").click()
    expect(page.locator("[data-job]")).to_be_visible()
    story.site.run_jobs()
    page.reload()
    expect(page.locator("main")).to_contain_text(NAME)
    page.locator('form[action$="/apply"] button.btn-primary').click()
    expect(page.locator("[data-job]")).to_be_visible()
    story.site.run_jobs()
    person = story.reading(select(Person).where(Person.staff_no == HIRE))
    assert person is not None and person.name == NAME
    return person


def assign(story: Story) -> None:
    """The trainer assigns two courses and an exam session; the assessor puts the hire on the station's list."""
    page = story.pages["trainer"]
    for course in ("phone-etiquette", "gas-leak"):
        page.goto(f"/courses/manage/{course}/assign")
        page.locator('[name="staff_nos"]').fill(HIRE)
        page.locator("form button.btn-primary").click()
        page.locator("form button.btn-primary").click()
        expect(page.locator("main")).to_contain_text(NAME)
    page.goto("/exams/sessions/new")
    local = clock.now() + timedelta(hours=8)
    page.locator('[name="exam_id"]').select_option(label="燃气热线话务员理论考试")
    page.locator('[name="title"]').fill("三月第一场")
    page.locator('[name="opens_at"]').fill(local.strftime(LOCAL))
    page.locator('[name="closes_at"]').fill((local + timedelta(days=20)).strftime(LOCAL))
    page.locator("main form button.btn-primary").click()
    page.locator('[name="staff_numbers"]').fill(HIRE)
    page.locator('form[action$="/people"] button.btn-primary').click()
    expect(page.locator("main")).to_contain_text(NAME)
    page.goto("/stations/gas-dispatch")
    page.locator('[name="staff_numbers"]').fill(HIRE)
    page.locator('form[action$="/people"] button.btn-primary').click()
    expect(page.locator("main")).to_contain_text(NAME)


def confirm_calls(story: Story, number: int) -> None:
    """The assessor confirms every call that waits."""
    page = story.pages["assessor"]
    for _call in range(number):
        page.goto("/calls/review")
        page.locator('a[href$="/review"].btn').first.click()
        for doubt in page.locator("select").all():
            if doubt.locator("option").first.inner_text() == "请定…":
                doubt.select_option("met")
                page.locator('[name="reason"]').fill("听过全程，意思到位")
        page.locator("main form button.btn-primary").click()
        page.wait_for_url("**/calls/review")
    expect(page.locator("main")).to_contain_text("没有待评的通话")


def mark_practical(story: Story) -> None:
    """The assessor marks every criterion with the best level and hands in."""
    page = story.pages["assessor"]
    page.goto("/stations/gas-dispatch")
    page.locator("form button.ps-big").first.click()
    page.wait_for_url("**/stations/visits/*")
    for criterion in page.locator("[data-criterion]").all():
        criterion.locator(".lv").first.click()
        story.pass_time(page, 2, step=2)
    expect(page.locator("[data-hand-in]")).to_be_enabled()
    page.locator("[data-hand-in]").click()
    page.locator("[data-confirm]").click()
    page.wait_for_url("**/result")


def gate_key(story: Story) -> str:
    """The system administrator makes a key for the telephone system, for both queues; it is shown once."""
    page = story.pages["system"]
    page.goto("/api-keys/")
    page.locator('[name="name"]').fill("话务平台")
    page.locator('[name="all_queues"]').check()
    page.locator("main form button.btn-primary").first.click()
    shown = page.locator("code.secret")
    expect(shown).to_be_visible()
    return shown.inner_text().strip()


def ask_gate(story: Story, key: str, queue: str, at: datetime | None = None) -> tuple[bool, list[str]]:
    """Ask as the telephone system does, about now or about an instant."""
    answer = story.pages["system"].request.get(
        f"{story.site.address}/api/v1/gate/people/{HIRE}/queues/{queue}",
        params={"at": at.isoformat()} if at else {},
        headers={"Authorization": f"Bearer {key}"},
    )
    body = answer.json()
    assert answer.status == 200, body
    return body["allowed"], [reason["code"] for reason in body["reasons"]]


def test_from_hire_to_the_floor_and_off_it_again(story, tmp_path):
    hire = import_roster(story, tmp_path)
    assign(story)
    key = gate_key(story)
    assert ask_gate(story, key, "gas") == (False, ["certificate_missing"])

    page = story.let("hire", hire)
    for course in ("phone-etiquette", "gas-leak"):
        study(story, page, course)

    sit(story, page, kinds.wrong_answer)
    expect(page.locator(".er-h h1")).to_contain_text("没有通过")
    assert ask_gate(story, key, "gas")[0] is False

    story.jump(clock.now() + timedelta(days=1, hours=1))
    story.site.run_jobs()  # assigns what is to be relearnt
    relearn(story, page)
    story.jump(clock.now() + timedelta(days=1, hours=1))
    sit(story, page, kinds.key_answer)
    expect(page.locator(".er-h h1")).not_to_contain_text("没有通过")

    for code in CALLS:
        page.goto(f"/calls/{code}")
        page.locator('a[href$="/console/exam"]').click()
        talk(story, page, code)
    confirm_calls(story, len(CALLS))
    assert ask_gate(story, key, "gas")[0] is False
    mark_practical(story)

    certificate = story.reading(select(Certificate).where(Certificate.person_id == hire.id))
    story.site.run_jobs()
    page.goto("/certificates/")
    expect(page.locator("main")).to_contain_text(certificate.number)
    pdf = tmp_path / "certificate.pdf"
    pdf.write_bytes(page.request.get(f"{story.site.address}/certificates/{certificate.id}/pdf").body())
    signature = subprocess.run(["pdfsig", str(pdf)], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" in signature

    assert ask_gate(story, key, "gas") == (True, ["certified"])
    assert ask_gate(story, key, "service")[0] is False

    story.jump(certificate.ends_at - timedelta(minutes=1))
    assert ask_gate(story, key, "gas")[0] is True
    story.jump(certificate.ends_at)
    assert ask_gate(story, key, "gas") == (False, ["certificate_expired"])
    last_second = certificate.ends_at - timedelta(seconds=1)
    assert ask_gate(story, key, "gas", at=last_second)[0] is True
    assert ask_gate(story, key, "gas", at=certificate.ends_at)[0] is False
    manager = story.pages["manager"]
    manager.goto(f"/board/{hire.id}/gas")
    expect(manager.locator("main")).to_contain_text("到期")


def relearn(story: Story, page: Page) -> None:
    """Do every unit that stands in one's learning because of the failed exam."""
    for _task in range(8):
        page.goto("/courses/")
        tasks = page.locator('section[aria-labelledby="relearn"] a.btn-primary')
        if tasks.count() == 0:
            return
        tasks.first.click()
        UNITS[page.locator("[data-player]").get_attribute("data-kind")](story, page)
    pytest.fail("the units to relearn never end")
