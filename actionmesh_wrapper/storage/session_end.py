"""When the credentials end that sign links: a presigned link ends with them, whatever it says itself."""

from datetime import UTC, datetime, timedelta

from botocore.credentials import Credentials

UNKNOWN_S = 3600  # what a session is taken to have left whose end is unknown: as long as a role's by default


def session_end(credentials: Credentials | None) -> datetime | None:
    """The end of the session that credentials belong to, which is refreshed first where that is due.

    See "Sharing objects with presigned URLs" in Amazon S3's user guide: a link ends with its time or with the
    credentials that signed it, whichever is sooner.

    Args:
        credentials: None is a key that was handed over by itself.

    Returns:
        Its time in UTC; None for a key that has no end.
    """
    if credentials is None:
        return None
    token = credentials.get_frozen_credentials().token
    # botocore has no public name for the end.
    end: datetime | None = getattr(credentials, "_expiry_time", None)
    if end is not None:
        return end.astimezone(UTC)
    return datetime.now(UTC) + timedelta(seconds=UNKNOWN_S) if token else None


def is_unknown(credentials: Credentials | None) -> bool:
    """Whether they are a session's whose end is unknown, such as ``AWS_SESSION_TOKEN`` by itself."""
    return type(credentials) is Credentials and bool(credentials.token)
