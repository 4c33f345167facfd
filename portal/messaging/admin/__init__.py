"""Messages on the officials' site: what was sent, what came in, and how the sending goes."""

from portal.messaging.admin import incoming, outgoing, overview  # noqa: F401 - registering is all they are imported for
