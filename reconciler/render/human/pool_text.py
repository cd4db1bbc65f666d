"""Ids and addresses of pools, for people: a table of what there is, then what an application needs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from reconciler.errors import printable
from reconciler.model import Address
from reconciler.render.human.pen import BOLD, Pen
from reconciler.render.shown import ShownConnections, ShownDomain, ShownPages
from reconciler.render.subjects import USUAL, RenderOptions
from reconciler.render.wording import header

Row = tuple[str, str]


def pool(found: Sequence[ShownConnections], options: RenderOptions = USUAL) -> str:
    """Return the text of all pools, an empty line between them."""
    pen = Pen(color=options.color)
    return "\n".join(connections(one, pen) for one in found)


def connections(found: ShownConnections, pen: Pen, made: Collection[Address] | None = None) -> str:
    """Return the text of one pool.

    Args:
        found: Its ids and addresses.
        pen: Puts colour around words.
        made: The objects that the table lists; None lists all.
    """
    tables = [[*_ids(found, made)], [*_addresses(found)], *([*_pages(c)] for c in found.clients)]
    rows = [row for table in tables for row in table]
    width = max((len(label) for label, _ in rows), default=0)
    blocks = ["".join(_line(row, width) for row in table) for table in tables if table]
    head = pen.paint(BOLD, header(found.target)) + "\n"
    unknown = "".join(f"  Not known: {printable(place)}\n" for place in found.unknown)
    return head + "\n".join([*blocks, *([unknown] if unknown else [])])


def _line(row: Row, width: int) -> str:
    label, text = row
    return f"  {label:<{width}}  {printable(text)}".rstrip() + "\n"


def _ids(found: ShownConnections, made: Collection[Address] | None) -> Iterator[Row]:
    """The objects whose identifier is not their name."""
    for one in found.ids:
        if (made is None or one.address in made) and one.id != one.address.name:
            yield printable(str(one.address)), one.id


def _addresses(found: ShownConnections) -> Iterator[Row]:
    if found.issuer:
        yield "issuer", found.issuer
    for domain in found.hosts:
        yield "domain", f"https://{domain.host}"
        if domain.custom:
            yield "DNS record", _record(domain)


def _record(domain: ShownDomain) -> str:
    if not domain.target:
        return f"{domain.host} CNAME: known once the domain exists"
    return f"{domain.host} CNAME {domain.target} (in Route 53, an alias)"


def _pages(found: ShownPages) -> Iterator[Row]:
    links = (("sign in", found.sign_in), ("sign up", found.sign_up), ("sign out", found.sign_out))
    yield from ((f"{printable(str(found.address))} {label}", url) for label, url in links if url)
