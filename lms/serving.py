"""gunicorn's configuration, from our settings. Used as `gunicorn -c python:lms.serving lms.wsgi:app`."""

import gc
from pathlib import Path
from typing import Any

from lms.kernel.settings import Settings

_settings = Settings()

bind = f"{_settings.host}:{_settings.port}"
workers = _settings.web_workers
threads = _settings.web_threads
worker_class = "gthread"
worker_connections = 1000
keepalive = 15  # seconds; longer than the pause between two polls of the exam room
timeout = 120
graceful_timeout = 15
control_socket_disable = True
preload_app = True  # the processes share what they only read
accesslog = None
errorlog = "-"
loglevel = "warning"
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - a heartbeat file, no data
forwarded_allow_ips = "127.0.0.1"  # addresses of proxies are read by ProxyFix, as far as the setting allows


def when_ready(_server: Any) -> None:
    """Keep what was loaded before the fork out of the collector's hands, so that its pages stay shared."""
    gc.collect()
    gc.freeze()
