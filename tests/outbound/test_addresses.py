"""Which addresses are called: a table of hostile ones, against resolvers that lie."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from outbound import AddressRefused, AnswerRefused, Rules, check_url, client, pin, read_limited
from outbound.addresses import Resolver

STRICT = Rules()
LOOPBACK = Rules.of(is_http_allowed=True, networks=["127.0.0.0/8"])


def answering(*addresses: str) -> Resolver:
    """A resolver that knows every name by these addresses."""
    return lambda _host, _port: addresses


def changing(*turns: str) -> Resolver:
    """A resolver that answers differently each time it is asked, as a rebinding name does."""
    answers = iter(turns)
    return lambda _host, _port: [next(answers)]


@pytest.mark.parametrize(
    "url",
    [
        "http://models.example.org/v1",
        "ftp://models.example.org/v1",
        "file:///etc/passwd",
        "gopher://models.example.org/",
        "//models.example.org/v1",
        "models.example.org/v1",
        "https:///v1",
        "https://",
        "https://user@models.example.org/v1",
        "https://user:pass@models.example.org/v1",
        "https://models.example.org@127.0.0.1/v1",
        "https://models.example.org\\@127.0.0.1/v1",
        "https://models.example.org/v1#part",
        "https://models.example.org#@127.0.0.1/",
        "https://models.example.org:0/v1",
        "https://models.example.org:99999/v1",
        "https://models.example.org:no/v1",
        "https://mod els.example.org/v1",
        "https://models.example.org/v1\r\nHost: internal",
        "https://models.example.org/\x00",
        "https://１２７.０.０.１/v1",
        "https://ⓛocalhost/v1",
        "https://2130706433/v1",
        "https://0x7f000001/v1",
        "https://0x7f.0.0.1/v1",
        "https://0177.0.0.1/v1",
        "https://017700000001/v1",
        "https://127.1/v1",
        "https://127.0.1/v1",
        "https://127.0.0.01/v1",
        "https://127.0.0.1./v1",
        "https://0/v1",
        "https://1.2.3.4.5/v1",
        "https://256.1.1.1/v1",
        "https://127.0.0.1%2f.example.org/v1",
        "https://models.example.org%00.internal/v1",
        "https://-models.example.org/v1",
        "https://models..example.org/v1",
        "https://[::1/v1",
        "https://[fe80::1%25eth0]/v1",
        "https://[::ffff:127.0.0.1%251]/v1",
        f"https://{'a' * 64}.example.org/v1",
        f"https://models.example.org/{'a' * 400}",
    ],
)
def test_an_address_in_a_hostile_form_is_refused_before_its_name_is_looked_up(url: str) -> None:
    def never(_host: str, _port: int) -> list[str]:
        # 127.0.0.1. is a sound form of a refused address; all others end before this.
        return ["127.0.0.1"]

    with pytest.raises(AddressRefused):
        pin(url, rules=STRICT, resolver=never)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",  # noqa: S104  Refused, not bound.
        "10.0.0.1",
        "172.16.5.5",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.1.1",
        "169.254.169.254",
        "169.254.170.2",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:a9fe:a9fe",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:db8::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
    ],
)
def test_a_name_that_leads_off_the_open_internet_is_refused(address: str) -> None:
    with pytest.raises(AddressRefused):
        pin("https://models.example.org/v1", rules=STRICT, resolver=answering(address))


@pytest.mark.parametrize("literal", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "[::1]"])
def test_a_numeric_address_off_the_open_internet_is_refused(literal: str) -> None:
    with pytest.raises(AddressRefused):
        pin(f"https://{literal}/v1", rules=STRICT)


@pytest.mark.parametrize("name", ["metadata.google.internal", "metadata", "instance-data"])
def test_a_metadata_services_name_is_refused_by_where_it_leads(name: str) -> None:
    with pytest.raises(AddressRefused, match="metadata"):
        pin(f"https://{name}/", rules=STRICT, resolver=answering("169.254.169.254"))


def test_one_bad_address_among_good_ones_is_enough_to_refuse() -> None:
    resolver = answering("93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "10.0.0.7")

    with pytest.raises(AddressRefused, match=r"10\.0\.0\.7"):
        pin("https://models.example.org/v1", rules=STRICT, resolver=resolver)


def test_a_name_that_leads_nowhere_is_refused() -> None:
    def nowhere(_host: str, _port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    with pytest.raises(AddressRefused, match="nowhere"):
        pin("https://models.example.org/v1", rules=STRICT, resolver=nowhere)


@pytest.mark.parametrize(
    ("url", "address", "port"),
    [
        ("https://models.example.org/v1", "93.184.215.14", 443),
        ("https://models.example.org:8443", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", 8443),
        ("https://xn--bcher-kva.example/v1", "::ffff:93.184.215.14", 443),
    ],
)
def test_an_address_on_the_open_internet_is_pinned(url: str, address: str, port: int) -> None:
    target = pin(url, rules=STRICT, resolver=answering(address))

    assert (target.address, target.port) == (address, port)


def test_an_operator_can_allow_a_network_but_never_a_metadata_service() -> None:
    rules = Rules.of(is_http_allowed=True, networks=["10.1.0.0/16", "169.254.0.0/16"])

    allowed = pin("http://gpu.internal:8000/v1", rules=rules, resolver=answering("10.1.2.3"))
    assert allowed.address == "10.1.2.3"
    with pytest.raises(AddressRefused):
        pin("http://gpu.internal:8000/v1", rules=rules, resolver=answering("10.2.2.3"))
    with pytest.raises(AddressRefused):
        pin("http://gpu.internal:8000/v1", rules=rules, resolver=answering("169.254.169.254"))


@contextmanager
def raw_server(
    answer: bytes, tls: ssl.SSLContext | None = None
) -> Iterator[tuple[int, list[bytes]]]:
    """A server on a loopback port that keeps what it is asked and gives one answer to all."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                    stream = tls.wrap_socket(connection, server_side=True) if tls else connection
                except OSError:
                    return
                with stream:
                    asked.append(stream.recv(65_536))
                    stream.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1], asked
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def _answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def test_a_name_that_changes_after_the_check_is_still_called_where_it_was_checked() -> None:
    with raw_server(_answer(b"ours")) as (port, asked):
        url = f"http://rebinding.example:{port}/v1"
        target = pin(url, rules=LOOPBACK, resolver=changing("127.0.0.1", "10.9.9.9"))

        with client(target, seconds=5) as caller:
            assert caller.get(url).text == "ours"
            assert caller.get(url).text == "ours"

    assert [f"Host: rebinding.example:{port}".encode() in one for one in asked] == [True, True]


def test_a_client_calls_nobody_but_its_target() -> None:
    with raw_server(_answer(b"ours")) as (port, asked):
        target = pin(f"http://127.0.0.1:{port}/", rules=LOOPBACK)

        with client(target, seconds=5) as caller:
            for url in (f"http://localhost:{port}/", "http://127.0.0.1:1/", "https://127.0.0.1/"):
                with pytest.raises(AddressRefused):
                    caller.get(url)

    assert asked == []


def test_a_redirect_is_an_answer_and_not_an_order() -> None:
    location = "Location: http://169.254.169.254/latest/meta-data/"
    with raw_server(_answer(b"", location, status="302 Found")) as (port, asked):
        url = f"http://127.0.0.1:{port}/"

        with client(pin(url, rules=LOOPBACK), seconds=5) as caller:
            answer = caller.get(url)

    assert (answer.status_code, len(asked)) == (302, 1)


def test_an_answer_that_is_too_large_or_packed_is_not_read() -> None:
    for answer in (_answer(b"x" * 5_000), _answer(b"x", "Content-Encoding: gzip")):
        with raw_server(answer) as (port, _):
            url = f"http://127.0.0.1:{port}/"
            with (
                client(pin(url, rules=LOOPBACK), seconds=5) as caller,
                caller.stream("GET", url) as response,
                pytest.raises(AnswerRefused),
            ):
                read_limited(response, max_bytes=1_000, seconds=5)


def test_the_environment_sends_nobody_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    with raw_server(_answer(b"ours")) as (port, _):
        url = f"http://127.0.0.1:{port}/"

        with client(pin(url, rules=LOOPBACK), seconds=5) as caller:
            assert caller.get(url).text == "ours"


def test_tls_is_checked_against_the_name_and_not_the_address(tmp_path: Path) -> None:
    certificate, served, trusted = _certificates(tmp_path, "models.example.org")
    with raw_server(_answer(b"ours"), served) as (port, _):
        for name, is_good in (("models.example.org", True), ("other.example.org", False)):
            url = f"https://{name}:{port}/"
            target = pin(url, rules=LOOPBACK, resolver=answering("127.0.0.1"))
            with client(target, seconds=5, verify=trusted) as caller:
                if is_good:
                    assert caller.get(url).text == "ours"
                else:
                    with pytest.raises(httpx2.ConnectError, match="certificate"):
                        caller.get(url)
    assert certificate.is_file()


def test_a_form_is_checked_without_a_resolver() -> None:
    assert check_url("https://models.example.org/v1", rules=STRICT).hostname == "models.example.org"


def _certificates(folder: Path, name: str) -> tuple[Path, ssl.SSLContext, ssl.SSLContext]:
    """A self-signed certificate for a name, a server's context with it, and a trusting client's."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(path)
    return path, served, ssl.create_default_context(cafile=path)
