#!/bin/sh
# Makes what docker-compose.yml hands out as secrets, below ./secrets; what is there already stays.
# Run it as root: the portal runs as user 10001 and nobody else may read what is its own.
set -eu
cd "$(dirname "$0")/.."
umask 077
mkdir -p secrets
random() { head -c 48 /dev/urandom | base64 | tr -d '\n=' | tr '+/' '-_'; }
keep() { [ -s "secrets/$1" ] || printf '%s' "$2" > "secrets/$1"; }
keep secret_key "$(random)$(random)"
keep sealing_keys "$(head -c 32 /dev/urandom | base64 | tr '+/' '-_')"
keep database_password "$(random)"
keep s3_access_key portal
keep s3_secret_key "$(random)"
# Group 10001 is in every service that needs one of them; others read nothing.
chgrp 10001 secrets secrets/* && chmod 0750 secrets && chmod 0440 secrets/*
echo "secrets/ is complete; keep a copy apart from the backups"
