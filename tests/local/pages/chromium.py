"""A real browser, driven over a pipe (Chrome DevTools Protocol), and a server for it.

The pipe needs no library: messages are JSON, ended by a zero byte. Runs where a Chromium is installed.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from reconciler.local.server import HttpServer, RequestHandler
from tests.local.pages.support import Api
from tests.render.browser import CHROMIUM

LONGEST = 20.0
"""Seconds that a page may take."""


class Handler(RequestHandler):
    """The handler of `local serve`, and `/back` in place of a client."""

    def of_browser(self, body: bytes) -> tuple[int, Any, bytes] | None:
        if self.path.partition("?")[0] == "/back":
            return 200, {"Content-Type": "text/html"}, b"<title>back</title>"
        return super().of_browser(body)


@contextmanager
def served(api: Api) -> Iterator[int]:
    """Serve the pages; yield the port."""
    server = HttpServer(("127.0.0.1", 0), Handler)
    server.engine = api.engine
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Tab:
    """One page of a browser."""

    def __init__(self, ask: int, hear: int) -> None:
        self._ask, self._hear, self._last, self._rest, self._session = ask, hear, 0, b"", ""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.call("Page.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        self._last += 1
        asked: dict[str, Any] = {"id": self._last, "method": method, "params": params}
        if self._session:
            asked["sessionId"] = self._session
        os.write(self._ask, json.dumps(asked).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._last:
                assert "error" not in answer, answer
                found: dict[str, Any] = answer["result"]
                return found

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            piece = os.read(self._hear, 1 << 20)
            assert piece, "the browser has ended"
            self._rest += piece
        text, _, self._rest = self._rest.partition(b"\0")
        found: dict[str, Any] = json.loads(text)
        return found

    def run(self, script: str) -> Any:
        """Return what an expression of JavaScript is; a promise is awaited."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def until(self, script: str) -> None:
        """Wait for an expression to be true."""
        end = time.monotonic() + LONGEST
        while time.monotonic() < end:
            try:
                if self.run(f"document.readyState === 'complete' && Boolean({script})"):
                    return
            except AssertionError:  # between two pages
                pass
            time.sleep(0.02)
        raise AssertionError(f"{script} at {self.run('location.href')}: {self.run('document.body.innerText')}")

    @contextmanager
    def leaving(self) -> Iterator[None]:
        """Wait for the page that a step leads to; until it is there, words and fields are those of the page before."""
        self.run("window.isLeft = true")
        yield
        self.until("!window.isLeft")

    def open(self, url: str) -> None:
        with self.leaving():
            self.call("Page.navigate", url=url)

    def fill(self, **fields: str) -> None:
        """Type into fields by their ids."""
        for name, value in fields.items():
            self.run(f"document.getElementById({json.dumps(name)}).focus()")
            self.run("document.activeElement.select && document.activeElement.select()")
            self.call("Input.insertText", text=value)

    def click(self, selector: str) -> None:
        """Click on something of this page."""
        self.run(f"document.querySelector({json.dumps(selector)}).click()")

    def follow(self, selector: str) -> None:
        """Click on what leads to another page."""
        with self.leaving():
            self.click(selector)

    def enter(self) -> None:
        """Submit a form with a key."""
        key = {"key": "Enter", "windowsVirtualKeyCode": 13}
        with self.leaving():
            self.call("Input.dispatchKeyEvent", type="keyDown", text="\r", **key)
            self.call("Input.dispatchKeyEvent", type="keyUp", **key)

    def see(self, words: str) -> None:
        """Wait for words on the page."""
        self.until(f"document.body.innerText.includes({json.dumps(words)})")

    def at(self, path: str) -> str:
        """Wait for a page; return its query."""
        self.until(f"location.pathname === {json.dumps(path)}")
        return str(self.run("location.search"))

    def authenticator(self) -> None:
        """Give the browser a virtual authenticator that its user has unlocked."""
        self.call("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        self.call("WebAuthn.addVirtualAuthenticator", options=options)

    def picture(self, path: Path, width: int, height: int, *, dark: bool = False) -> None:
        """Write a picture of the page."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        still = {"name": "prefers-reduced-motion", "value": "reduce"}
        self.call("Emulation.setEmulatedMedia", features=[scheme, still])
        data = self.call("Page.captureScreenshot", format="png")["data"]
        path.write_bytes(base64.b64decode(data))


@contextmanager
def browsing(folder: Path) -> Iterator[Tab]:
    """Yield a page of a new browser."""
    hears, ask = os.pipe()
    hear, speaks = os.pipe()
    words = [
        *(CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage"),
        *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-pipe"),
        *(f"--user-data-dir={folder / 'profile'}", "about:blank"),
    ]
    shell = f'exec "$@" 3<&{hears} 4>&{speaks}'  # a browser listens at descriptor 3 and speaks at 4
    process = subprocess.Popen(
        ["bash", "-c", shell, "bash", *words],
        pass_fds=(hears, speaks),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(hears)
    os.close(speaks)
    try:
        yield Tab(ask, hear)
    finally:
        os.close(ask)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        os.close(hear)
