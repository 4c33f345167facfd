"""What operators did, into the audit trail."""

from auditlog.models import LogEntry


def record(operator, event: str, **facts) -> None:
    """Under the operator's account, since a message or a provider may be gone when somebody asks."""
    LogEntry.objects.log_create(
        operator, force_log=True, action=LogEntry.Action.UPDATE, actor=operator, changes={}, additional_data={"event": event} | facts
    )
