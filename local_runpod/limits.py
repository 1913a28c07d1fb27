"""RunPod's limits, as documented or as seen of the service; tests shorten them."""

from dataclasses import dataclass

MIB = 2**20


@dataclass(frozen=True)
class Limits:
    """Sizes in bytes and times in seconds.

    Attributes:
        run_bytes: largest body of ``/run``, and largest result of its job.
        runsync_bytes: the same for ``/runsync``.
        run_kept_s: how long a job of ``/run`` is known after its end.
        runsync_kept_s: the same for ``/runsync``.
        poll_s: how long a worker's poll is held open when there is nothing to say.
        ping_s: how often a worker says which jobs it is at; whole seconds, for the SDK rounds down.
        silence_s: a job that no ping has named for so long is lost, and its worker with it.
        retries: how often a job is run again after its worker was lost.
        webhook_retries: how often a webhook is called again after a failure.
        webhook_pause_s: the time between two calls.
    """

    run_bytes: int = 10 * MIB
    runsync_bytes: int = 20 * MIB
    run_kept_s: float = 30 * 60
    runsync_kept_s: float = 60
    poll_s: float = 10
    ping_s: int = 10
    silence_s: float = 40
    retries: int = 1
    webhook_retries: int = 2
    webhook_pause_s: float = 10
