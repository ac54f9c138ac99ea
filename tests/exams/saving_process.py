"""A process that saves answers as fast as it can and prints each one once acknowledged. It is killed from outside.

usage: saving_process.py <database address> <sitting> <person>
"""

import sys
import threading
from uuid import UUID

from sqlalchemy import create_engine

from lms.exams.saving.tokens import Seat
from lms.exams.saving.writer import Answer, AnswerWriter
from lms.kernel import clock


def save(writer, engine, seat, item):
    """Save one item over and over, a new sequence each time."""
    sequence = 0
    while True:
        sequence += 1
        writer.save(engine, seat, [Answer(item, sequence, f'"{sequence}"')], clock.now())
        sys.stdout.write(f"{item} {sequence}\n")
        sys.stdout.flush()


def main(address, sitting, person):
    """Save from eight threads until killed."""
    engine = create_engine(address)  # opened by the kernel's own hooks, as the application's is
    writer, seat = AnswerWriter(), Seat(UUID(sitting), UUID(person), 1)
    for item in range(1, 9):
        threading.Thread(target=save, args=(writer, engine, seat, item), daemon=True).start()
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
