"""The doctor names what is wrong, with the remedy, and never shows a secret."""

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from lms.cli import examination, main
from lms.cli.doctor import misspelt, page_of_settings, setting_values
from lms.cli.examination import Level, is_loopback
from lms.kernel import clock
from lms.kernel.settings import Settings
from tests.factories import make_fact, make_person

SECOND = timedelta(seconds=1)
PAGE = Path(__file__).resolve().parents[2] / "docs" / "operate" / "settings.md"


def levels(findings):
    return [finding.level for finding in findings]


def test_the_page_of_settings_says_what_the_program_says():
    assert PAGE.read_text(encoding="utf-8") == page_of_settings(), "make it anew: floorready doctor --settings-page"


def test_secrets_are_masked_and_sources_are_named(tmp_path):
    settings = Settings(data_dir=tmp_path, secret_key="hush", database_url="postgresql://me:hush@db.example.test/x")
    values = {each.name: each for each in setting_values(settings, {"FLOORREADY_SECRET_KEY": "hush"})}
    assert "hush" not in "".join(each.value for each in values.values())
    assert values["FLOORREADY_SECRET_KEY"].source == "from FLOORREADY_SECRET_KEY"
    assert values["FLOORREADY_PORT"].source == "default"


def test_a_misspelt_setting_is_pointed_out():
    assert [each.level for each in misspelt({"FLOORREADY_PROT": "80", "FLOORREADY_PORT": "80"})] == [Level.WARNING]


def test_a_value_that_cannot_be_read_is_named_as_it_stands_in_the_environment():
    result = CliRunner().invoke(main, ["doctor"], env={"FLOORREADY_PORT": "many"})
    assert result.exit_code == 1
    assert "FLOORREADY_PORT" in result.output


def test_a_data_folder_that_cannot_be_written_is_an_error(tmp_path):
    (tmp_path / "data").write_text("a file stands where the folder should be")
    assert levels(examination.look_at_data_folder(Settings(data_dir=tmp_path / "data"))) == [Level.ERROR]


def test_keys_that_others_can_read_are_pointed_out(tmp_path):
    key = tmp_path / "keys" / "secret"
    key.parent.mkdir()
    key.write_text("hush")
    key.chmod(0o644)
    assert levels(examination.look_at_data_folder(Settings(data_dir=tmp_path))) == [Level.WARNING]
    key.chmod(0o600)
    assert levels(examination.look_at_data_folder(Settings(data_dir=tmp_path))) == [Level.OK]


@pytest.mark.parametrize("zone", ["Asia/Shangai", "", "../etc/passwd"], ids=["misspelt", "empty", "a path"])
def test_a_zone_that_is_none_is_an_error(zone):
    assert levels(examination.look_at_time_zone(Settings(time_zone=zone))) == [Level.ERROR]


def test_a_missing_library_stops_the_start_and_names_its_package(tmp_path, monkeypatch):
    missing = "libharfbuzz-subset is missing: apt-get install libharfbuzz-subset0"
    monkeypatch.setattr(examination, "pdf_environment_problems", lambda: [missing])
    result = CliRunner().invoke(main, ["run", "--clean"], env={"FLOORREADY_DATA_DIR": str(tmp_path)})
    assert result.exit_code == 1
    assert missing in result.output
    assert list(tmp_path.iterdir()) == []


def test_a_database_out_of_reach_is_an_error_without_its_password(tmp_path):
    settings = Settings(data_dir=tmp_path, database_url="postgresql://me:hush@127.0.0.1:1/x")
    (finding,) = examination.look_at_database(settings)
    assert finding.level is Level.ERROR
    assert "hush" not in finding.text


def test_a_redis_out_of_reach_is_an_error(tmp_path):
    settings = Settings(data_dir=tmp_path, redis_url="redis://127.0.0.1:1")
    assert levels(examination.look_at_broker(settings)) == [Level.ERROR]


@pytest.mark.parametrize(
    ("ahead", "found"), [(-SECOND, False), (60 * SECOND, True)], ids=["just now", "in a minute"]
)
@pytest.mark.both_databases
def test_a_clock_set_back_behind_the_newest_fact_is_an_error(app: Flask, context, now, ahead, found):
    make_fact(make_person(), "course:gas-leak", at=now - timedelta(days=1), now=now + ahead)
    with clock.travel(now):
        findings = examination.look_at_database(app.extensions["settings"])
    assert any("a fact was recorded" in finding.text for finding in findings) is found


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("[::1]", True), ("192.0.2.7", False),
     ("training.example.test", False), ("", False)],
)
def test_only_this_machine_counts_as_loopback(host, expected):
    assert is_loopback(host) is expected
