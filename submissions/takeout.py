"""Everything that the portal keeps of a person, as one archive: JSON and the uploaded files."""

import json
import tempfile
import zipfile
from datetime import datetime
from typing import IO, Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.core.serializers.json import DjangoJSONEncoder

from accounts.models import ApiToken, User
from notices.chosen import mail_kinds
from submissions.files import CHUNK_BYTES, DamagedFile, open_stored
from submissions.models import HostedRun, ModelEntry, Submission, SubmissionFile


def write_archive(person: User, *, now: datetime) -> IO[bytes]:
    """A ZIP file at its start: `account.json`, and each upload below `files/<submission>/`.

    No password, key or token is in it: the portal keeps them as hashes, or sealed.
    """
    spool = tempfile.TemporaryFile()  # noqa: SIM115  The response closes it.
    with zipfile.ZipFile(spool, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        text = json.dumps(personal_data(person, now=now), cls=DjangoJSONEncoder, indent=1)
        archive.writestr("account.json", text)
        own = SubmissionFile.objects.filter(submission__submitter=person)
        for file in own.select_related("submission"):
            _add(archive, file)
    spool.seek(0)
    return spool


def _add(archive: zipfile.ZipFile, file: SubmissionFile) -> None:
    # The name is the uploader's own; below a folder of ours and without its folders, it is safe
    # to unpack, and the row's number keeps two of one name apart.
    name = file.name.replace("\\", "/").rsplit("/", maxsplit=1)[-1]
    path = f"files/{file.submission.public_id}/{file.pk}-{name}"
    try:
        with open_stored(file.sha256) as source, archive.open(path, "w", force_zip64=True) as sink:
            while chunk := source.read(CHUNK_BYTES):
                sink.write(chunk)
    except DamagedFile as error:
        archive.writestr(f"{path}.missing.txt", str(error))


def personal_data(person: User, *, now: datetime) -> dict[str, Any]:
    """What is stored of a person, as values that JSON has."""
    tokens = ApiToken.objects.filter(user=person)
    return {
        "written_at": now,
        "account": {"email": person.email, "name": person.name, "joined_at": person.joined_at},
        "addresses": list(_of(EmailAddress, person).values("email", "verified", "primary")),
        "signs_in_with": list(_of(SocialAccount, person).values("provider", "uid", "date_joined")),
        "second_factors": list(_of(Authenticator, person).values("type", "created_at")),
        "tokens": list(tokens.values("name", "token_key", "created", "expiry", "last_used_at")),
        "organizations": list(person.memberships.values("organization__name", "role", "joined_at")),
        "notices": {
            "by_mail": mail_kinds(person),
            "webhooks": list(person.webhooks.values("url", "kinds", "created_at")),
        },
        "models": list(ModelEntry.objects.filter(owner=person).values(*_MODEL)),
        "endpoints": list(person.endpoints.values("name", "base_url", "model_name", "created_at")),
        "hub_models": list(
            person.hub_models.values("repository", "commit", "mode", "context_tokens", "created_at")
        ),
        "runs": list(HostedRun.objects.filter(owner=person).values(*_RUN)),
        "submissions": [_submission(one) for one in _submissions(person)],
    }


def _of(model: Any, person: User) -> Any:
    return model.objects.filter(user=person)


_MODEL = ("slug", "name", "organization", "link", "licence", "parameters", "context_tokens")
_RUN = ("public_id", "model__name", "release__name", "status", "reason", "created_at")


def _submissions(person: User) -> Any:
    own = Submission.objects.filter(submitter=person).select_related("model", "release")
    return own.prefetch_related("files", "standings", "events", "evaluations")


def _submission(one: Submission) -> dict[str, Any]:
    return {
        "id": one.public_id,
        "model": one.model.name,
        "release": one.release.name,
        "visibility": one.visibility,
        "note": one.note,
        "sha256": one.sha256,
        "created_at": one.created_at,
        "withdrawn_at": one.withdrawn_at,
        "files": [
            {"name": file.name, "sha256": file.sha256, "size_bytes": file.size_bytes}
            for file in one.files.all()
        ],
        "evaluations": [
            {"status": each.status, "created_at": each.created_at, "failure": each.failure}
            for each in one.evaluations.all()
        ],
        "scores": {
            row.scorer: {"average": row.average, **row.means} for row in one.standings.all()
        },
        "events": [{"at": event.at, "kind": event.kind} for event in one.events.all()],
    }
