"""Asking an address that somebody has named: what is refused, and that nothing takes longer or is more."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from talehouse.lib import fetch as fetching
from talehouse.lib.fetch import FetchError, NotReachedError, RefusedError, TooLongError, TooSlowError, fetch

SECRET = "a-secret-in-the-path"


class Server(ThreadingHTTPServer):
    """Answers by what its path asks for, and remembers what came."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.came: list[tuple[str, str, dict[str, str], bytes]] = []
        self.end = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says nothing: who breaks off is what these tests are about."""


class Handler(BaseHTTPRequestHandler):
    """`/drip` sends its answer byte by byte for as long as it may, `/drip-head` its headers."""

    server: Server

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.came.append((self.command, self.path, dict(self.headers), body))
        say = getattr(self, "say_" + self.path.strip("/").partition("/")[0].replace("-", "_"), self.say)
        say()

    do_POST = do_HEAD = do_GET

    def say(self, *lines: str, status: int = 200, body: bytes = b"well") -> None:
        self.send_response(status)
        for line in lines or (f"Content-Length: {len(body)}",):
            self.send_header(*line.split(": "))
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else body)

    def say_away(self) -> None:
        self.say("Location: /elsewhere", "Content-Length: 0", status=302, body=b"")

    def say_much(self) -> None:
        self.say(body=b"x" * 5000)

    def say_endless(self) -> None:
        self.say("Connection: close", body=b"x" * 5000)

    def say_half(self) -> None:
        self.say("Content-Length: 100", body=b"half")

    def say_noise(self) -> None:
        self.wfile.write(b"220 mail.example ready\r\n")

    def say_drip(self) -> None:
        self.say("Content-Length: 100000", body=b"")
        self._drip(b"x")

    def say_drip_head(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        self._drip(b"X-A: b\r\n")

    def _drip(self, drop: bytes) -> None:
        while not self.server.end.wait(0.02):
            try:
                self.wfile.write(drop)
            except OSError:
                return

    def log_message(self, *_words: Any) -> None:
        """Says nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield made
        made.end.set()
        made.shutdown()
        thread.join()


Names = Callable[..., list[str]]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """Says what names lead to; gives the list of those that were looked up."""

    def lead(**places: list[str]) -> list[str]:
        asked: list[str] = []
        known = {name.replace("_", "."): found for name, found in places.items()}

        def look(host: str, port: int, **_how: Any) -> list[Any]:
            asked.append(host)
            if host not in known:
                raise socket.gaierror("no such name")
            families = {4: socket.AF_INET, 6: socket.AF_INET6}
            return [
                (families[ip_address(one).version], socket.SOCK_STREAM, 6, "", (one, port))
                for one in known[host]
            ]

        monkeypatch.setattr(socket, "getaddrinfo", look)
        return asked

    return lead


def test_an_answer_comes_back_whatever_its_status(server: Server) -> None:
    got = fetch(f"{server.url}/well?a=b", near=True)
    assert (got.status, got.body, got.headers["content-length"]) == (200, b"well", "4")
    fetch(server.url, method="POST", body=b"words", headers={"TTL": "60"}, near=True)
    fetch(server.url, method="HEAD", near=True)
    (_get, path, asked, _none), (_post, _root, told, body), (_head, *_rest) = server.came
    assert (path, asked["Host"]) == ("/well?a=b", f"127.0.0.1:{server.server_port}")
    assert (told["TTL"], told["Content-Length"], body) == ("60", "5", b"words")
    assert told["User-Agent"].startswith("Talehouse/")


def test_a_redirect_is_an_answer_and_not_followed(server: Server) -> None:
    assert fetch(f"{server.url}/away", near=True).status == 302
    assert [path for _method, path, *_rest in server.came] == ["/away"]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "//push.example/a",
        "http://push.example/a",
        "ftp://push.example/a",
        "file:///etc/passwd",
        "https:///a",
        "https://somebody@push.example/a",
        "https://somebody:word@push.example/a",
        "https://push.example/a#b",
        "https://push.example:0/a",
        "https://push.example:99999/a",
        "https://push.example:x/a",
        "https://push.example\\@10.0.0.1/a",
        "https://push.example/a b",
        "https://push.example/a\r\nX: y",
        "https://püsh.example/a",
        "https://push.example/" + "a" * 2000,
        "https://[::1/a",
        "https://[fe80::1%25eth0]/a",
        "https://127.0.0.1/a",
        "https://10.1.2.3/a",
        "https://169.254.169.254/latest",
        "https://[::1]/a",
        "https://[::ffff:192.168.0.1]/a",
    ],
)
def test_what_is_no_address_of_the_open_internet_is_not_even_looked_up(url: str, names: Names) -> None:
    asked = names()
    with pytest.raises(RefusedError):
        fetch(url)
    assert asked == []


NOT_OPEN = """0.0.0.0 10.0.0.1 100.64.0.1 127.0.0.1 127.8.8.8 169.254.169.254 172.16.0.1 192.0.0.8 192.0.2.1
192.88.99.1 3fff::1 192.168.1.1 198.18.0.1 203.0.113.9 224.0.0.1 239.1.1.1 240.0.0.1
255.255.255.255 :: ::1 ::7f00:1
::ffff:127.0.0.1 ::ffff:224.0.0.1 64:ff9b::7f00:1 64:ff9b::a00:1 64:ff9b:1::1 100::1 2001:db8::1 2001::1
2002:7f00:1:: 2002:c0a8:101:: fc00::1 fd12:3456::1 fe80::1 fec0::1 ff02::1 ff0e::1 4000::1""".split()


@pytest.mark.parametrize("address", NOT_OPEN)
def test_such_an_address_is_not_open(address: str, names: Names) -> None:
    assert not fetching.is_open(ip_address(address))
    names(push_example=[address])
    with pytest.raises(RefusedError):
        fetch("https://push.example/a")


@pytest.mark.parametrize(
    "address", "1.1.1.1 93.184.216.34 2606:4700::1111 ::ffff:1.1.1.1 64:ff9b::101:101 2002:101:101::".split()
)
def test_such_an_address_is_open(address: str) -> None:
    assert fetching.is_open(ip_address(address))


def test_this_machine_is_not_asked_unless_that_is_allowed(server: Server) -> None:
    for url in (
        server.url,
        server.url.replace("http:", "https:"),
        f"https://localhost:{server.server_port}/",
    ):
        with pytest.raises(RefusedError):
            fetch(url)
    assert server.came == []


def test_a_name_that_leads_into_both_worlds_is_refused(names: Names, server: Server) -> None:
    names(push_example=["1.1.1.1", "127.0.0.1"])
    with pytest.raises(RefusedError):
        fetch(f"https://push.example:{server.server_port}/a")
    assert server.came == []


def test_odd_spellings_are_judged_by_where_they_lead(names: Names) -> None:
    names(**{"2130706433": ["127.0.0.1"], "0x7f_1": ["127.0.0.1"], "127_1": ["127.0.0.1"]})
    for host in ("2130706433", "0x7f.1", "127.1"):
        with pytest.raises(RefusedError):
            fetch(f"https://{host}/a")


def test_clear_text_never_leaves_the_house(names: Names) -> None:
    names(push_example=["1.1.1.1"])
    with pytest.raises(RefusedError):
        fetch("http://push.example/a", near=True)


def test_a_name_is_looked_up_once_and_that_address_is_asked(names: Names, server: Server) -> None:
    asked = names(rebind_example=["127.0.0.1"])
    fetch(f"http://rebind.example:{server.server_port}/a", near=True)
    assert asked == ["rebind.example"]
    assert server.came[0][2]["Host"] == f"rebind.example:{server.server_port}"


def test_a_second_address_is_tried_when_the_first_takes_nothing(names: Names, server: Server) -> None:
    names(two_example=["127.0.0.2", "127.0.0.1"])
    assert fetch(f"http://two.example:{server.server_port}/a", near=True).status == 200


@pytest.mark.parametrize("path", ["much", "endless"])
def test_an_answer_that_is_too_long_is_dropped(server: Server, path: str) -> None:
    with pytest.raises(TooLongError):
        fetch(f"{server.url}/{path}", most_bytes=4999, near=True)
    assert len(fetch(f"{server.url}/{path}", most_bytes=5000, near=True).body) == 5000


@pytest.mark.parametrize("path", ["drip", "drip-head"])
def test_an_answer_that_drips_ends_with_the_time(server: Server, path: str) -> None:
    with pytest.raises(TooSlowError):
        fetch(f"{server.url}/{path}", seconds=0.4, near=True)


def test_a_look_up_that_takes_too_long_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    end = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: end.wait(60))
    with pytest.raises(TooSlowError):
        fetch("https://push.example/a", seconds=0.1)
    end.set()


def test_a_host_that_takes_no_connection_ends_with_the_time() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1]
        waiting = [socket.socket() for _number in range(8)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        with pytest.raises(TooSlowError):
            fetch(f"http://127.0.0.1:{port}/a", seconds=0.3, near=True)
        for one in waiting:
            one.close()


@pytest.mark.parametrize("path", ["half", "noise"])
def test_what_is_no_whole_answer_is_none(server: Server, path: str) -> None:
    with pytest.raises(NotReachedError):
        fetch(f"{server.url}/{path}", near=True)


def test_nobody_there(names: Names) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    names(here_example=["127.0.0.1"])
    for host in ("here.example", "nowhere.example"):
        with pytest.raises(NotReachedError):
            fetch(f"http://{host}:{port}/a", near=True)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "CONNECT", "get", "GET / HTTP/1.1\r\nX:"])
def test_no_other_method(server: Server, method: str) -> None:
    with pytest.raises(RefusedError):
        fetch(server.url, method=method, near=True)
    assert server.came == []


def test_a_header_brings_no_second_one(server: Server) -> None:
    with pytest.raises(ValueError, match="header"):
        fetch(server.url, headers={"X": "a\r\nY: b"}, near=True)


def test_no_error_tells_more_than_the_host(server: Server, names: Names) -> None:
    names(push_example=["10.0.0.1"], here_example=["127.0.0.1"])
    port = server.server_port
    for url, more in (
        (f"https://push.example/{SECRET}", {}),
        (f"http://here.example:{port}/half/{SECRET}", {"near": True}),
        (f"http://here.example:{port}/much/{SECRET}", {"near": True, "most_bytes": 9}),
        (f"http://here.example:{port}/drip/{SECRET}", {"near": True, "seconds": 0.2}),
        (f"https://here.example:{port}/{SECRET}", {"near": True}),
        (f"http://nowhere.example/{SECRET}", {"near": True}),
        (f"ftp://push.example/{SECRET}", {}),
    ):
        with pytest.raises(FetchError) as caught:
            fetch(url, **more)
        assert SECRET not in f"{caught.value!r} {caught.value.__cause__!r}"
        assert caught.value.__suppress_context__ or caught.value.__context__ is None


# TLS


def certificate(folder: Path, *hosts: str) -> Path:
    """A key and a certificate that vouches for itself, in one file."""
    key = generate_private_key(SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Talehouse tests")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    path = folder / "certificate.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(secret + made.public_bytes(Encoding.PEM))
    return path


@pytest.fixture
def sealed(server: Server, tmp_path: Path) -> Iterator[Path]:
    """The server speaks TLS; the file is whom one has to believe for that."""
    path = certificate(tmp_path, "push.example")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    fetching._trust.cache_clear()
    yield path
    fetching._trust.cache_clear()


def test_a_host_that_nobody_vouches_for_is_not_believed(server: Server, sealed: Path, names: Names) -> None:
    names(push_example=["127.0.0.1"])
    with pytest.raises(NotReachedError):
        fetch(f"https://push.example:{server.server_port}/a", near=True)
    assert server.came == []


def test_a_host_must_be_who_it_says(
    server: Server, sealed: Path, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(sealed))
    names(push_example=["127.0.0.1"], other_example=["127.0.0.1"])
    assert fetch(f"https://push.example:{server.server_port}/a", near=True).body == b"well"
    with pytest.raises(NotReachedError):
        fetch(f"https://other.example:{server.server_port}/a", near=True)
    assert len(server.came) == 1
