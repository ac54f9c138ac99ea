"""Sign-ins as administrators manage them, and one's own sessions."""

import pytest
from sqlalchemy import select

from lms.access.identity import Role
from lms.kernel.db import reading
from lms.people.models import Account, BrowserSession
from tests.factories import make_person
from tests.people.factories import account_with_password, post, sign_in_by_form


def text_of(response) -> str:
    return response.get_data(as_text=True)


def test_sign_ins_are_created_for_many_with_slips_shown_once(app, client, people, sign_in):
    sign_in(client, Role.SYSTEM_ADMIN)
    answer = post(client, "/people/accounts/create", page="/people/accounts", person=[str(it.id) for it in people])
    page = text_of(answer)
    assert "陈雨桐" in page
    with app.app_context():
        made = reading().scalars(select(Account).where(Account.username.in_(["3001", "3002"]))).all()
        assert all(account.must_change_password for account in made)
        assert all(account.password not in page for account in made)
    secret = page.split('class="num secret">')[1].split("<")[0]
    browser = app.test_client()
    sign_in_by_form(browser, "3001", secret)
    assert browser.get("/account/sessions").location == "/account/change"


@pytest.mark.parametrize("act", ["reset", "sign_out"])
def test_an_administrator_signs_somebody_out_everywhere(app, client, people, sign_in, act):
    here, _there = people
    with app.app_context():
        account_with_password(here)
    browser = app.test_client()
    sign_in_by_form(browser, "3001")
    sign_in(client, Role.SYSTEM_ADMIN)
    post(client, f"/people/{here.id}/account/{act}", page=f"/people/{here.id}/account")
    assert browser.get("/account/sessions").status_code == 302


def test_a_locked_name_is_unlocked(app, client, people, sign_in):
    here, _there = people
    with app.app_context():
        account_with_password(here)
    browser = app.test_client()
    for _try in range(5):
        sign_in_by_form(browser, "3001", "wrong")
    sign_in(client, Role.SYSTEM_ADMIN)
    assert "立即解锁" in text_of(client.get(f"/people/{here.id}/account"))
    post(client, f"/people/{here.id}/account/unlock", page=f"/people/{here.id}/account")
    assert sign_in_by_form(browser, "3001").status_code == 302


def test_an_administrator_of_a_part_cannot_take_over_one_of_the_whole(app, client, of_the_east, east):
    with app.app_context():
        chief = make_person("总管", unit=east, roles=[Role.SYSTEM_ADMIN])
        account_with_password(chief)
    of_the_east(Role.SYSTEM_ADMIN)
    post(client, f"/people/{chief.id}/account/reset", page=f"/people/{chief.id}/account")
    assert "无权授予" in text_of(client.get(f"/people/{chief.id}/account"))
    with app.app_context():
        assert not reading().scalars(select(Account).where(Account.person_id == chief.id)).one().must_change_password


def test_own_sessions_are_listed_and_others_ended(app, client, people):
    here, _there = people
    with app.app_context():
        account_with_password(here)
    other = app.test_client()
    sign_in_by_form(other, "3001")
    sign_in_by_form(client, "3001")
    assert text_of(client.get("/account/sessions")).count("127.0.0.1") == 2
    post(client, "/account/sessions/end-others", page="/account/sessions")
    assert other.get("/account/sessions").status_code == 302
    assert client.get("/account/sessions").status_code == 200


def test_one_of_ones_own_sessions_is_ended_and_nobody_elses(app, client, people):
    for person in people:
        with app.app_context():
            account_with_password(person)
    mine, theirs = app.test_client(), app.test_client()
    sign_in_by_form(mine, "3001")
    sign_in_by_form(theirs, "3002")
    sign_in_by_form(client, "3001")
    with app.app_context():
        rows = (
            reading()
            .execute(
                select(BrowserSession.id, BrowserSession.person_id)
                .where(BrowserSession.person_id.is_not(None))
                .order_by(BrowserSession.created_at)
            )
            .tuples()
            .all()
        )
    my_other, their_own = rows[0][0], rows[1][0]
    assert post(client, f"/account/sessions/{their_own}/end", page="/account/sessions").status_code == 404
    assert post(client, f"/account/sessions/{my_other}/end", page="/account/sessions").status_code == 302
    assert mine.get("/account/sessions").status_code == 302
    assert theirs.get("/account/sessions").status_code == 200


def test_the_language_chosen_is_kept_on_the_person(app, client, people, sign_in):
    here, _there = people
    sign_in(client, here)
    post(client, "/language", page="/account/sessions", locale="en", next="/account/sessions")
    browser = app.test_client()
    sign_in(browser, here)
    assert "My sign-in" in text_of(browser.get("/account/sessions"))
