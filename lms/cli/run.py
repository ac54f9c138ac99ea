"""Start an installation: tables, content, web, worker, beat and sockets, under one supervisor."""

import ctypes
import gc
import os
import sys
import traceback
from collections.abc import Iterable
from importlib import import_module

import click

from lms.cli.examination import Level, look_at_data_folder, look_at_printing, look_at_time_zone
from lms.cli.preparation import prepare
from lms.kernel.catalogues import compile_catalogues
from lms.kernel.settings import Settings
from lms.supervisor import Program, die_with, supervise

PARTS = {
    "web": "lms.web_server:serve", "worker": "lms.worker:serve_worker", "beat": "lms.worker:serve_beat",
    "sockets": "lms.socket_server:serve",
}
SAMPLE = 10  # status by which the child says that this is the sample call centre
M_ARENA_MAX = -8  # glibc's name for "how many heaps the threads of a process may have"


@click.command()
@click.option("--sample/--clean", "sample", default=None,
              help="Fill an empty database with the sample call centre, or leave it empty; asks when left out.")
@click.option("--host", help="Address to listen on (default: FLOORREADY_HOST or 127.0.0.1).")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on (default: FLOORREADY_PORT or 8000).")
@click.option("--only", "parts", multiple=True, type=click.Choice(list(PARTS)),
              help="Run this part alone, on tables that `migrate` made; may be given several times.")
def run(sample: bool | None, host: str | None, port: int | None, parts: tuple[str, ...]) -> None:
    """Migrate, offer the sample call centre, then run web, worker, beat and sockets until told to stop."""
    for name, value in (("FLOORREADY_HOST", host), ("FLOORREADY_PORT", port)):
        if value is not None:
            os.environ[name] = str(value)
    settings = Settings()
    refuse_when_broken(settings)
    compile_catalogues()
    if not parts:
        is_sample = prepared_in_a_child(settings, sample=sample)
        os.environ["FLOORREADY_SAMPLE"] = str(is_sample).lower()
        if is_sample:  # a visitor has no authenticator at hand
            os.environ.setdefault("FLOORREADY_SECOND_FACTOR", "offered")
    ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)
    raise SystemExit(supervise(programs(parts or tuple(PARTS)), longest_pause=settings.restart_pause_seconds))


def refuse_when_broken(settings: Settings) -> None:
    """Stop before anything is made when the installation could not work. ClickException with every reason."""
    looks = (look_at_data_folder, look_at_time_zone, look_at_printing)
    wrong = [each.text for look in looks for each in look(settings) if each.level is Level.ERROR]
    if wrong:
        raise click.ClickException("\n".join(wrong))


def prepared_in_a_child(settings: Settings, *, sample: bool | None) -> bool:
    """Prepare the installation in a process of its own, whose memory is gone when it is done; tell if it is the sample.

    Raises SystemExit with the child's status when it could not be prepared.
    """
    sys.stdout.flush()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            die_with(parent)
            status = SAMPLE if prepare(settings, sample=sample) else 0
        except click.ClickException as error:
            error.show()
        except click.Abort:
            click.echo("Stopped.", err=True)
        except Exception:  # the parent can only be told by a status
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(status)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status not in (0, SAMPLE):
        raise SystemExit(status)
    return status == SAMPLE


def programs(parts: Iterable[str]) -> list[Program]:
    """Return what the supervisor keeps running. Everything is imported here once, and shared by all of them."""
    mains = {}
    for part in parts:
        module, _, function = PARTS[part].partition(":")  # by name: the command line knows no worker
        mains[part] = getattr(import_module(module), function)
    import_module("lms.worker").application()
    gc.collect()
    gc.freeze()  # keeps the collector from touching, and so copying, what is shared
    return [Program(name, main) for name, main in mains.items()]
