"""The printed certificate: small, signed, with rare names right, and nothing fetched from anywhere."""

import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from lms.certification.models import Certificate, DocumentState
from lms.certification.paper import Paper, print_paper
from lms.certification.services.documents import produce_document
from lms.certification.signing import prepare_keys, sign_pdf
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from lms.kernel.jobs import run_due_jobs
from lms.kernel.settings import get_settings
from lms.web import pdf, pdf_fonts
from lms.web.pdf import ForeignAddressError, _own_only, pdf_environment_problems
from lms.web.pdf_fonts import everyday_characters, lean_font, missing_glyphs
from lms.web.uploads import stored_path
from tests.certification.test_pages import certificate_of
from tests.factories import make_person

KILOBYTE = 1000
RARE = "甡龑㛃䶮瑨"
UNPRINTABLE = "\U000323b0"  # of an extension newer than any font at hand


def paper(**fields) -> Paper:
    return replace(Paper(
        number="PA-RQ-2026-000123", cycle=1, name="陈雨桐", name_latin="Chen Yutong", staff_no="3276",
        certification="燃气热线话务员", certification_en="Gas Hotline Operator", queues="燃气抢修",
        queues_en="Gas Emergency Repair", results=(("理论 Theory", "92 / 100"), ("实操 Practical", "85 / 100")),
        first_day=date(2026, 3, 2), last_day=date(2027, 3, 2), issued_day=date(2026, 3, 2),
        organisation="平安燃气客户服务中心", organisation_en="Ping'an Gas Customer Service Centre", issuer="沈慧敏",
        issuer_title="培训部主任", check_url="https://training.example/check/AbCdEfGhIjKlMnOpQrStUv"), **fields)


def run(*command: object, **more: object) -> str:
    return subprocess.run([str(it) for it in command], check=True, capture_output=True, text=True, **more).stdout


def words_of(content: bytes, folder: Path) -> str:
    (folder / "paper.pdf").write_bytes(content)
    return run("pdftotext", "-layout", folder / "paper.pdf", "-")


def test_a_certificate_is_small_and_says_what_it_should(fonts, tmp_path):
    content = sign_pdf(print_paper(paper()), settings=get_settings(), reason="上岗证书签发", location="杭州")
    assert len(content) <= 60 * KILOBYTE
    text = words_of(content, tmp_path)
    for expected in ("陈雨桐", "Chen Yutong", "PA-RQ-2026-000123", "燃气抢修", "92 / 100", "2026年3月2日",
                     "2027年3月2日", "含最后一日", "Gas Emergency Repair", "training.example/check"):
        assert expected in text
    assert run("pdfinfo", tmp_path / "paper.pdf").count("841.89 x 595.276") == 1, "one A4 page, landscape"


def test_pdfsig_says_valid_and_trusted_once_the_root_is_imported(fonts, tmp_path):
    signed = sign_pdf(print_paper(paper()), settings=get_settings(), reason="上岗证书签发", location="杭州")
    (tmp_path / "a.pdf").write_bytes(signed)
    nss = tmp_path / "nss"
    nss.mkdir()
    run("certutil", "-N", "-d", f"sql:{nss}", "--empty-password")
    said = run("pdfsig", "-nssdir", nss, tmp_path / "a.pdf")
    assert "Signature is Valid" in said
    assert "Certificate is Trusted" not in said
    root = prepare_keys(get_settings()) / "root.crt"
    run("certutil", "-A", "-d", f"sql:{nss}", "-n", "root", "-t", "CT,CT,CT", "-i", root)
    said = run("pdfsig", "-nssdir", nss, tmp_path / "a.pdf")
    assert "Certificate is Trusted" in said
    assert "Total document signed" in said


def test_a_changed_byte_breaks_the_signature(fonts, tmp_path):
    signed = bytearray(sign_pdf(print_paper(paper()), settings=get_settings(), reason="签发", location="杭州"))
    signed[len(signed) // 3] ^= 1
    (tmp_path / "a.pdf").write_bytes(bytes(signed))
    assert "Signature is Valid" not in run("pdfsig", tmp_path / "a.pdf")


def test_rare_characters_of_names_are_printed(fonts, tmp_path):
    assert missing_glyphs(RARE) == ""
    assert RARE in words_of(print_paper(paper(name=RARE)), tmp_path)
    used = run("pdffonts", tmp_path / "paper.pdf")
    assert "Noto-Serif-CJK-SC" in used, "the lean font lacks them, the source font steps in"


def test_characters_that_no_font_prints_are_named_and_never_printed_as_boxes(fonts):
    assert missing_glyphs(f"陈{UNPRINTABLE}桐{UNPRINTABLE} Ann\n") == UNPRINTABLE
    with pytest.raises(ValueError, match=UNPRINTABLE):
        print_paper(paper(name=f"陈{UNPRINTABLE}"))


def test_a_name_the_fonts_lack_makes_the_pdf_wait_while_the_certificate_stands(fonts, certify, client, sign_in):
    person = certify(make_person(f"陈{UNPRINTABLE}"))
    certificate = certificate_of(person)
    run_due_jobs(clock.now())
    document = certificate_of(person).document
    assert (document.state, document.missing) == (DocumentState.WAITING, UNPRINTABLE)
    sign_in(client, person)
    assert client.get(f"/certificates/{certificate.id}/pdf").status_code == 409
    assert UNPRINTABLE in client.get(f"/certificates/{certificate.id}").get_data(as_text=True)
    with unit_of_work() as session:
        session.get_one(type(person), person.id).name = "陈雨桐"
    assert client.get(f"/certificates/{certificate.id}/pdf").status_code == 200, "it is printed as soon as it can be"


def test_the_job_prints_signs_and_stores_the_pdf_once(fonts, certify, tmp_path):
    certificate = certificate_of(certify())
    run_due_jobs(clock.now())
    first = certificate_of_id(certificate.id)
    assert first.document.state == DocumentState.READY
    assert "Signature is Valid" in run("pdfsig", stored_path(first.document.sha256))
    assert produce_document(certificate.id, now=clock.now()) is DocumentState.READY
    assert certificate_of_id(certificate.id).document.sha256 == first.document.sha256


@pytest.mark.parametrize("name", ["欧阳", "阿卜杜热合曼·买买提依明", "甲" * 24])
def test_names_of_any_length_stay_on_their_line(fonts, tmp_path, name):
    text = words_of(print_paper(paper(name=name)), tmp_path)
    assert any(name in line for line in text.splitlines())


def test_a_printed_page_never_fetches_an_address(fonts):
    fetch = _own_only({"qr": b"png"})
    for address in ("https://example.com/x.png", "file:///etc/passwd", "http://127.0.0.1/", "image:other",
                    "font:../secret", "data:text/css,x"):
        with pytest.raises(ForeignAddressError):
            fetch(address)
    assert fetch("image:qr").read() == b"png"


def test_text_from_outside_can_bring_no_markup_into_the_page(fonts, tmp_path):
    text = words_of(print_paper(paper(name='<img src="https://example.com/x">')), tmp_path)
    assert "<img" in text


def test_without_its_library_or_fonts_printing_is_refused_with_the_line_that_installs_them(monkeypatch):
    from weasyprint.text import ffi  # noqa: PLC0415 - loads Pango

    assert pdf_environment_problems() == []
    monkeypatch.setattr(ffi, "harfbuzz_subset", None)
    monkeypatch.setattr(pdf, "source_font", lambda weight: None if weight == "Bold" else Path("/x"))
    problems = pdf_environment_problems()
    assert [pdf.APT_LINE in it for it in problems] == [True, True]
    assert "libharfbuzz-subset" in problems[0]


def test_without_the_source_font_nothing_counts_as_printable(monkeypatch):
    pdf_fonts._covered.cache_clear()
    monkeypatch.setattr(pdf_fonts, "_find", lambda name: None)
    try:
        assert missing_glyphs("陈 A") == "陈A"
    finally:
        pdf_fonts._covered.cache_clear()


def test_the_lean_font_is_true_type_and_has_every_everyday_character(fonts):
    font = TTFont(lean_font(get_settings().data_dir, "Bold"))
    assert "glyf" in font
    have, source = font.getBestCmap(), TTFont(pdf_fonts.source_font("Bold"), fontNumber=2, lazy=True).getBestCmap()
    assert {it for it in everyday_characters() if it in source} <= set(have)


def test_the_keys_belong_to_their_owner_alone_and_are_made_once(context, tmp_path):
    settings = get_settings().model_copy(update={"data_dir": tmp_path})
    folder = prepare_keys(settings)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.iterdir())
    prepare_keys(settings)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_an_organisation_may_sign_with_keys_of_its_own(fonts, tmp_path):
    folder = prepare_keys(get_settings().model_copy(update={"data_dir": tmp_path, "organisation_name": "某集团"}))
    chain = tmp_path / "chain.pem"
    chain.write_bytes((folder / "signer.crt").read_bytes() + (folder / "root.crt").read_bytes())
    own = get_settings().model_copy(update={"signing_key_file": str(folder / "signer.key"),
                                            "signing_certificate_file": str(chain)})
    (tmp_path / "a.pdf").write_bytes(sign_pdf(print_paper(paper()), settings=own, reason="签发", location="北京"))
    assert "某集团" in run("pdfsig", tmp_path / "a.pdf")


def certificate_of_id(certificate_id):
    reading().rollback()
    reading().expire_all()
    return reading().get_one(Certificate, certificate_id)
