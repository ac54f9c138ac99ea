"""Every route names a permission, and the guard lets in exactly whom the table says."""

from difflib import unified_diff

import pytest
from werkzeug.exceptions import HTTPException

from lms.access.identity import Role
from lms.kernel.errors import DomainError
from tests.access.table import FILE, address_of, read_table, routes, table_of

REFUSED = {401, 403}


def test_every_route_names_a_permission(app):
    unnamed = [route.line for route in routes(app) if route.permission is None]
    assert unnamed == [], "put @requires(Permission.X) right under the route"


def test_the_table_is_what_the_policy_page_says(app):
    with app.app_context():
        now = table_of(app).splitlines()
    difference = list(unified_diff(FILE.read_text(encoding="utf-8").splitlines(), now, "routes.txt", "policy", n=0))
    assert difference == [], "run `python -m tests.access.regenerate` and read the difference:\n" + "\n".join(
        difference
    )


def let_in(response) -> bool:
    to_the_door = response.status_code in (301, 302) and "/account/login" in (response.location or "")
    return response.status_code not in REFUSED and not to_the_door


@pytest.fixture
def guard_alone(app, monkeypatch):
    """The application with views that only say they were reached, so that nothing but the guard is asked."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    for endpoint, view in list(app.view_functions.items()):

        def reached(*_args, **_values):
            return "", 204

        reached.__dict__.update(getattr(view, "__dict__", {}))
        monkeypatch.setitem(app.view_functions, endpoint, reached)
    return app


@pytest.mark.parametrize("role", [*Role, None], ids=lambda role: role.value if role else "visitor")
def test_the_guard_lets_a_role_in_where_the_table_says_and_nowhere_else(guard_alone, sign_in, role):
    client, table, wrong = guard_alone.test_client(), read_table(), []
    name = role.value if role else "visitor"
    if role:
        sign_in(client, role)
    for route in routes(guard_alone):
        answer = client.open(address_of(route.rule), method=route.method)
        if let_in(answer) != (name in table.get(route.line, ())):
            wrong.append(f"{route.line}: {name} got {answer.status_code}")
    assert wrong == []


def test_no_route_breaks_down_over_things_that_do_not_exist(app, sign_in, monkeypatch):
    """Addresses of nothing and empty forms are answered with a page or a refusal, never with a fault."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    client, faults = app.test_client(), []
    sign_in(client, Role.TRAINING_ADMIN)
    for route in routes(app):
        if route.rule.endpoint == "security.logout":
            continue
        try:
            answer = client.open(address_of(route.rule), method=route.method)
            if answer.status_code >= 500:
                faults.append(f"{route.line}: {answer.status_code}")
        except (HTTPException, DomainError):
            pass
        except Exception as error:
            faults.append(f"{route.line}: {error!r:.200}")
        if route.rule.rule.startswith("/account"):
            sign_in(client, Role.TRAINING_ADMIN)
    assert faults == []
