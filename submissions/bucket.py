"""Content in a bucket of an S3-compatible server, behind the same storage as a folder's.

An object appears whole or not at all, because the server says so of a PUT; what the network did to
its bytes is found by their hash when they are read.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, Final

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from s3transfer.exceptions import RetriesExceededError
from storages.backends.s3 import S3Storage

# A web request waits for a dead server no longer than this for a connection, and tries thrice.
CONNECT_SECONDS: Final = 5
ANSWER_SECONDS: Final = 60
ATTEMPTS: Final = 3
# One PUT up to here; above, parts of this size, so that a broken line costs one of them.
PART_BYTES: Final = 64 * 1024 * 1024
# What is read is held in memory up to here, and beyond it in a temporary file.
MEMORY_BYTES: Final = 8 * 1024 * 1024


class BucketRefuses(OSError):
    """The server did not do what it was asked: out of reach, full, or the key is not allowed."""


class BucketStorage(S3Storage):  # type: ignore[misc]
    """Files under their names in a bucket; errors are what a file system's would be."""

    def __init__(self, **settings: Any) -> None:
        style = settings.pop("addressing_style", "auto")
        super().__init__(
            **settings,
            # Names are hashes of content: what is there already is the same.
            file_overwrite=True,
            querystring_auth=True,
            max_memory_size=MEMORY_BYTES,
            signature_version="s3v4",
            client_config=Config(
                s3={"addressing_style": style},
                signature_version="s3v4",
                connect_timeout=CONNECT_SECONDS,
                read_timeout=ANSWER_SECONDS,
                retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
            ),
            transfer_config=TransferConfig(
                multipart_threshold=PART_BYTES, multipart_chunksize=PART_BYTES, use_threads=False
            ),
        )
        self._buckets = threading.local()

    @property
    def bucket(self) -> Any:
        """This thread's own: boto3's resources are not made for several at once."""
        if not hasattr(self._buckets, "bucket"):
            self._buckets.bucket = self.connection.Bucket(self.bucket_name)
        return self._buckets.bucket

    def _open(self, name: str, mode: str = "rb") -> IO[bytes]:
        with _as_os_errors(name):
            opened: IO[bytes] = super()._open(name, mode)
            # Now, so that an error is one of opening; above a limit it is spooled to disk.
            try:
                opened.seek(0)
            except BaseException:
                opened.close()
                raise
            return opened

    def _save(self, name: str, content: File) -> str:  # type: ignore[type-arg]
        with _as_os_errors(name):
            saved: str = super()._save(name, _Unclosed(content))
            return saved

    def delete(self, name: str) -> None:
        """Remove an object; one that is not there is gone already."""
        with _as_os_errors(name):
            super().delete(name)

    def exists(self, name: str) -> bool:
        """Whether there is an object of this name."""
        with _as_os_errors(name):
            return bool(super().exists(name))

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """Names of folders and of files directly below a path."""
        with _as_os_errors(path):
            found: tuple[list[str], list[str]] = super().listdir(path)
            return found

    def names(self, prefix: str = "") -> Iterator[str]:
        """Every object's name below a prefix, a thousand with each question."""
        root = f"{self.location.strip('/')}/" if self.location.strip("/") else ""
        with _as_os_errors(prefix):
            for each in self.bucket.objects.filter(Prefix=f"{root}{prefix}"):
                yield each.key.removeprefix(root)


class _Unclosed(File):  # type: ignore[type-arg]
    """A file that its owner closes: the transfer would close what it has sent."""

    def close(self) -> None:
        """Leave it open."""


@contextmanager
def _as_os_errors(name: str) -> Iterator[None]:
    """Say in a file system's words what went wrong.

    Raises:
        FileNotFoundError: if there is no such object.
        BucketRefuses: for all else.
    """
    try:
        yield
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        if status == 404 and error.response.get("Error", {}).get("Code") != "NoSuchBucket":
            raise FileNotFoundError(f"no object {name}") from error
        raise BucketRefuses(f"object {name}: {error}") from error
    except (BotoCoreError, RetriesExceededError) as error:
        raise BucketRefuses(f"object {name}: {error}") from error
