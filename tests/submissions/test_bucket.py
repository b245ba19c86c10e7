"""Content in a bucket: a real S3-compatible server, and what goes wrong with one."""

import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.base import File
from django.core.files.storage import storages
from django.utils import timezone
from pytest_django import Settings

from submissions import files, uploads
from submissions.bucket import PART_BYTES, BucketRefuses
from submissions.draft_files import keep_files, open_files
from submissions.files import DamagedFile, open_stored, read_stored, store_stream, stored_files
from submissions.models import Draft, DraftFile, PartialUpload, Submission
from submissions.verify import find_breaks
from tests import make
from tests.pages.make_pages import client_of
from tests.pages.test_submit import PATH, form
from tests.s3_server import BUCKET, S3Server, running_s3
from workers.tasks import evaluate


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """One server for these tests."""
    with running_s3(tmp_path_factory.mktemp("s3") / "data") as running:
        yield running


@pytest.fixture(autouse=True)
def _in_a_bucket(settings: Settings, server: S3Server, tmp_path: Path) -> None:
    settings.STATE_DIR = tmp_path
    use_bucket(settings, server, prefix=tmp_path.name)


def use_bucket(settings: Settings, server: S3Server, *, prefix: str, secret: str = "") -> None:
    """Keep content on a server, below a prefix of the test's own."""
    content = {
        "BACKEND": "submissions.bucket.BucketStorage",
        "OPTIONS": {
            "bucket_name": BUCKET,
            "endpoint_url": server.url,
            "region_name": "us-east-1",
            "access_key": server.access_key,
            "secret_key": secret or server.secret_key,
            "location": prefix,
            "addressing_style": "path",
        },
    }
    # Pages are shown without collected static files.
    static = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STATIC_ROOT = settings.STATE_DIR
    settings.STORAGES = settings.STORAGES | {"content": content, "staticfiles": static}


def object_of(server: S3Server, prefix: str, sha256: str) -> Path:
    """The object of a hash, as the server keeps it."""
    return server.bucket / prefix / files._name(sha256)


def test_bytes_come_back_as_they_were_and_are_kept_once(server: S3Server, tmp_path: Path) -> None:
    stream = BytesIO(b"whole")

    sha256, size = store_stream(stream)
    store_stream(stream)

    assert size == 5
    assert read_stored(sha256) == b"whole"
    assert object_of(server, tmp_path.name, sha256).read_bytes() == b"whole"
    assert list(stored_files()) == [sha256]
    assert not stream.closed


def test_a_file_of_several_parts_comes_back() -> None:
    data = bytes(range(256)) * (PART_BYTES // 256) + b"and more"

    sha256, _ = store_stream(BytesIO(data))

    with open_stored(sha256) as stream:
        assert files.hash_stream(stream) == (sha256, len(data))


def test_changed_bytes_are_found_when_read_and_mended_when_stored() -> None:
    sha256, _ = store_stream(BytesIO(b"whole"))
    storages["content"].save(files._name(sha256), File(BytesIO(b"hole")))

    with pytest.raises(DamagedFile, match="changed"):
        read_stored(sha256)
    with pytest.raises(DamagedFile, match="changed"), open_stored(sha256):
        pass
    store_stream(BytesIO(b"whole"))

    assert read_stored(sha256) == b"whole"


def test_what_is_not_there_is_missing() -> None:
    with pytest.raises(DamagedFile, match="missing"):
        read_stored("0" * 64)
    files.drop_stored("0" * 64)


def test_a_wrong_key_is_a_refusal_and_not_a_missing_file(
    settings: Settings, server: S3Server, tmp_path: Path
) -> None:
    sha256, _ = store_stream(BytesIO(b"whole"))
    use_bucket(settings, server, prefix=tmp_path.name, secret="another")

    with pytest.raises(BucketRefuses):
        read_stored(sha256)
    with pytest.raises(BucketRefuses):
        storages["content"].save("name", File(BytesIO(b"x")))


def test_a_server_that_is_away_is_an_error_of_the_disk(settings: Settings, tmp_path: Path) -> None:
    gone = S3Server("http://127.0.0.1:9", "portal", "x" * 20, tmp_path)
    use_bucket(settings, gone, prefix="x")

    with pytest.raises(OSError, match="Could not connect"):
        store_stream(BytesIO(b"whole"))


@pytest.mark.django_db
def test_a_form_says_so_while_the_server_is_away_and_is_taken_after(
    settings: Settings, server: S3Server, tmp_path: Path
) -> None:
    make.release()
    builder = client_of(make.user())
    use_bucket(settings, S3Server("http://127.0.0.1:9", "portal", "x" * 20, tmp_path), prefix="x")

    refused = builder.post(PATH, form())

    assert refused.status_code == 503
    assert not Submission.objects.exists()
    use_bucket(settings, server, prefix=tmp_path.name)
    assert builder.post(PATH, form()).status_code == 302


def test_threads_store_side_by_side() -> None:
    found: dict[int, str] = {}

    def store(number: int) -> None:
        found[number] = store_stream(BytesIO(b"%d" % number))[0]

    threads = [threading.Thread(target=store, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [read_stored(found[number]) for number in range(8)] == [b"%d" % n for n in range(8)]


@pytest.mark.django_db
def test_a_submission_is_received_scored_and_whole() -> None:
    make.release()
    submission = make.submission(model="In a bucket", right=2)

    evaluate(evaluation_id=submission.evaluations.get().pk)

    submission.refresh_from_db()
    assert submission.current_evaluation is not None
    assert list(find_breaks()) == []


@pytest.mark.django_db
def test_a_damaged_object_of_a_draft_is_found() -> None:
    now = timezone.now()
    draft = Draft.objects.create(
        owner=make.user("drafts@example.org"), created_at=now, updated_at=now
    )
    DraftFile.objects.bulk_create(keep_files(draft, [("a.jsonl", BytesIO(b"{}"))]))
    with open_files(draft) as streams:
        assert streams[0][1].read() == b"{}"
    [name] = [name for name in files.stored_names() if name.startswith("drafts/")]
    storages["content"].save(name, File(BytesIO(b"[]")))

    with pytest.raises(DamagedFile, match="changed"), open_files(draft):
        pass

    assert [one.code for one in find_breaks()] == ["file-changed"]


@pytest.mark.django_db
def test_an_upload_in_parts_is_joined_and_swept() -> None:
    now = timezone.now()
    upload = uploads.begin_upload(make.user(), name="a", length_bytes=6, metadata="", now=now)
    for offset, data in ((0, b"abc"), (3, b"def")):
        upload.refresh_from_db()
        part = uploads.Part(offset_bytes=offset, length_bytes=3, sha256=None)
        assert uploads.append_part(upload, part, BytesIO(data), now=now) == offset + 3
    upload.refresh_from_db()

    with uploads.open_uploads([upload]) as opened:
        assert opened[0][1].read() == b"abcdef"
    PartialUpload.objects.all().delete()
    uploads.sweep_uploads(now=now)

    assert list(files.stored_names()) == []
