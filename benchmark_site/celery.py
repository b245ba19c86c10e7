"""The queue's app: which broker, and what runs on a clock."""

import os

from celery import Celery
from django.conf import settings

from benchmark_site.clock import Every
from notices.hatch import CARRY_TASK, NOTICES_QUEUE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmark_site.settings")


app = Celery("benchmark_site")
app.conf.update(
    broker_url=settings.CELERY_BROKER_URL,
    broker_connection_retry_on_startup=True,
    # A web request waits for a dead broker at most this long: the row is already stored, and
    # the sweep announces it later.
    broker_transport_options={
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0.1,
        "visibility_timeout": 3600,
        "global_keyprefix": settings.REDIS_PREFIX,
    },
    task_publish_retry=False,
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    # Only a development machine's mails are printed, and their links are to be copied.
    worker_redirect_stdouts=False,
    task_default_queue="evaluate",
    timezone="UTC",
    beat_scheduler="benchmark_site.clock:SteadyScheduler",
    beat_schedule={
        "sweep": {
            "task": "workers.sweep",
            "schedule": Every(settings.SWEEP_SECONDS),
            # A sweep that waited longer than its period is replaced by the next one.
            "options": {"expires": settings.SWEEP_SECONDS},
        },
        "carry": {
            "task": CARRY_TASK,
            "schedule": Every(settings.SWEEP_SECONDS),
            "options": {"expires": settings.SWEEP_SECONDS, "queue": NOTICES_QUEUE},
        },
        "tidy-doors": {
            "task": "workers.tidy_doors",
            "schedule": Every(600.0),
            "options": {"expires": 600.0},
        },
        "tidy-drafts": {
            "task": "workers.tidy_drafts",
            "schedule": Every(settings.ANNOUNCE_AGAIN_SECONDS),
            "options": {"expires": settings.ANNOUNCE_AGAIN_SECONDS},
        },
    },
)
app.steps["worker"].add("workers.presence.Presence")
app.autodiscover_tasks(["workers"])
app.set_default()
