"""What the site sends in production: behind TLS, with the settings of the open internet."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.portal import ROOT, free_port, wait_until

HOST = "bench.example.org"
SECURE = {"Host": HOST, "X-Forwarded-Proto": "https"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of the user whom the web process runs as."""
    found: Path = tmp_path_factory.mktemp("home")
    return found


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory, home: Path) -> Iterator[str]:
    """A web process on an empty database, as an operator starts it."""
    state: Path = tmp_path_factory.mktemp("production")
    env = {
        **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        "STATE_DIR": str(state),
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home),
        "HTTPS": "true",
        "ALLOWED_HOSTS": HOST,
        "CSRF_TRUSTED_ORIGINS": f"https://{HOST}",
        "SITE_URL": f"https://{HOST}",
    }
    for command in (["migrate", "-v", "0"], ["collectstatic", "--noinput", "-v", "0"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=env, check=True)
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", "benchmark_site.wsgi"],
        cwd=ROOT,
        env=env,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        try:
            return requests.get(f"{url}/healthz", headers=SECURE, timeout=20).ok
        except requests.RequestException:
            return False

    try:
        wait_until(answers, seconds=60, what="an answer")
        yield url
    finally:
        server.terminate()
        server.wait(30)


@pytest.mark.parametrize(
    "path", ["/", "/accounts/login/", "/api/v1/tasks/", "/nowhere/", "/admin/login/"]
)
def test_every_answer_carries_its_policies(production: str, path: str) -> None:
    headers = requests.get(production + path, headers=SECURE, timeout=20).headers

    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy
    assert "object-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert int(re.findall(r"max-age=(\d+)", headers["Strict-Transport-Security"])[0]) >= 31_536_000
    assert "Content-Security-Policy-Report-Only" not in headers


def test_plain_http_leads_to_tls(production: str) -> None:
    answer = requests.get(production, headers={"Host": HOST}, allow_redirects=False, timeout=20)

    assert (answer.status_code, answer.headers["Location"]) == (301, f"https://{HOST}/")


def test_another_host_is_no_site_of_ours(production: str) -> None:
    other = {**SECURE, "Host": "evil.example.org"}

    assert requests.get(production, headers=other, timeout=20).status_code == 400


def test_cookies_are_for_tls_and_for_no_script(production: str) -> None:
    answer = requests.get(f"{production}/accounts/login/", headers=SECURE, timeout=20)
    language = requests.get(
        f"{production}/language/en/", headers=SECURE, timeout=20, allow_redirects=False
    )

    (csrf,) = (one for one in answer.cookies if one.name == "csrftoken")
    assert csrf.secure
    for cookie in [*answer.cookies, *language.cookies]:
        assert cookie.secure
        assert cookie.has_nonstandard_attr("SameSite")


def test_a_form_from_elsewhere_is_refused(production: str) -> None:
    session = requests.Session()
    page = session.get(f"{production}/accounts/login/", headers=SECURE, timeout=20)
    token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[0]
    cookie = {"Cookie": f"csrftoken={page.cookies['csrftoken']}"}
    form = {"login": "a@example.org", "password": "x", "csrfmiddlewaretoken": token}

    def post(**headers: str) -> int:
        return requests.post(
            f"{production}/accounts/login/",
            data=form,
            headers={**SECURE, **cookie, **headers},
            timeout=20,
        ).status_code

    assert post(Origin=f"https://{HOST}") == 200
    assert post(Origin="https://evil.example.org") == 403
    assert post() == 403, "without an Origin, TLS demands a Referer"
    assert post(Referer="https://evil.example.org/") == 403


def test_a_session_does_not_let_another_site_use_the_api(production: str) -> None:
    """The API takes sessions of the site's own pages, with their token, and nothing else."""
    answer = requests.post(
        f"{production}/api/v1/submissions/",
        data={"model": "x"},
        headers={**SECURE, "Origin": "https://evil.example.org", "Cookie": "sessionid=none"},
        timeout=20,
    )

    assert answer.status_code == 401
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_the_web_process_takes_commands_from_nobody(production: str, home: Path) -> None:
    assert requests.get(f"{production}/healthz", headers=SECURE, timeout=20).ok

    assert not [path for path in home.rglob("*") if path.is_socket()]
