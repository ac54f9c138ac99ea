"""What tests of exams stand on: the bundled content, a candidate, an assessor with a licence."""

import pytest

from lms.access.identity import SYSTEM, Role
from lms.exams.services.assigning import assign_exam
from lms.kernel.db import unit_of_work
from lms.people.sign_in import identity_of
from lms.records import activities
from tests import factories
from tests.exams.content import put_content


@pytest.fixture
def content(request, database, context, now):
    """The bundled questions, exams and stations; loaded once a run and copied from then on."""
    put_content(request.getfixturevalue(f"{database}_backend"), now)


@pytest.fixture
def learner(context):
    """Somebody to be examined."""
    return factories.make_person("陈雨桐")


@pytest.fixture
def identity(session):
    """Return somebody as an actor: `identity(person)`."""
    return lambda person: identity_of(session, person)


@pytest.fixture
def assigned(content, learner, now):
    """The learner's series of `gas-theory`."""
    with unit_of_work() as session:
        return assign_exam(session, "gas-theory", person_id=learner.id, by=SYSTEM, now=now).id


@pytest.fixture
def assessor(context, monkeypatch):
    """An assessor whose licence is in force."""
    monkeypatch.setattr("lms.exams.services.stations.is_licensed", lambda *_asked: True)
    return factories.make_person("高文博", roles=[Role.ASSESSOR])


class Teaching:
    """A kind of activity that teaches every knowledge point it is asked for, one unit each."""

    prefix = "course"

    def __init__(self):
        self.assigned = []

    def titles(self, _session, codes):
        return {code: f"单元 {code}" for code in codes}

    def link(self, code):
        return f"/courses/{code}"

    def assign(self, _session, code, *, person_id, **_more):
        self.assigned.append((code, person_id))

    def best_by_point(self, _session, points):
        return {it: f"gas-leak#{it.split('/')[-1]}" for it in points}


@pytest.fixture
def teaching(context):
    """Courses that teach what exams ask, standing in for the real ones."""
    before = dict(activities._kinds)
    kind = Teaching()
    activities.register(kind)
    yield kind
    activities._kinds.clear()
    activities._kinds.update(before)
