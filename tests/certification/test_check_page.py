"""The public check page: everything printed, and nothing more."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.access.identity import SYSTEM
from lms.certification.models import Certificate
from lms.certification.services.documents import produce_document
from lms.certification.services.revoking import revoke_certificate
from lms.certification.services.suspending import suspend_person
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from lms.web.rate_limits import limiter
from tests.factories import make_person


@pytest.fixture
def certificate(fonts, certify, gas):
    person = certify(make_person("甡龑", name_latin="Shen Yan", phone="16400001234", email="s@example.com"))
    row = reading().scalars(select(Certificate).where(Certificate.person_id == person.id)).unique().one()
    produce_document(row.id, now=clock.now())
    reading().expire_all()
    return row


def page(client, **query):
    response = client.get("/check/", query_string=query)
    return response.status_code, response.get_data(as_text=True)


def test_the_qr_code_leads_to_every_printed_field_and_the_pdfs_hash(client, certificate):
    body = client.get(f"/check/{certificate.check_code}").get_data(as_text=True)
    for shown in ("真实，现在有效", certificate.number, "甡龑", "Shen Yan", "燃气抢修", "92 / 100", "2027-03-02",
                  certificate.document.sha256):
        assert shown in body
    for hidden in ("16400001234", "s@example.com", str(certificate.person_id), "冒名"):
        assert hidden not in body


@pytest.mark.parametrize("name", ["甡龑", " 甡 龑 ", "shen yan", "ShenYan"])
def test_number_and_name_together_find_it_in_either_script(client, certificate, name):
    status, body = page(client, number=certificate.number.lower(), name=name)
    assert (status, "真实，现在有效" in body) == (200, True)


@pytest.mark.parametrize(("number", "name"), [(None, "陈雨桐"), (None, ""), (None, "%"), ("PA-RQ-2026-999999", "甡龑"),
                                              ("' OR 1=1 --", "甡龑"), ("x" * 500, "y" * 500)])
def test_a_wrong_number_or_name_tells_nothing(client, certificate, number, name):
    status, body = page(client, number=number or certificate.number, name=name)
    assert status == 404
    assert "查无此证" in body
    assert "Shen Yan" not in body


def test_a_code_that_was_guessed_finds_nothing(client, certificate):
    assert client.get("/check/AAAAAAAAAAAAAAAAAAAAAA").status_code == 404
    assert client.get(f"/check/{certificate.check_code[:-1]}").status_code == 404


def test_revoked_suspended_and_expired_are_told_without_a_reason(client, certificate):
    with unit_of_work() as session:
        suspend_person(session, certificate.person_id, reason="投诉成立", by=SYSTEM, now=clock.now(),
                       ends_at=clock.now() + timedelta(days=5))
    body = client.get(f"/check/{certificate.check_code}").get_data(as_text=True)
    assert ("真实，但暂停使用" in body, "投诉成立" in body) == (True, False)
    clock.set_travel(certificate.ends_at)
    assert "真实，但已过期" in client.get(f"/check/{certificate.check_code}").get_data(as_text=True)
    clock.set_travel(certificate.starts_at + timedelta(days=9))
    with unit_of_work() as session:
        revoke_certificate(session, certificate.id, reason="冒名顶替", by=SYSTEM, now=clock.now())
    body = client.get(f"/check/{certificate.check_code}").get_data(as_text=True)
    assert ("已撤销，不能再用" in body, "冒名顶替" in body) == (True, False)


def test_checks_are_limited_in_number(client, certificate):
    limiter.reset()
    answers = [client.get("/check/", query_string={"number": "PA-1", "name": "x"}).status_code for _ in range(31)]
    limiter.reset()
    assert answers.count(404) == 30
    assert answers[-1] == 429
