"""What may be attached to a dossier, and what is said when a file may not."""

from dossiers.models import Attachment


def accept(dossier, document, upload, client_key=None) -> Attachment:
    """Store one file of one paper (None: the mandate); ValidationError says in a sentence why not."""
    raise NotImplementedError


def remove(attachment) -> None:
    """Take a file out of a draft; ValidationError once the dossier is submitted."""
    raise NotImplementedError
