"""The portal as it would be if nobody looked for what was forgotten, neither by the timetable nor when a worker starts."""

from portal.settings import *  # noqa: F403 - all but one entry
from portal.settings import CELERY_BEAT_SCHEDULE as WHOLE

CELERY_BEAT_SCHEDULE = {name: entry for name, entry in WHOLE.items() if entry["task"] != "portal.messaging.tasks.sweep"}
