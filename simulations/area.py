"""What this area adds to the application: tables, the activity kind `call`, tasks, views."""

from flask import Flask

from lms.records import activities
from simulations import models, tasks  # noqa: F401 - its tables and tasks
from simulations.activity import CallActivity
from simulations.analytics import models as analytics_models  # noqa: F401 - its tables
from simulations.analytics.views import bp as figures
from simulations.authoring import models as authoring_models  # noqa: F401 - its tables
from simulations.authoring.views import bp as authoring
from simulations.live import models as live_models  # noqa: F401 - its tables
from simulations.live import voices  # noqa: F401 - who records the caller
from simulations.live.views import bp as live
from simulations.phrases import models as phrases_models  # noqa: F401 - its tables
from simulations.phrases.views import bp as phrases
from simulations.practice import models as practice_models  # noqa: F401 - its tables
from simulations.practice.views import bp as examples
from simulations.recounting import models as recounting_models  # noqa: F401 - its tables
from simulations.recounting import tasks as recounting_tasks  # noqa: F401 - its tasks
from simulations.recounting.views import bp as recounting
from simulations.views import bp
from simulations.voice import caller_views, word_views  # noqa: F401 - more pages of the same blueprint
from simulations.voice import models as voice_models  # noqa: F401 - its tables
from simulations.voice import tasks as voice_tasks  # noqa: F401 - its tasks
from simulations.voice.views import bp as voice


def install(app: Flask) -> None:
    """Add this area to the application."""
    activities.register(CallActivity())
    app.register_blueprint(bp)
    app.register_blueprint(authoring)
    app.register_blueprint(figures)
    app.register_blueprint(voice)
    app.register_blueprint(live)
    app.register_blueprint(examples)
    app.register_blueprint(recounting)
    app.register_blueprint(phrases)
