"""Signing in: counted tries, lock-out, one-time passwords, the second step."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from passlib.totp import TOTP
from sqlalchemy import func, select

from lms.access.identity import SYSTEM, Role
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from lms.people.models import Account, SignInFailure
from lms.people.rules.lockout import LockState
from lms.people.services import accounts, sign_in
from lms.people.sign_in import security
from tests.conftest import NOW
from tests.factories import make_person
from tests.people.factories import PASSWORD, account_with_password, post, sign_in_by_form, token_of

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def operator(app):
    with app.app_context():
        person = make_person("陈雨桐", staff_no="3207", phone="16400010207")
        account_with_password(person)
        return person


@pytest.fixture
def administrator(app):
    with app.app_context():
        person = make_person("周岚", staff_no="1001", roles=[Role.SYSTEM_ADMIN])
        account_with_password(person)
        return person


def text_of(response) -> str:
    return response.get_data(as_text=True)


def is_signed_in(client) -> bool:
    return client.get("/account/sessions").status_code == 200


@pytest.mark.parametrize(
    "name", ["3207", " 3207 ", "16400010207"], ids=["staff number", "with spaces", "mobile number"]
)
def test_staff_or_mobile_number_and_password_sign_in(client, operator, name):
    assert sign_in_by_form(client, name).status_code == 302
    assert is_signed_in(client)


def test_a_mobile_number_that_two_people_have_signs_nobody_in(app, client, operator):
    with app.app_context():
        account_with_password(make_person("沈慧敏", phone="16400010207"))
    assert sign_in_by_form(client, "16400010207").status_code == 200
    assert not is_signed_in(client)


@pytest.mark.parametrize("name", ["3207", "no-such-number"], ids=["known", "unknown"])
def test_a_wrong_password_says_how_many_tries_remain_whether_or_not_the_name_exists(client, operator, name):
    assert "还可以试 4 次" in text_of(sign_in_by_form(client, name, "wrong"))
    assert "还可以试 3 次" in text_of(sign_in_by_form(client, name, "wrong"))


def test_the_fifth_failure_locks_the_name_even_for_the_right_password(client, operator):
    for _try in range(5):
        answer = sign_in_by_form(client, "3207", "wrong")
    assert "停用 15 分钟" in text_of(answer)
    assert "试错次数太多" in text_of(sign_in_by_form(client, "3207"))
    assert not is_signed_in(client)


def test_a_locked_name_opens_again_after_fifteen_minutes(client, operator):
    for _try in range(5):
        sign_in_by_form(client, "3207", "wrong")
    clock.set_travel(NOW + timedelta(minutes=14))
    assert sign_in_by_form(client, "3207").status_code == 200
    clock.set_travel(NOW + timedelta(minutes=16))
    assert sign_in_by_form(client, "3207").status_code == 302


def test_signing_in_forgets_the_failures_before(client, operator):
    for _try in range(4):
        sign_in_by_form(client, "3207", "wrong")
    assert sign_in_by_form(client, "3207").status_code == 302
    client.post("/account/logout", data={"csrf_token": token_of(client, "/account/sessions")})
    assert "还可以试 4 次" in text_of(sign_in_by_form(client, "3207", "wrong"))


def test_one_address_fails_at_most_twenty_times_a_minute(client):
    statuses = [sign_in_by_form(client, f"n{number}", "wrong").status_code for number in range(22)]
    assert statuses[:20] == [200] * 20
    assert statuses[20:] == [429, 429]


@pytest.mark.both_databases
def test_tries_are_counted_before_the_password_is_looked_at(context, now):
    with unit_of_work() as session:
        begun = [sign_in.begin_try(session, "3207", address="10.0.0.1", now=now) for _try in range(6)]
    assert [getattr(it, "tries_left", None) for it in begun] == [4, 3, 2, 1, 0, 0]
    assert isinstance(begun[5], LockState)
    assert reading().scalar(select(func.count()).select_from(SignInFailure)) == 5


def test_somebody_who_left_cannot_sign_in(app, client, operator, now):
    with app.app_context(), unit_of_work() as session:
        session.scalars(select(Account)).one().active = False
    assert "已关闭" in text_of(sign_in_by_form(client, "3207"))
    assert not is_signed_in(client)


def test_a_one_time_password_has_to_be_changed_before_anything_else(app, client):
    with app.app_context():
        person = make_person("何梦洁", staff_no="3301")
        with unit_of_work() as session:
            slip = accounts.create_account(session, person.id, by=SYSTEM, now=NOW)
    sign_in_by_form(client, "3301", slip)
    assert client.get("/account/sessions").location == "/account/change"
    answer = post(client, "/account/change", password=slip, new_password=PASSWORD, new_password_confirm=PASSWORD)
    assert answer.status_code == 302
    assert is_signed_in(client)


@pytest.mark.parametrize(
    ("new", "complaint"),
    [
        ("short", "至少用 10 个字符"),
        ("aaaaaaaaaaaa", "太容易猜到"),
        ("my3207secret!", "不要包含"),
        (PASSWORD, "与现在的密码相同"),
    ],
    ids=["too short", "one character", "staff number", "the same"],
)
def test_a_weak_new_password_is_refused(client, operator, new, complaint):
    sign_in_by_form(client, "3207")
    answer = post(client, "/account/change", password=PASSWORD, new_password=new, new_password_confirm=new)
    assert complaint in text_of(answer)


def test_changing_the_password_signs_other_devices_out(app, client, operator):
    other = app.test_client()
    sign_in_by_form(other, "3207")
    sign_in_by_form(client, "3207")
    post(
        client,
        "/account/change",
        password=PASSWORD,
        new_password="Another-word-9",
        new_password_confirm="Another-word-9",
    )
    assert is_signed_in(client)
    assert not is_signed_in(other)


def key_on(page: str) -> str:
    return re.search(r'<code class="num">([A-Z0-9 -]+)</code>', page)[1].replace("-", "").replace(" ", "")


def digits(key: str) -> str:
    return TOTP(key=key).generate(time=clock.now()).token


def set_up_second_factor(client, name) -> str:
    """Sign an administrator in for the first time; return the key of their authenticator."""
    assert sign_in_by_form(client, name).location.startswith("/account/tf-setup")
    page = text_of(post(client, "/account/tf-setup", setup="authenticator"))
    key = key_on(page)
    token = page.split('name="csrf-token" content="')[1].split('"')[0]
    answer = client.post("/account/tf-validate", data={"code": digits(key), "csrf_token": token})
    assert answer.status_code == 302, text_of(answer)
    return key


def test_an_administrator_sets_up_a_second_step_at_the_first_sign_in_and_is_shown_recovery_codes(client, administrator):
    set_up_second_factor(client, "1001")
    assert client.get("/people/accounts").location == "/account/mf-recovery-codes"
    page = text_of(post(client, "/account/mf-recovery-codes", generate_new_codes="1"))
    assert len(re.findall(r"<li>[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}</li>", page)) == 8
    assert client.get("/people/accounts").status_code == 200


def test_the_second_step_is_asked_for_each_time_and_a_code_works_once(app, client, administrator):
    key = set_up_second_factor(client, "1001")
    clock.set_travel(NOW + timedelta(minutes=2))
    second = app.test_client()
    assert sign_in_by_form(second, "1001").location.startswith("/account/tf-validate")
    assert not is_signed_in(second)
    code = digits(key)
    assert post(second, "/account/tf-validate", code=f"{code[:3]} {code[3:]}").status_code == 302
    second.get("/account/sessions")  # leads to the recovery codes once
    assert is_signed_in(second)
    third = app.test_client()
    sign_in_by_form(third, "1001")
    assert "6 位数字不对" in text_of(post(third, "/account/tf-validate", code=code))


def test_wrong_digits_lock_the_name_as_wrong_passwords_do(client, app, administrator):
    key = set_up_second_factor(client, "1001")
    clock.set_travel(NOW + timedelta(minutes=2))
    second = app.test_client()
    sign_in_by_form(second, "1001")
    for _try in range(5):
        answer = post(second, "/account/tf-validate", code="000000")
    assert "停用 15 分钟" in text_of(answer)
    assert "试错次数太多" in text_of(post(second, "/account/tf-validate", code=digits(key)))


def test_a_recovery_code_signs_in_once(app, client, administrator):
    set_up_second_factor(client, "1001")
    client.get("/people/accounts")
    page = text_of(post(client, "/account/mf-recovery-codes", generate_new_codes="1"))
    code = re.search(r"<li>([0-9a-f-]{14})</li>", page)[1]
    clock.set_travel(NOW + timedelta(minutes=2))
    second = app.test_client()
    sign_in_by_form(second, "1001")
    assert post(second, "/account/mf-recovery", code=code.upper().replace("-", " ")).status_code == 302
    assert is_signed_in(second)
    third = app.test_client()
    sign_in_by_form(third, "1001")
    assert "不对，或已经用过" in text_of(post(third, "/account/mf-recovery", code=code))


def test_recovery_codes_and_secrets_are_not_readable_in_the_table(app, client, administrator):
    key = set_up_second_factor(client, "1001")
    with app.app_context():
        stored = reading().scalars(select(Account)).one()
        assert stored.tf_totp_secret and key not in stored.tf_totp_secret
        assert security.totp_factory.get_totp_b32_key(stored.tf_totp_secret) == key


def test_a_trusted_computer_is_not_asked_again_for_seven_days(client, administrator):
    key = set_up_second_factor(client, "1001")
    clock.set_travel(NOW + timedelta(minutes=2))
    client.get("/account/sessions")
    client.post("/account/logout", data={"csrf_token": token_of(client, "/account/second-factor")})
    sign_in_by_form(client, "1001")
    post(client, "/account/tf-validate", code=digits(key), trusted="y")
    client.get("/account/sessions")
    client.post("/account/logout", data={"csrf_token": token_of(client, "/account/second-factor")})
    assert sign_in_by_form(client, "1001").location == "/"


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/account/second-factor", "/account/second-factor"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/%5Cevil.example"),
    ],
    ids=["a page", "another site", "another site without its scheme", "a backslash"],
)
def test_signing_in_leads_on_to_the_page_that_was_wanted_and_never_elsewhere(client, operator, wanted, reached):
    token = token_of(client, "/account/login")
    form = {"identity": "3207", "password": PASSWORD, "next": wanted, "csrf_token": token}
    answer = client.post("/account/login", data=form)
    assert (answer.status_code, answer.location) == (302, reached)


def test_the_second_step_leads_on_to_the_page_that_was_wanted(app, client, administrator):
    key = set_up_second_factor(client, "1001")
    clock.set_travel(NOW + timedelta(minutes=2))
    second = app.test_client()
    wanted = second.get("/people/accounts").location
    page = text_of(second.get(wanted))
    assert 'name="next" value="/people/accounts"' in page
    asked = sign_in_by_form(second, "1001", next="/people/accounts").location
    action = text_of(second.get(asked)).split('action="')[1].split('"')[0]
    assert post(second, action, code=digits(key)).location == "/people/accounts"


def test_many_sign_in_at_once_and_all_get_in(app):
    with app.app_context():
        for number in range(12):
            account_with_password(make_person(staff_no=str(5000 + number)))
    clients = [app.test_client() for _number in range(12)]
    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(lambda it: sign_in_by_form(it[1], str(5000 + it[0])).status_code, enumerate(clients)))
    assert statuses == [302] * 12
    assert all(is_signed_in(it) for it in clients)


def test_anybody_may_switch_the_second_step_on_and_off_again(app, client, operator):
    sign_in_by_form(client, "3207")
    page = text_of(post(client, "/account/tf-setup", setup="authenticator"))
    key, token = key_on(page), page.split('name="csrf-token" content="')[1].split('"')[0]
    action = page.split('action="/account/tf-setup/')[1].split('"')[0]
    wrong = client.post(f"/account/tf-setup/{action}", data={"code": "000000", "csrf_token": token})
    assert wrong.location == "/account/tf-setup"
    right = client.post(f"/account/tf-setup/{action}", data={"code": digits(key), "csrf_token": token})
    assert right.location == "/account/second-factor"
    assert "第二步验证已开启" in text_of(client.get("/account/second-factor"))
    clock.set_travel(NOW + timedelta(minutes=2))
    second = app.test_client()
    assert sign_in_by_form(second, "3207").location.startswith("/account/tf-validate")
    post(client, "/account/tf-setup", setup="disable")
    assert "第二步验证未开启" in text_of(client.get("/account/second-factor"))
    assert sign_in_by_form(app.test_client(), "3207").location == "/"


def test_an_administrator_cannot_switch_the_second_step_off(client, administrator):
    set_up_second_factor(client, "1001")
    client.get("/account/sessions")
    post(client, "/account/tf-setup", setup="disable")
    with client.application.app_context():
        assert reading().scalars(select(Account)).one().has_second_factor
