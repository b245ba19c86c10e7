"""Uploads in parts: cut, damaged, continued, used, somebody else's."""

import base64
import hashlib
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from submissions import uploads
from submissions.files import stored_names
from submissions.limits import OPEN_UPLOADS, UPLOAD_COMPRESSED_BYTES
from submissions.models import PartialUpload, Submission, SubmissionFile
from tests import make
from tests.api.make_api import ROOT, archive, script_of

pytestmark = pytest.mark.django_db
TUS = {"Tus-Resumable": "1.0.0"}
PART = "application/offset+octet-stream"


def kept() -> set[str]:
    """The uploads that there are bytes of."""
    names = (name.split("/") for name in stored_names())
    return {parts[1] for parts in names if parts[0] == "uploads"}


def metadata(name: str = "all.zip") -> str:
    return f"filename {base64.b64encode(name.encode()).decode()},filetype YXBwbGljYXRpb24vemlw"


def begin(client: Client, length: int, **headers: str) -> Any:
    """Begin an upload."""
    sent = {"Upload-Length": str(length), "Upload-Metadata": metadata(), **TUS, **headers}
    return client.post(f"{ROOT}/uploads/", headers=sent)


def send(client: Client, url: str, data: bytes, offset: int, **headers: str) -> Any:
    """Send a part."""
    sent = {"Upload-Offset": str(offset), **TUS, **headers}
    return client.patch(url, data, content_type=PART, headers=sent)


def checksum(data: bytes) -> dict[str, str]:
    return {"Upload-Checksum": f"sha256 {base64.b64encode(hashlib.sha256(data).digest()).decode()}"}


class CutStream(io.BytesIO):
    """A body whose sender goes away before its end."""

    def read(self, size: int | None = -1, /) -> bytes:
        if not (chunk := super().read(size)):
            raise OSError("the connection broke")
        return chunk


def test_what_is_spoken_is_told() -> None:
    answer = script_of(make.user()).options(f"{ROOT}/uploads/")

    assert answer.status_code == 204
    assert answer["Tus-Version"] == "1.0.0"
    assert set(answer["Tus-Extension"].split(",")) == {
        "creation",
        "checksum",
        "termination",
        "expiration",
    }


def test_an_upload_that_is_cut_goes_on_and_ends_byte_equal() -> None:
    make.release()
    owner = make.user()
    client, data = script_of(owner), archive()
    cut = len(data) * 6 // 10
    url = begin(client, len(data))["Location"]

    upload = PartialUpload.objects.get()
    part = uploads.Part(offset_bytes=0, length_bytes=len(data), sha256=None)
    uploads.append_part(upload, part, CutStream(data[:cut]), now=timezone.now())
    offset = int(client.head(url)["Upload-Offset"])
    assert offset == cut
    assert send(client, url, data[offset:], offset).status_code == 204
    answer = client.post(
        f"{ROOT}/submissions/",
        {"upload": [upload.public_id], "model": "Cut"},
        content_type="application/json",
    )

    assert answer.status_code == 201, answer.json()
    assert SubmissionFile.objects.get().sha256 == hashlib.sha256(data).hexdigest()
    assert not PartialUpload.objects.exists()
    assert not kept()


def test_parts_of_any_size_make_the_file() -> None:
    client, data = script_of(make.user()), bytes(range(256)) * 40
    url = begin(client, len(data))["Location"]

    offset = 0
    for size in (1, 9, 990, 4000, len(data)):
        part = data[offset : offset + size]
        answer = send(client, url, part, offset, **checksum(part))
        assert (answer.status_code, answer["Upload-Offset"]) == (204, str(offset + len(part)))
        offset += len(part)

    with uploads.open_uploads([PartialUpload.objects.get()]) as [(name, stream)]:
        assert (name, stream.read()) == ("all.zip", data)


def test_a_damaged_part_changes_nothing() -> None:
    client = script_of(make.user())
    url = begin(client, 10)["Location"]
    send(client, url, b"good", 0)

    answer = send(client, url, b"evil", 4, **checksum(b"fine"))

    assert (answer.status_code, answer.json()["code"]) == (460, "wrong-checksum")
    assert client.head(url)["Upload-Offset"] == "4"


@pytest.mark.parametrize("offset", [0, 3, 5, 9])
def test_a_part_begins_where_the_upload_stands(offset: int) -> None:
    client = script_of(make.user())
    url = begin(client, 10)["Location"]
    send(client, url, b"good", 0)

    answer = send(client, url, b"x", offset)

    assert (answer.status_code, answer.json()["code"]) == (409, "wrong-offset")


def test_two_parts_that_meet_are_not_both_kept() -> None:
    make.user()
    upload = uploads.begin_upload(
        make.user("a@example.org"), name="a", length_bytes=8, metadata="", now=timezone.now()
    )
    part = uploads.Part(offset_bytes=0, length_bytes=4, sha256=None)
    uploads.append_part(upload, part, io.BytesIO(b"once"), now=timezone.now())

    # This one looked before the first was there: `upload` still says that it stands at 0.
    with pytest.raises(uploads.WrongOffset):
        uploads.append_part(upload, part, io.BytesIO(b"also"), now=timezone.now())


@pytest.mark.parametrize(
    ("length", "status"), [(UPLOAD_COMPRESSED_BYTES, 201), (UPLOAD_COMPRESSED_BYTES + 1, 413)]
)
def test_no_upload_is_longer_than_may_be(length: int, status: int) -> None:
    assert begin(script_of(make.user()), length).status_code == status


def test_no_part_goes_beyond_the_announced_end() -> None:
    client = script_of(make.user())
    url = begin(client, 3)["Location"]

    assert send(client, url, b"four", 0).status_code == 413


def test_another_version_is_told_ours() -> None:
    answer = begin(script_of(make.user()), 3, **{"Tus-Resumable": "0.2.2"})

    assert (answer.status_code, answer["Tus-Version"]) == (412, "1.0.0")


@pytest.mark.parametrize("name", ["", "filename", "filename !!", "filename /w==", "name eA=="])
def test_a_file_needs_a_name(name: str) -> None:
    answer = begin(script_of(make.user()), 3, **{"Upload-Metadata": name})

    assert (answer.status_code, answer.json()["code"]) == (422, "bad-file-name")


def test_an_upload_is_its_owners_alone() -> None:
    make.release()
    owner, other = make.user("owner@example.org"), script_of(make.user("other@example.org"))
    url = begin(script_of(owner), 3)["Location"]
    body = {"upload": [PartialUpload.objects.get().public_id], "model": "Stolen"}

    assert other.get(url).status_code == 404
    assert send(other, url, b"x", 0).status_code == 404
    assert other.delete(url, headers=TUS).status_code == 404
    assert other.get(f"{ROOT}/uploads/").json()["results"] == []
    stolen = other.post(f"{ROOT}/submissions/", body, content_type="application/json")
    assert (stolen.status_code, stolen.json()["code"]) == (422, "not-there")
    assert Client().get(url).status_code == 401


def test_an_unfinished_upload_is_not_submitted() -> None:
    make.release()
    client = script_of(make.user())
    begin(client, 3)
    body = {"upload": [PartialUpload.objects.get().public_id], "model": "Early"}

    answer = client.post(f"{ROOT}/submissions/", body, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (409, "unfinished-upload")
    assert not Submission.objects.exists()


def test_deleting_forgets_the_bytes() -> None:
    client = script_of(make.user())
    url = begin(client, 4)["Location"]
    send(client, url, b"gone", 0)

    assert client.delete(url, headers=TUS).status_code == 204
    assert client.head(url).status_code == 404
    assert not kept()


def test_what_expired_is_swept_with_its_bytes() -> None:
    owner, now = make.user(), timezone.now()
    old = uploads.begin_upload(owner, name="a", length_bytes=9, metadata="", now=now)
    young = uploads.begin_upload(owner, name="b", length_bytes=9, metadata="", now=now)
    lost = uploads.begin_upload(owner, name="c", length_bytes=9, metadata="", now=now)
    for one in (old, young, lost):
        part = uploads.Part(offset_bytes=0, length_bytes=2, sha256=None)
        uploads.append_part(one, part, io.BytesIO(b"ab"), now=now)
    PartialUpload.objects.filter(pk=old.pk).update(expires_at=now - timedelta(seconds=1))
    PartialUpload.objects.filter(pk=lost.pk).delete()

    assert uploads.sweep_uploads(now=now) == 1
    assert list(PartialUpload.objects.all()) == [young]
    assert kept() == {young.public_id}


def test_nobody_has_uploads_without_end() -> None:
    client = script_of(make.user())
    for _ in range(OPEN_UPLOADS):
        begin(client, 3)

    answer = begin(client, 3)

    assert (answer.status_code, answer.json()["code"]) == (409, "too-many-uploads")


@pytest.mark.parametrize("kind", [PART, "application/x-www-form-urlencoded"])
def test_a_part_without_bytes_changes_nothing(kind: str) -> None:
    client = script_of(make.user())
    url = begin(client, 10)["Location"]

    answer = client.patch(url, b"", content_type=kind, headers={"Upload-Offset": "0", **TUS})

    assert answer.status_code == 204
    assert answer["Upload-Offset"] == "0"
