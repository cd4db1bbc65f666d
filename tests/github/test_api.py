"""GitHub on a bad day: nothing is written twice, nobody waits for ever, and the token goes nowhere else."""

from __future__ import annotations

import pytest

from reconciler.errors import InvalidInput
from reconciler.github.api import GitHub
from reconciler.github.comments import Comments
from reconciler.github.transport import GitHubError, Lost, Transport
from tests.github.fake import BOT, REPO, TOKEN, Fault, serving

KIND, KEY = "poolctl-action", "k"
BODY = "<!-- poolctl-action key=k -->\nhello"
PATH = f"/repos/{REPO}/issues/7/comments"


@pytest.fixture
def slept():
    return []


@pytest.fixture
def api(github, slept):
    with GitHub(Transport(github.url, TOKEN, sleep=slept.append, clock=lambda: 1000.0)) as made:
        yield made


@pytest.fixture
def comments(api):
    return Comments(api, REPO, 7, BOT)


def test_all_pages_are_read(api, github):
    for i in range(7):
        github.comment(7, str(i))
    assert [c["body"] for c in api.pages("List", PATH)] == [str(i) for i in range(7)]
    assert len(github.seen) == 4


@pytest.mark.parametrize("status", [0, 500, 502, 503])
def test_a_read_is_repeated(api, github, slept, status):
    github.comment(7, "x")
    github.faults += [Fault("GET", status), Fault("GET", status)]
    assert len(list(api.pages("List", PATH))) == 1
    assert slept == [1.0, 2.0]


def test_in_the_end_it_gives_up(api, github, slept):
    github.faults += [Fault("GET", 502, message="<b>unicorn</b>")] * 5
    with pytest.raises(GitHubError, match=r"^List: GitHub answered 502: <b>unicorn</b>$"):
        list(api.pages("List", PATH))
    assert slept == [1.0, 2.0, 4.0, 8.0]


@pytest.mark.parametrize(
    ("fault", "waited"),
    [
        (Fault("GET", 429, {"Retry-After": "7"}), 7.0),
        (Fault("GET", 403, {"Retry-After": "30"}), 30.0),
        (Fault("GET", 403, message="You have exceeded a secondary rate limit."), 60.0),
        (Fault("GET", 403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1042"}), 42.0),
        (Fault("GET", 429, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "900"}), 1.0),
    ],
)
def test_limits_are_waited_for(api, github, slept, fault, waited):
    github.faults.append(fault)
    assert list(api.pages("List", PATH)) == []
    assert slept == [waited]


def test_nobody_waits_for_an_hour(api, github, slept):
    github.faults.append(Fault("GET", 429, {"Retry-After": "3600"}))
    with pytest.raises(GitHubError, match="asks to wait 3600 seconds"):
        list(api.pages("List", PATH))
    assert slept == []


def test_a_limit_on_a_write_is_waited_for_without_looking(comments, github, slept):
    github.faults.append(Fault("POST", 429, {"Retry-After": "3"}))
    comments.put(KIND, KEY, BODY)
    assert ([m for m, _ in github.seen], slept) == (["GET", "POST", "POST"], [3.0])


@pytest.mark.parametrize("status", [0, 502])
def test_a_comment_whose_answer_was_lost_is_not_written_twice(comments, github, status):
    github.faults.append(Fault("POST", status, done=True))
    made = comments.put(KIND, KEY, BODY)
    assert [str(c) for c in github.comments] == [made]
    assert [m for m, _ in github.seen] == ["GET", "POST", "GET"]


@pytest.mark.parametrize("status", [0, 502])
def test_a_comment_that_did_not_arrive_is_written_again(comments, github, status):
    github.faults.append(Fault("POST", status))
    made = comments.put(KIND, KEY, BODY)
    assert [str(c) for c in github.comments] == [made]
    assert [m for m, _ in github.seen] == ["GET", "POST", "GET", "POST"]


def test_a_comment_that_never_arrives_is_an_error(comments, github):
    github.faults += [Fault("POST", 503)] * 5
    with pytest.raises(Lost, match="Create the comment: GitHub answered 503"):
        comments.put(KIND, KEY, BODY)
    assert github.comments == {}


def test_a_comment_that_is_gone_already_need_not_be_deleted(comments, github):
    github.comment(7, BODY)
    github.comment(7, BODY)
    github.faults.append(Fault("DELETE", 502, done=True))
    comments.put(KIND, KEY, f"{BODY}!")
    assert [c["body"] for c in github.comments.values()] == [f"{BODY}!"]


def test_what_is_so_already_is_not_written(comments, github):
    github.comment(7, BODY.replace("\n", "\r\n"))
    comments.put(KIND, KEY, BODY)
    assert github.writes == []


def test_a_renamed_repository_is_followed_on_the_same_host_only(api, github):
    github.comment(7, "x")
    github.faults.append(Fault("GET", 301, {"Location": f"{github.url}{PATH}?per_page=100"}))
    assert len(list(api.pages("List", PATH))) == 1
    with serving() as other:
        github.faults.append(Fault("GET", 302, {"Location": f"{other.url}{PATH}"}))
        with pytest.raises(GitHubError, match="another host, which must not get the token"):
            list(api.pages("List", PATH))
        assert other.seen == []
    github.faults += [Fault("GET", 307, {"Location": PATH})] * 9
    with pytest.raises(GitHubError, match="Too many redirects"):
        list(api.pages("List", PATH))


def test_the_next_page_is_on_the_same_host(api, github):
    github.comment(7, "x")
    with serving() as other:
        real, github.url = github.url, other.url
        github.page = 0
        with pytest.raises(GitHubError, match="next page is on another host"):
            list(api.pages("List", PATH))
        github.url = real
        assert other.seen == []


def test_a_write_follows_with_the_same_method(comments, github):
    github.faults.append(Fault("POST", 307, {"Location": PATH}))
    comments.put(KIND, KEY, BODY)
    assert [m for m, _ in github.seen] == ["GET", "POST", "POST"]


def test_no_netrc_of_the_machine_replaces_the_token(api, github, tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    list(api.pages("List", PATH))
    assert github.tokens == {f"Bearer {TOKEN}"}


def test_the_token_is_in_no_message(github, slept):
    with (
        GitHub(Transport("http://127.0.0.1:9", TOKEN, sleep=slept.append)) as api,
        pytest.raises(GitHubError) as caught,
    ):
        list(api.pages("List", PATH))
    assert str(caught.value) == "List: GitHub could not be reached (ConnectionError)."
    assert TOKEN not in f"{caught.value!r} {caught.value.__cause__} {api!r}"
    with pytest.raises(InvalidInput, match="GITHUB_TOKEN"):
        Transport(github.url, "")


def test_an_answer_that_is_none(api, github):
    github.answer = lambda *_: (200, "text")
    with pytest.raises(GitHubError, match="not what the API promises"):
        api.get("Look", PATH)
