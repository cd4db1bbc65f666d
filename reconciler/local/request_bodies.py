"""How long the body of an HTTP request is, and which bodies are refused.

The end of a body is the beginning of the next request on the connection. A body that is not read to its end would be
taken for a request, and a web page can send any body: so whoever cannot read one to its end closes the connection.
"""

from __future__ import annotations

from email.message import Message
from http import HTTPStatus


class BodyRefused(Exception):
    """A body is not read, and the connection has to be closed.

    Args of the constructor:
        status: Of the answer.
    """

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status)
        self.status = status


def length_of(headers: Message, most: int) -> int:
    """Return the number of bytes of a body.

    Args:
        headers: Of the request.
        most: The largest number that is taken.

    Raises:
        BodyRefused: The length is not said, not a number, said in two ways, or above the limit.
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
