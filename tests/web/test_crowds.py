"""Views that hundreds open in the same minute work a few at a time, and hold nothing while they wait."""

import threading

from lms.kernel.db import db, reading
from lms.web.crowds import AT_ONCE, crowded


def test_few_work_at_once_and_all_are_served(app):
    at_work, most, served = 0, 0, []
    lock, full = threading.Lock(), threading.Event()

    @crowded
    def view(number):
        nonlocal at_work, most
        with lock:
            at_work += 1
            most = max(most, at_work)
            if at_work == AT_ONCE:
                full.set()
        full.wait(10)
        with lock:
            at_work -= 1
        return number

    def come(number):
        with app.app_context():
            served.append(view(number))

    visitors = [threading.Thread(target=come, args=(number,)) for number in range(4 * AT_ONCE)]
    for it in visitors:
        it.start()
    for it in visitors:
        it.join(10)
    assert most == AT_ONCE
    assert sorted(served) == list(range(4 * AT_ONCE))


def test_a_view_that_fails_makes_room_for_the_next(context):
    @crowded
    def view():
        raise ValueError

    for _ in range(2 * AT_ONCE):
        try:
            view()
        except ValueError:
            continue


def test_whoever_waits_holds_no_connection(app):
    free, inside = threading.Event(), threading.Semaphore(0)

    @crowded
    def view():
        inside.release()
        free.wait(10)

    def come():
        with app.app_context():
            reading().connection()
            view()
            db.session.remove()

    visitors = [threading.Thread(target=come) for _ in range(2 * AT_ONCE)]
    for it in visitors:
        it.start()
    for _ in range(AT_ONCE):
        assert inside.acquire(timeout=10)
    with app.app_context():
        pool = db.engine.pool
    for _ in range(1_000):
        if pool.checkedout() == AT_ONCE:
            break
        threading.Event().wait(0.01)
    assert pool.checkedout() == AT_ONCE, "only those at work keep theirs"
    free.set()
    for it in visitors:
        it.join(10)
