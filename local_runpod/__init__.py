"""A RunPod serverless endpoint on a laptop: its public API, its queue, and its workers' side.

RunPod's SDK brings a local API (``--rp_serve_api``) that behaves unlike the hosted service: it runs the
handler inside ``/status``, knows no queue, no progress and no cancel. Here the SDK's real worker loop runs,
against a queue that behaves as RunPod's does, its defects included:

- A report of progress that arrives after the result overwrites it: the job is ``IN_PROGRESS`` for good.
- A result that is too large, or is not JSON, is refused with 400, and the job is ``COMPLETED`` without it.
- An error that is not a string is lost, and the job is ``COMPLETED`` without output.
- An empty ``input`` does not reach the worker, whose SDK then drops the job; it ends as one that was lost.

Start it with ``python -m local_runpod``; a test hands a `local_runpod.endpoint.Endpoint` to
`local_runpod.server.Server`, with `local_runpod.workers.Workers` or without, and runs that in a thread.

RunPod documents neither these, nor what follows, which is a choice: a purged job is ``CANCELLED``; a job that
was cancelled or timed out stays so, whatever its worker posts; ``ttl`` bounds the time in the queue.

What it leaves out: RunPod's rate limits, its scaling of workers with the load, and its charge.
"""
