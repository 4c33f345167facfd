"""The issuer's own web server: one process, few threads."""

from django.core.wsgi import get_wsgi_application
from gunicorn.app.base import BaseApplication

OPTIONS = {
    "workers": 1,  # codes between two requests lie in its memory
    "threads": 4,
    "worker_class": "gthread",
    "preload_app": True,
    "graceful_timeout": 5,
    "control_socket_disable": True,
}


class Server(BaseApplication):
    """gunicorn without its command line: what it serves is loaded already."""

    def __init__(self, address: str):
        self.address = address
        super().__init__()

    def load_config(self):
        for name, value in OPTIONS.items():
            self.cfg.set(name, value)
        self.cfg.set("bind", self.address)

    def load(self):
        return get_wsgi_application()
