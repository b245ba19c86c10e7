"""A server that speaks as much of the Hugging Face Hub as registering and fetching ask of it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


# A model that is registered and never run.
CONFIG: dict[str, Any] = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "vocab_size": 300,
    "max_position_embeddings": 4096,
    "dtype": "float32",
}
FILES = {
    "config.json": json.dumps(CONFIG).encode(),
    "tokenizer.json": json.dumps(
        {"version": "1.0", "model": {"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "a"}}
    ).encode(),
    "chat_template.jinja": b"{{ messages[0].content }}",
    "model.safetensors": b"\0" * 4000,
}


# What the Hub may say instead of a repository: a status and its own word for it.
GATED = (401, "GatedRepo")
NO_ACCESS = (403, "")
NO_REPOSITORY = (404, "RepoNotFound")
NO_REVISION = (404, "RevisionNotFound")
TOO_OFTEN = (429, "")
DOWN = (503, "")
_REVISIONS = ("", "/revision/main", f"/revision/{COMMIT}")


class _Handler(BaseHTTPRequestHandler):
    files: Mapping[str, bytes]
    told: Mapping[str, Any]
    fault: tuple[int, str] | None
    retry_after: int
    asked: list[str]

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.asked.append(path)
        known, rest = "/api/models/org/name", f"/org/name/resolve/{COMMIT}/"
        if self.fault:
            self._refuse(*self.fault)
        elif path in [f"{known}{one}" for one in _REVISIONS]:
            self._answer(200, json.dumps(self._info()).encode(), "application/json")
        elif path == f"{known}/tree/{COMMIT}":
            self._answer(200, json.dumps(self._tree()).encode(), "application/json")
        elif path.startswith(rest) and path.removeprefix(rest) in self.files:
            self._answer(200, self.files[path.removeprefix(rest)], "application/octet-stream")
        else:
            self._refuse(*(NO_REVISION if path.startswith(known) else NO_REPOSITORY))

    def _refuse(self, status: int, code: str) -> None:
        headers = {"X-Error-Code": code} if code else {}
        headers |= {"Retry-After": f"{self.retry_after}"} if self.retry_after else {}
        self._answer(status, b'{"error": "no"}', "application/json", headers)

    def _tree(self) -> list[dict[str, Any]]:
        return [
            {"type": "file", "path": name, "size": len(data), "oid": sha256(data).hexdigest()[:40]}
            for name, data in self.files.items()
        ]

    do_HEAD = do_GET  # noqa: N815  As the base class calls it.

    def _info(self) -> dict[str, Any]:
        siblings = [{"rfilename": name, "size": len(data)} for name, data in self.files.items()]
        return {"id": "org/name", "sha": COMMIT, "siblings": siblings, **self.told}

    def _answer(
        self, status: int, data: bytes, kind: str, more: Mapping[str, str] | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("ETag", f'"{sha256(data).hexdigest()}"')
        for name, value in (more or {}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, *_parts: Any) -> None:
        """Say nothing."""


@contextmanager
def running_hub(
    files: Mapping[str, bytes],
    *,
    fault: tuple[int, str] | None = None,
    retry_after: int = 0,
    port: int = 0,
    asked: list[str] | None = None,
    **told: Any,
) -> Iterator[str]:
    """A Hub with one repository, org/name, at COMMIT; gives its address.

    Args:
        files: of the repository.
        fault: a status and a code that it answers everything with.
        retry_after: for how many seconds it asks to be left alone then.
        port: where it was before; 0: anywhere.
        asked: takes the paths that it is asked for.
        told: what else it says of the repository.
    """
    said: dict[str, Any] = {"files": files, "told": {"gated": False, **told}}
    said |= {"fault": fault, "retry_after": retry_after}
    handler = type("Handler", (_Handler,), {**said, "asked": [] if asked is None else asked})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def write_model(models: Path) -> Path:
    """A folder of local models gets one, local/tiny; gives where its files are."""
    found = models / "local" / "tiny"
    found.mkdir(parents=True)
    for name, data in FILES.items():
        (found / name).write_bytes(data)
    return found
