"""What a process remembers of its pages; gone with the process, and never needed."""

from django.core.cache import caches
from django.utils.connection import ConnectionProxy

cache = ConnectionProxy(caches, "pages")
