"""Comparing pools of which every member of every kind is set: to themselves, to others, and live."""

from __future__ import annotations

import copy
import json

import pytest

from reconciler.export.compare import Comparison, compare, declared, live
from reconciler.kinds import KINDS
from reconciler.render import formats, redact
from reconciler.render.subjects import USUAL
from reconciler.runs import export_run
from tests.engine.full import REGION, full
from tests.engine.test_one_member import Pools, as_document, with_bytes
from tests.support import bench, manifest


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with bench(region=REGION) as local:
        yield Pools(local, tmp_path_factory.mktemp("full"))


def described(tag, directory):
    place = directory / tag
    place.mkdir(exist_ok=True)
    return [declared(tag, manifest(place, with_bytes(as_document(copy.deepcopy(full(tag))), place)))]


def differing(found: list[Comparison]):
    (only,) = found
    return {(str(o.address), f.path): (f.before, f.after) for o in only.changes for f in o.fields}


@pytest.mark.parametrize("tag", ["one", "other"])
def test_nothing_tells_a_manifest_from_itself(tag, tmp_path):
    found = compare(described(tag, tmp_path), described(tag, tmp_path))
    assert [c.same for c in found] == [True]


def test_every_member_that_differs_is_found_in_both_directions(tmp_path):
    one, other = described("one", tmp_path), described("other", tmp_path)
    there, back = differing(compare(one, other)), differing(compare(other, one))
    assert {path: (b, a) for path, (a, b) in back.items()} == there
    assert len(there) > 100
    sections = {address.partition("/")[0] for address, _ in there}
    apart = {k.section for k in KINDS.values() if k.surrounding or k.declared_only}
    kinds = {k.section for k in KINDS.values() if k.document == "UserPool" and k.update and not k.outer} - apart
    assert kinds - sections <= {"replicas"}


def test_every_format_can_show_it(tmp_path):
    found = compare(described("one", tmp_path), described("other", tmp_path))
    shown = formats.diff(redact.comparisons(found), USUAL)
    assert "Differences:" in shown["human"](True)
    assert json.loads(shown["json"](False))["same"] is False


def test_nothing_tells_a_live_pool_from_itself_or_its_export(here, tmp_path):
    pool_id = here.get({})
    cloud = here.bench.cloud
    read = export_run.read(cloud, export_run.one(cloud, pool_id), parallelism=4)
    one = [live("pool", read.found.document, read.found.name, read.live_state)]
    assert one[0].gaps == ()
    assert [c.same for c in compare(one, one)] == [True]
    style = export_run.Style("minimal", "env", beside=True)
    result = export_run.export(read, "written", cloud.identity(), style, tmp_path)
    environ = {p.target: p.value.reveal() for p in result.exported.promises}
    text = (tmp_path / f"{result.exported.slug}.yaml").read_text(encoding="utf-8")
    written = [declared("file", manifest(tmp_path, text, environ=environ))]
    for pair in ((one, written), (written, one)):
        assert differing(compare(*pair)) == {}
