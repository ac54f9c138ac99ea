"""Asking pages and sending forms, the way a browser does."""

import re


def text_of(response):
    return response.get_data(as_text=True)


def ask(client, address, language="en"):
    return client.get(address, headers={"Accept-Language": language})


def send(client, address, fields=(), page="/questions/imports", **more):
    """Post with the token of a page that shows one."""
    token = re.search(r'name="csrf-token" content="([^"]+)"', text_of(client.get(page)))[1]
    return client.post(address, data={"csrf_token": token, **dict(fields)}, headers={"Accept-Language": "en"}, **more)
