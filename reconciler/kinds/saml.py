"""SAML metadata, as far as Cognito needs it: whether it is XML, what it describes, and whether it can be verified.

The parser is expat, which resolves no external entity by itself. A document type can only make harmless text large or
point elsewhere, and metadata has none, so a document with one is not read further.
"""

from __future__ import annotations

from schemas.records import record

DESCRIPTOR, CERTIFICATE = "KeyDescriptor", "X509Certificate"


@record(frozen=True, slots=True)
class Metadata:
    """What a document says."""

    well_formed: bool = False
    """Whether it is XML without a document type."""
    root: str = ""
    """Name of the outermost element, without its namespace."""
    certificates: tuple[str, ...] = ()
    """The certificates that signatures can be verified with, in base64 as they are written there."""


class _Reader:
    """Follows the elements of a document."""

    def __init__(self) -> None:
        self.root = ""
        self.certificates: list[str] = []
        self._uses: list[str] = []
        self._text: list[str] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = _bare(name)
        self.root = self.root or name
        if name == DESCRIPTOR:
            self._uses.append(attributes.get("use", "signing"))
        if name == CERTIFICATE and "signing" in self._uses:
            self._text = []

    def data(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def end(self, name: str) -> None:
        if _bare(name) == DESCRIPTOR:
            self._uses.pop()
        if _bare(name) == CERTIFICATE and self._text is not None:
            self.certificates += filter(None, ["".join(self._text).strip()])
            self._text = None


def _bare(name: str) -> str:
    return name.rpartition(":")[2]


class _TypedError(Exception):
    """The document has a type."""


def _no_type(*_parts: object) -> None:
    raise _TypedError


def read(text: str) -> Metadata:
    """Read a document; one that is not well-formed, or has a document type, is only that."""
    from xml.parsers import expat  # few pools have metadata in the manifest

    reader, parser = _Reader(), expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = reader.data, _no_type
    try:
        parser.Parse(text.lstrip().encode(), True)
    except (expat.ExpatError, _TypedError, ValueError):
        return Metadata()
    return Metadata(True, reader.root, tuple(reader.certificates))
