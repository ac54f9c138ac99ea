"""Pages of the knowledge base."""

from lms.knowledge.views import managing, reading, writing
from lms.knowledge.views.blueprint import bp

__all__ = ["bp", "managing", "reading", "writing"]
