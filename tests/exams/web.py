"""A browser for tests that also look into the database: every request in an application context of its own."""

from flask.testing import FlaskClient


class Browser:
    """Somebody's browser. Requests don't share `g` with the test or with each other, as they wouldn't on a server."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self._token = ""

    def get(self, url, **sent):
        """Ask for a page."""
        return self._ask("get", url, **sent)

    def post(self, url, **sent):
        """Post as a page of ours does, with the token against forgery."""
        if not self._token:
            self._token = text_of(self.get("/notifications/")).split('name="csrf-token" content="')[1].split('"')[0]
        return self._ask("post", url, headers={"X-CSRFToken": self._token}, **sent)

    def bare_post(self, url, **sent):
        """Post without that token."""
        return self._ask("post", url, **sent)

    def _ask(self, verb, url, **sent):
        with self.client.application.app_context():
            return getattr(self.client, verb)(url, **sent)


def text_of(response):
    """Return a response's text."""
    return response.get_data(as_text=True)
