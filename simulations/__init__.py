"""Simulated calls: scripts in a language of their own, played as a ringing phone, scored with quoted evidence.

The engine is pure: no database, web, clock or randomness. Times are whole milliseconds on the call clock (0 is the
first ring), marks whole hundredths.

    compile_script(text, libraries) -> Compilation        script or every diagnostic, located
    load_library() -> Bundle                              bundled scripts, phrase libraries, checkpoint sets
    new_call(script, CallSetup(...)) -> CallState         the phone rings; event 1 is in state.events
    client_event / server_event(state, ...) -> Event      made, chained and checked; raise EventRefused(code)
    step(state, event) -> (state, effects)                the one function that changes a call
    fold(script, events) -> CallState                     after a crash, or on every request
    next_timer(state) -> Timer | None                     what happens by itself, and when
    catch_up(state, now_ms) -> (state, events, effects)   lets it happen, each at its own instant
    visible(state, now_ms) -> Visible                     the only thing a browser may see
    score(script, events) -> CallScore                    outcomes, evidence, marks, reasons for review, digest
    unfamiliar(script, reply) -> spans                    sentences that nobody has approved
    note_text(note, language)                             the sentence for any code of a score or a refusal

Beside the engine this package holds the area's tables, services and pages, which build on these names alone.
"""

from .bundled import Bundle, BundledScript, load_checkpoint_sets, load_library, load_phrases
from .console_view import Visible, visible
from .player.events import Event, EventRefused, verify_chain
from .player.player import catch_up, client_event, fold, new_call, server_event, step
from .player.setup import CallSetup
from .player.state import CallEnded, CallerSays, CallState, FactDisclosed, MoodChanged
from .player.timers import Timer, next_timer
from .scoring.familiar import unfamiliar
from .scoring.notes import note_text
from .scoring.outcomes import Evidence, Outcome
from .scoring.score import ENGINE_VERSION, CallScore, CheckpointScore, score
from .script.compiler import Compilation, compile_script
from .script.diagnostics import Diagnostic, Severity
from .script.formatter import format_script
from .script.libraries import PhraseLibrary, parse_library
from .script.machine import CompiledScript, Rubric

__all__ = [
    "ENGINE_VERSION",
    "Bundle",
    "BundledScript",
    "CallEnded",
    "CallScore",
    "CallSetup",
    "CallState",
    "CallerSays",
    "CheckpointScore",
    "Compilation",
    "CompiledScript",
    "Diagnostic",
    "Event",
    "EventRefused",
    "Evidence",
    "FactDisclosed",
    "MoodChanged",
    "Outcome",
    "PhraseLibrary",
    "Rubric",
    "Severity",
    "Timer",
    "Visible",
    "catch_up",
    "client_event",
    "compile_script",
    "fold",
    "format_script",
    "load_checkpoint_sets",
    "load_library",
    "load_phrases",
    "new_call",
    "next_timer",
    "note_text",
    "parse_library",
    "score",
    "server_event",
    "step",
    "unfamiliar",
    "verify_chain",
    "visible",
]
