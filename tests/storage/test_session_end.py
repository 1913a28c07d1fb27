from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.credentials import Credentials, DeferredRefreshableCredentials, RefreshableCredentials

from actionmesh_wrapper.storage.session_end import UNKNOWN_S, is_unknown, session_end

NOW = datetime.now(UTC).replace(microsecond=0)


def session(end: datetime) -> dict[str, Any]:
    return {"access_key": "AKIDEXAMPLE", "secret_key": "s", "token": "t", "expiry_time": end.isoformat()}


def test_a_roles_session_ends_when_botocore_knows_it_does() -> None:
    end = NOW + timedelta(hours=6)
    role = RefreshableCredentials.create_from_metadata(session(end), dict, "assume-role")
    assert session_end(role) == end
    assert not is_unknown(role)


def test_a_session_that_is_about_to_end_is_refreshed_first() -> None:
    end = NOW + timedelta(hours=6)
    role = RefreshableCredentials.create_from_metadata(
        session(NOW + timedelta(minutes=2)), lambda: session(end), "assume-role"
    )
    assert session_end(role) == end


def test_a_session_that_nobody_has_used_yet_is_opened() -> None:
    end = NOW + timedelta(hours=1)
    assert session_end(DeferredRefreshableCredentials(lambda: session(end), "assume-role")) == end


def test_the_end_is_told_in_utc() -> None:
    end = (NOW + timedelta(hours=6)).isoformat().replace("+00:00", "Z")
    role = RefreshableCredentials.create_from_metadata(session(NOW) | {"expiry_time": end}, dict, "x")
    assert (session_end(role) or NOW).tzinfo is UTC


def test_a_token_alone_is_taken_to_have_an_hour_left() -> None:
    frozen = Credentials("AKIDEXAMPLE", "s", "t")
    left = (session_end(frozen) or NOW) - datetime.now(UTC)
    assert timedelta(seconds=UNKNOWN_S - 5) < left <= timedelta(seconds=UNKNOWN_S)
    assert is_unknown(frozen)


@pytest.mark.parametrize("credentials", [None, Credentials("AKIDEXAMPLE", "s")])
def test_a_key_has_no_end(credentials: Credentials | None) -> None:
    assert session_end(credentials) is None
    assert not is_unknown(credentials)
