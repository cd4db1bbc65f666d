"""Opens pages of the built site in a real browser, from a server that does nothing but hand out its files.

The browser opens a harness, which loads each page into a frame of some width and sends what a script finds in it. The
server notes every request, so a test can say that pages ask for nothing that is not there.
"""

from __future__ import annotations

import json
import subprocess
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from tests.render.browser import CHROMIUM

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage"),
    *(
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
    ),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # nothing but this machine can be reached
)
PATIENCE = 240
"""Seconds for all pages of a look; a page takes a tenth of one, and machines may be busy."""

HARNESS = """<!DOCTYPE html><meta charset="utf-8"><style>body{margin:0}iframe{border:0}</style><iframe></iframe><script>
const frame = document.querySelector("iframe"), found = [];
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const until = async (holds) => { for (let i = 0; i < 400 && !holds(); i++) await pause(25); return holds(); };
const size = async (width) => { frame.width = width; frame.height = 844; await pause(60); };
const open = async (page) => {
  const ready = new Promise((done) => (frame.onload = done));
  frame.src = "/" + page;
  await ready;
  window.page = frame.contentDocument;
};
const send = (what) => fetch("/found", { method: "POST", body: JSON.stringify(what) });
(async () => { SCRIPT })().then(() => send(found), (error) => send([{ error: String(error) }]));
</script>"""


class _Handler(SimpleHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        if self.path == "/harness.html":
            body = self.server.harness.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        else:
            super().do_GET()

    def do_POST(self) -> None:
        self.server.found = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(204)
        self.end_headers()
        self.server.done.set()

    def send_error(self, code: int, *words: Any, **more: Any) -> None:
        self.server.refused.append(f"{code} {self.path}")
        super().send_error(code, *words, **more)

    def log_message(self, *_words: Any) -> None:
        return


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, site: Path, harness: str) -> None:
        super().__init__(("127.0.0.1", 0), partial(_Handler, directory=str(site)))
        self.harness = harness
        self.asked: list[str] = []
        self.refused: list[str] = []
        self.found: Any = None
        self.done = threading.Event()

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.shutdown()
        self.server_close()


def look(site: Path, profile: Path, script: str) -> list[dict[str, Any]]:
    """Run a script in a browser that can reach nothing but the site, and return what it pushed to `found`.

    Args:
        site: The built site.
        profile: A new folder for the browser.
        script: JavaScript; `open`, `size`, `until`, `pause`, `page` and `found` are at hand.
    """
    with _Server(site, HARNESS.replace("SCRIPT", script)) as server:
        address = f"http://127.0.0.1:{server.server_port}/harness.html"
        browser = subprocess.Popen(
            [
                CHROMIUM,
                *FLAGS,
                f"--user-data-dir={profile}",
                "--window-size=1400,900",
                "--remote-debugging-port=0",
                address,
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            assert server.done.wait(PATIENCE), f"the browser says nothing; it asked for {server.asked[-3:]}"
        finally:
            browser.terminate()
            browser.wait(timeout=30)
        refused = [path for path in server.refused if "favicon" not in path]
        assert refused == []
    found: list[dict[str, Any]] = server.found
    assert [one["error"] for one in found if "error" in one] == []
    return found
