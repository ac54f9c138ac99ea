"""An assessor marks a call blind by keyboard alone, and then sees the system's word beside their own."""

import pytest
from playwright.sync_api import expect

from lms.access.identity import Role
from simulations.models import Purpose
from tests.factories import make_person
from tests.simulations.factories import make_edition, play_out

pytestmark = pytest.mark.browser


def test_a_call_is_marked_by_number_keys_and_compared(site):
    with site.app.app_context():
        make_edition()
        play_out(make_person("欧阳静"), purpose=Purpose.EXAM)
    page = site.enter(Role.ASSESSOR)
    page.goto("/calls/figures/gas-leak-01/calibration")
    page.get_by_role("link", name="盲评一通").press("Enter")
    marks = page.locator("[data-item]")
    expect(marks.first).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("欧阳静")
    for place in range(marks.count()):
        page.keyboard.press("3" if place == 2 else "1")
    expect(page.locator("input:checked")).to_have_count(marks.count())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("评得不同")
    row = page.get_by_role("row", name="指导关阀")
    expect(row).to_contain_text("误判通过")
    page.goto("/calls/figures/gas-leak-01/calibration")
    expect(page.locator("main")).to_contain_text("系统判过、人判不过")
