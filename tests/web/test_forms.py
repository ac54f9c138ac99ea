"""Forms: trimmed text, problems at their fields, messages in the reader's language."""

import pytest
from flask import Flask, get_template_attribute
from wtforms import IntegerField, PasswordField, RadioField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from lms.kernel.errors import Invalid, Problem
from lms.web.forms import Form


class Sample(Form):
    """A form as areas write them."""

    name = StringField("Name", [InputRequired(), Length(max=5)])
    mark = IntegerField("Mark", [NumberRange(1, 100)])
    secret = PasswordField("Password")
    level = RadioField("Level", choices=[("a", "A"), ("b", "B")], default="a")


def sent(app: Flask, language: str = "zh-CN", **values: str) -> Sample:
    """Return the form as sent with these values, validated."""
    app.config["WTF_CSRF_ENABLED"] = False
    try:
        with app.test_request_context(method="POST", data=values, headers={"Accept-Language": language}):
            form = Sample()
            form.validate()
            return form
    finally:
        app.config["WTF_CSRF_ENABLED"] = True


def test_text_is_trimmed_before_it_is_looked_at_and_passwords_are_not(app: Flask) -> None:
    form = sent(app, name="\u3000 陈雨桐 ", mark="5", secret=" a ")
    assert (form.name.data, form.secret.data, form.errors) == ("陈雨桐", " a ", {})


@pytest.mark.parametrize("blank", ["", "   ", "\u3000"])
def test_spaces_are_not_an_answer(app: Flask, blank: str) -> None:
    assert "name" in sent(app, name=blank, mark="5").errors


@pytest.mark.parametrize(
    ("language", "said"), [("zh-CN", "应在 1 到 100 之间。"), ("en", "Number must be between 1 and 100.")]
)
def test_messages_speak_the_readers_language(app: Flask, language: str, said: str) -> None:
    assert sent(app, language, name="a", mark="101").errors["mark"] == [said]


def test_counted_messages_are_translated_too(app: Flask) -> None:
    assert sent(app, name="六个字的名字", mark="1").errors["name"] == ["最多 5 个字。"]


def test_a_use_cases_problems_stand_at_their_fields(app: Flask) -> None:
    form = sent(app, name="a", mark="1")
    form.take(Invalid([Problem("mark", "above the full mark"), Problem("B7", "elsewhere")]))
    assert form.mark.errors == ["above the full mark"]
    assert form.form_errors == ["elsewhere"]


def test_a_field_is_drawn_with_its_label_its_error_and_no_style(app: Flask) -> None:
    with app.test_request_context(method="POST", data={"mark": "x"}, headers={"Accept-Language": "en"}):
        form = Sample(meta={"csrf": False})
        form.validate()
        html = get_template_attribute("kit/forms.html", "field")(form.mark, help="1 to 100", autofocus=True)
        radio = get_template_attribute("kit/forms.html", "field")(form.level)
        summary = get_template_attribute("kit/forms.html", "problems")(form)
    for part in ('for="mark"', "is-invalid", 'aria-invalid="true"', 'aria-describedby="mark-error mark-help"',
                 'id="mark-error"', "Not a valid integer value.", "autofocus"):
        assert part in html
    assert "style=" not in html
    assert "<fieldset" in radio
    assert radio.count('type="radio"') == 2
    assert 'href="#name"' in summary
