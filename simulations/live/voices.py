"""Which side of a live call's recordings somebody is: the trainer records the caller."""

from uuid import UUID

from sqlalchemy.orm import Session

from simulations.live.queries import played_by_trainer
from simulations.models import SimulatedCall
from simulations.voice.services import register_side

CALLER = "caller"


def side_in_live_call(session: Session, call: SimulatedCall, person_id: UUID) -> str:
    """Return "caller" for the trainer who plays the caller of this call, "" for everybody else."""
    live = played_by_trainer(session, call.id)
    return CALLER if live is not None and live.trainer_id == person_id else ""


register_side(side_in_live_call)
