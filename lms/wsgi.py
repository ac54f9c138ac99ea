"""What the web server loads: the application, with its jobs delivered to the workers."""

from lms.app import create_app
from lms.kernel import jobs
from lms.worker import deliver

app = create_app()
jobs.REGISTER.deliver = deliver
