"""Who is told what when a dossier moves."""


def tell(event) -> None:
    """Write the messages of an event into the outbox, in the transaction of the move."""
