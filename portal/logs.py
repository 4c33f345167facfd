"""JSON logs with a request id, without secrets."""

import logging


class JsonFormatter(logging.Formatter):
    pass
