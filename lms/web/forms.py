"""The base of every form: token against forgery, trimmed text, messages in the reader's language."""

from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import get_domain
from flask_wtf import FlaskForm
from wtforms import Field, PasswordField, StringField

from lms.kernel.errors import Invalid, Problem
from lms.kernel.i18n import _


class OurTranslations:
    """Hands WTForms' own messages to our catalogues. WTForms fills in the %-placeholders itself, afterwards."""

    def gettext(self, string: str) -> str:
        """Translate one of WTForms' messages."""
        return str(_(string)) if string else ""

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Translate one of WTForms' counted messages."""
        return str(get_domain().get_translations().ungettext(singular, plural, n))


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A form. It checks shape; what a value means is checked by rules, whose problems `take` brings to their fields."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # the same
        """What WTForms asks its forms about themselves."""

        def get_translations(self, form: FlaskForm) -> OurTranslations:
            """Return the translator of WTForms' messages."""
            return OurTranslations()

        def bind_field(self, form: FlaskForm, unbound_field: Any, options: dict[str, Any]) -> Field:
            """Bind a field; text loses the spaces around it before anything looks at it, passwords keep theirs."""
            filters: list[Callable[[Any], Any]] = list(unbound_field.kwargs.get("filters", ()))
            kind = unbound_field.field_class
            if issubclass(kind, StringField) and not issubclass(kind, PasswordField):
                filters.insert(0, trimmed)
            field: Field = unbound_field.bind(form=form, filters=filters, **options)
            return field

    def process(self, *args: Any, **values: Any) -> None:
        """Fill the fields; what was typed is trimmed too, so that spaces alone don't count as an answer."""
        super().process(*args, **values)
        for field in self:
            if isinstance(field, StringField) and not isinstance(field, PasswordField) and field.raw_data:
                field.raw_data = [trimmed(value) for value in field.raw_data]

    def take(self, problems: Invalid | Sequence[Problem]) -> None:
        """Put a use case's problems at their fields; what belongs to no field stands on top of the form."""
        found = problems.problems if isinstance(problems, Invalid) else problems
        for problem in found:
            if problem.where in self:
                field = self[problem.where]
                field.errors = [*field.errors, problem.text]
            else:
                self.form_errors.append(problem.text)


def trimmed(value: Any) -> Any:
    """Return text without the spaces around it (ideographic ones too); anything else as it is.

    >>> trimmed("\\u3000Chen ")
    'Chen'
    """
    return value.strip() if isinstance(value, str) else value
