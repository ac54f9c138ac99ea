"""Finds what is wrong with an installation, and lists its settings."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import click
from pydantic import AliasChoices, ValidationError
from pydantic.fields import FieldInfo
from sqlalchemy.engine import make_url

from lms.cli.examination import Finding, Level, examine
from lms.kernel.settings import Settings

PREFIX = "FLOORREADY_"


@dataclass(frozen=True)
class SettingValue:
    """One setting, as `doctor` shows it; secrets are masked."""

    name: str
    value: str
    source: str
    meaning: str


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--settings-page", is_flag=True, help="Print docs/operate/settings.md and do nothing else.")
def doctor(as_json: bool, settings_page: bool) -> None:
    """List every setting with its value and source, and find what is wrong. Status 1 when something is."""
    if settings_page:
        click.echo(page_of_settings(), nl=False)
        return
    try:
        settings = Settings()
    except ValidationError as error:
        raise click.ClickException("\n".join(explain(error))) from error
    findings = misspelt(os.environ) + examine(settings)
    values = setting_values(settings, os.environ)
    if as_json:
        click.echo(json.dumps({"settings": [asdict(each) for each in values],
                               "findings": [asdict(each) for each in findings]}))
    else:
        _print(values, findings)
    if any(each.level is Level.ERROR for each in findings):
        raise SystemExit(1)


def _print(values: list[SettingValue], findings: list[Finding]) -> None:
    click.secho("Settings", bold=True)
    width = max(len(each.name) for each in values)
    for each in values:
        click.echo(f"  {each.name:<{width}}  {each.value or '-':<32} {each.source}")
    click.secho("Findings", bold=True)
    colours = {Level.OK: "green", Level.WARNING: "yellow", Level.ERROR: "red"}
    for finding in findings:
        click.echo(f"  {click.style(f'{finding.level:<8}', fg=colours[finding.level])}{finding.name}: {finding.text}")


def explain(error: ValidationError) -> list[str]:
    """Return a line for each setting that can't be read, by the name it has in the environment."""
    names = [".".join(map(str, each["loc"])).upper().removeprefix(PREFIX) for each in error.errors()]
    return [f"{PREFIX}{name}: {each['msg']}" for name, each in zip(names, error.errors(), strict=True)]


def names_of(name: str, field: FieldInfo) -> list[str]:
    """Return the environment's names of a setting, ours first."""
    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        return [str(choice) for choice in alias.choices if str(choice).isupper()]
    return [f"{PREFIX}{name.upper()}"]


def setting_values(settings: Settings, environment: Mapping[str, str]) -> list[SettingValue]:
    """Return every setting with where it comes from: the environment or the default."""
    values = []
    for name, field in Settings.model_fields.items():
        names = names_of(name, field)
        source = next((each for each in names if each in environment), "")
        shown = mask(name, field, getattr(settings, name))
        values.append(SettingValue(names[0], shown, f"from {source}" if source else "default", field.description or ""))
    return values


def mask(name: str, field: FieldInfo, value: Any) -> str:
    """Return a setting's value as it may be shown: secrets and passwords within addresses are hidden."""
    extra = field.json_schema_extra
    if value and isinstance(extra, dict) and extra.get("secret"):
        return "******"
    if value and name.endswith("_url") and "@" in str(value):
        return make_url(str(value)).render_as_string(hide_password=True)
    return str(value)


def page_of_settings() -> str:
    """Return the page that documents every setting, as Markdown."""
    rows = [
        f"| `{'` or `'.join(names_of(name, field))}` | {_shown_default(field)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join((
        "# Settings", "",
        "Read from the environment, or from a file by `floorready --env-file`. `floorready doctor` shows each with its",
        "value and where it comes from. This page is made by `floorready doctor --settings-page`.", "",
        "| name | default | meaning |", "| --- | --- | --- |", *rows, "",
    ))


def _shown_default(field: FieldInfo) -> str:
    value = field.default
    if value is None or value == "":
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def misspelt(environment: Mapping[str, str]) -> list[Finding]:
    """Return a warning for every name that looks like a setting of ours and is none."""
    known = {each for name, field in Settings.model_fields.items() for each in names_of(name, field)}
    return [
        Finding("settings", Level.WARNING, f"{name} is set but is no setting; is it misspelt?")
        for name in sorted(environment) if name.startswith(PREFIX) and name not in known
    ]
