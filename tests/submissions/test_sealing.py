"""Secrets at rest: sealed, rotated, and never shown."""

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from pytest_django import Settings

from submissions.models import Endpoint
from submissions.sealing import SealBroken, Secret, reseal, seal, unseal
from tests import asking as make_asking

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def test_what_is_sealed_is_read_again_and_says_nothing(settings: Settings) -> None:
    settings.SEALING_KEYS = [OLD]

    sealed = seal(Secret("sk-1234"))

    assert "sk-1234" not in sealed
    assert unseal(sealed).reveal() == "sk-1234"
    assert "sk-1234" not in f"{unseal(sealed)} {unseal(sealed)!r}"
    assert seal(Secret("")) == ""


def test_an_older_key_still_reads_and_a_lost_one_does_not(settings: Settings) -> None:
    settings.SEALING_KEYS = [OLD]
    sealed = seal(Secret("sk-1234"))

    settings.SEALING_KEYS = [NEW, OLD]
    assert unseal(sealed).reveal() == "sk-1234"
    anew = reseal(sealed)
    settings.SEALING_KEYS = [NEW]

    assert unseal(anew).reveal() == "sk-1234"
    with pytest.raises(SealBroken):
        unseal(sealed)


@pytest.mark.django_db
def test_a_command_seals_all_keys_anew_or_none(settings: Settings) -> None:
    settings.OUTBOUND_HTTP_ALLOWED, settings.OUTBOUND_NETWORKS = True, ["127.0.0.0/8"]
    settings.SEALING_KEYS = [OLD]
    endpoint = make_asking.endpoint("http://127.0.0.1:9/v1", key="sk-1234")

    settings.SEALING_KEYS = [NEW]
    with pytest.raises(CommandError, match="SEALING_KEYS"):
        call_command("reseal_keys")
    settings.SEALING_KEYS = [NEW, OLD]
    call_command("reseal_keys")
    settings.SEALING_KEYS = [NEW]

    assert unseal(Endpoint.objects.get(pk=endpoint.pk).sealed_key).reveal() == "sk-1234"
