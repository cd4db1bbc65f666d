"""The length of the body of an HTTP request, and which bodies are refused.

The next request on a connection begins where a body ends. The rest of a body that is not read to its end would be taken
for a request, and a web page can send any body; so a connection is closed if a body cannot be read to its end.
"""

from __future__ import annotations

from email.message import Message
from http import HTTPStatus


class BodyRefused(Exception):
    """A body is not read, and the connection has to be closed.

    Args of the constructor:
        status: Status of the answer.
    """

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status)
        self.status = status


def length_of(headers: Message, most: int) -> int:
    """Return the number of bytes of a body.

    Args:
        headers: Headers of the request.
        most: The largest number of bytes that is accepted.

    Raises:
        BodyRefused: The length is missing, not a number, given twice, or above the limit.
    """
    if "Transfer-Encoding" in headers:
        raise BodyRefused(HTTPStatus.LENGTH_REQUIRED)
    said = set(headers.get_all("Content-Length", ["0"]))
    text = said.pop().strip()
    if said or not (text.isascii() and text.isdigit()):
        raise BodyRefused(HTTPStatus.BAD_REQUEST)
    digits = text.lstrip("0") or "0"
    if len(digits) > len(str(most)) or int(digits) > most:
        raise BodyRefused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return int(digits)
