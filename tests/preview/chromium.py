"""Debian's Chromium, which plays a video from a server that cannot seek, and tells how that went."""

import json
import shutil
import subprocess
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

PAGE = """<!doctype html><video src="/video.mp4" muted></video><script>
const video = document.querySelector("video");
const tell = (facts) => fetch("/said", {method: "POST", body: JSON.stringify(facts)});
video.onerror = () => tell({error: video.error.message});
video.onended = () => tell({
  width: video.videoWidth, height: video.videoHeight, duration: video.duration,
  shown: video.getVideoPlaybackQuality().totalVideoFrames,
});
video.play();
</script>
"""
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--mute-audio", "--no-first-run")
PATIENCE_S = 60

Facts = dict[str, Any]


class Server(BaseHTTPRequestHandler):
    """Serves the page and the video, and takes what the page says."""

    def __init__(self, video: bytes, said: "Queue[Facts]", *request: Any) -> None:
        self._files = {"/": (PAGE.encode(), "text/html"), "/video.mp4": (video, "video/mp4")}
        self._said = said
        super().__init__(*request)

    def do_GET(self) -> None:
        content, kind = self._files.get(self.path, (b"", "text/plain"))
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_POST(self) -> None:
        self._said.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def find() -> str | None:
    """Its path, or None where it is not installed."""
    return shutil.which("chromium")


def play(browser: str, video: Path) -> Facts:
    """Plays a video to its end; returns what the page found: its size, length and pictures, or an error."""
    said: Queue[Facts] = Queue()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Server, video.read_bytes(), said)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
            command = [
                browser,
                *FLAGS,
                f"--user-data-dir={profile}",
                f"http://127.0.0.1:{server.server_port}/",
            ]
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                return said.get(timeout=PATIENCE_S)
            finally:
                process.terminate()
                process.wait()
                server.shutdown()
