"""`ibench login` and `ibench logout`: which site, and the token for it."""

import argparse
import getpass
import sys
from typing import Any

from ibench import config
from ibench.cli.show import show_json
from ibench.errors import BadUsage
from ibench.portal import Portal
from ibench.text import plain, write


def add_commands(commands: Any) -> None:
    """Add this room's commands."""
    login = commands.add_parser(
        "login",
        help="keep the token for a site",
        description="Asks for a token, checks it with the site and keeps it in a file that only "
        "you can read. IBENCH_SITE and IBENCH_TOKEN go before what is kept.",
    )
    login.add_argument("--site", metavar="URL", help="the portal's address")
    login.add_argument(
        "--token-stdin", action="store_true", help="read the token from standard input"
    )
    login.add_argument("--json", action="store_true", help="print JSON")
    login.set_defaults(run=_login)
    logout = commands.add_parser("logout", help="forget the token for a site on this machine")
    logout.add_argument("--site", metavar="URL")
    logout.add_argument("--json", action="store_true", help="print JSON")
    logout.set_defaults(run=_logout)


def _login(options: argparse.Namespace) -> int:
    site = config.find_site(options.site)
    token = _read_token(site, is_piped=options.token_stdin)
    with Portal(site, token) as portal:
        portal.check_token()
    kept = config.remember(site, token)
    if options.json:
        show_json({"site": site, "file": str(kept)})
    else:
        write(f"Signed in to {plain(site)}. The token is kept in {plain(kept)}.")
    return 0


def _read_token(site: str, *, is_piped: bool) -> str:
    if is_piped:
        token = sys.stdin.readline().strip()
    else:
        write(f"Make a token at {plain(site)}/account/tokens/ and paste it here.", sys.stderr)
        try:
            token = getpass.getpass("Token: ").strip()
        except EOFError:
            token = ""
    if not token:
        raise BadUsage("No token was given.", fix="Pipe it in: ibench login --token-stdin < FILE")
    return token


def _logout(options: argparse.Namespace) -> int:
    site = config.find_site(options.site)
    was_kept = config.forget(site)
    if options.json:
        show_json({"site": site, "forgotten": was_kept})
    elif was_kept:
        write(f"Forgotten here. Revoke it at {plain(site)}/account/tokens/ to end it everywhere.")
    else:
        write(f"No token is kept for {plain(site)}.")
    return 0
