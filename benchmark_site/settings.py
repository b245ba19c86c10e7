"""Settings for every machine, read from the environment; docs/operations.md lists the names."""

import os
from operator import attrgetter
from pathlib import Path
from typing import Any

import django_stubs_ext
from csp.constants import NONE, SELF

from benchmark_site.env import BASE_DIR, env, new_sealing_key, read_or_create_secret, secret
from benchmark_site.logs import logging_settings
from benchmark_site.providers import sign_in_providers
from benchmark_site.reports import start_reports
from benchmark_site.state import databases, file_storages

# Lets Django's classes be written with the type they hold: ModelAdmin[User].
django_stubs_ext.monkeypatch()

# Everything the portal writes on this machine: database, files, static files, the secret.
STATE_DIR: Path = Path(env.str("STATE_DIR", str(BASE_DIR / "var"))).resolve()
STATE_DIR.mkdir(parents=True, exist_ok=True)

# Whether people can reach this site: then no role starts on settings of a development machine.
PRODUCTION = env.bool("PRODUCTION", False)
DEBUG = env.bool("DEBUG", False)
SECRET_KEY = secret("SECRET_KEY") or read_or_create_secret(STATE_DIR / "secret_key")
# What seals secrets that we must use again, newest first: keys of registered endpoints.  Machines
# that serve one site share them.
SEALING_KEYS: list[str] = (
    secret("SEALING_KEYS").replace(",", " ").split()
    or read_or_create_secret(STATE_DIR / "sealing_keys", new_sealing_key).split()
)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.github",
    "allauth.socialaccount.providers.openid_connect",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "django_htmx",
    "csp",
    "audit",
    "accounts",
    "notices",
    "submissions",
    "workers",
    "benchmark_site.apps.BenchmarkSiteConfig",
]

MIDDLEWARE = [
    "benchmark_site.logs.RequestId",
    "benchmark_site.metrics.RequestMetrics",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "benchmark_site.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "benchmark_site.unavailable.Unavailable",
]

ROOT_URLCONF = "benchmark_site.urls"
WSGI_APPLICATION = "benchmark_site.wsgi.application"
ASGI_APPLICATION = "benchmark_site.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

DATABASES: dict[str, Any] = databases(STATE_DIR)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STORAGES: dict[str, Any] = {
    **file_storages(STATE_DIR),
    "staticfiles": {"BACKEND": "benchmark_site.static.PortalStaticFiles"},
}
MEDIA_ROOT = STATE_DIR / "files"
# An image has them made ahead of time, in itself.
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(STATE_DIR / "static")))
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "benchmark_site.static.PlotlyFinder",
]
# A file larger than this is spooled to disk by Django while it arrives.
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 100

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# Whoever signs in is told so by the address; a name of ours says nothing to them.
ACCOUNT_USER_DISPLAY = attrgetter("email")
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = env.str("ACCOUNT_EMAIL_VERIFICATION", "optional")
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 3
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
# Beside allauth's own: how many invitations a person may send.
# Five wrong passwords for one account, and then none is tried for five minutes.
ACCOUNT_RATE_LIMITS = {"invite": "30/h/user", "login_failed": "10/m/ip,5/300s/key"}
PASSWORD_RESET_TIMEOUT = 24 * 3600
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "∞-Bench"
# One step of 30 seconds back and ahead: a telephone's clock may be a little off.
MFA_TOTP_TOLERANCE = 1
SIGN_IN_WITH = sign_in_providers(env)
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
MFA_ADAPTER = "accounts.adapter.FactorAdapter"
SOCIALACCOUNT_ADAPTER = "accounts.adapter.SignInAdapter"
SOCIALACCOUNT_PROVIDERS = {provider.family: provider.settings() for provider in SIGN_IN_WITH}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "submissions:mine"
ACCOUNT_LOGOUT_REDIRECT_URL = "submissions:leaderboard"
# Mail is written into a table and carried from there: a mail server that is down fails nothing.
EMAIL_BACKEND = "notices.outbox.OutboxBackend"
MAIL_CARRIER = env.str("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
EMAIL_HOST = env.str("EMAIL_HOST", "localhost")
EMAIL_PORT = env.int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = secret("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = env.bool("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
# Where the filebased carrier writes.
EMAIL_FILE_PATH = env.str("EMAIL_FILE_PATH", str(STATE_DIR / "mail"))
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", "∞-Bench <noreply@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Where the site is, for links in mail and in calls to webhooks.
SITE_URL = env.str("SITE_URL", f"http://127.0.0.1:{env.int('PORT', 8000)}").rstrip("/")

# As the API counts, so the limits of signing in: behind a proxy, everybody would share its address,
# and one who guesses passwords would shut all others out.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", 0)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.ApiTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["submissions.api.permissions.MayAct"],
    "DEFAULT_RENDERER_CLASSES": ["submissions.api.rendering.FastJSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "submissions.api.schema.ApiSchema",
    "EXCEPTION_HANDLER": "submissions.api.problems.problem_details",
    # How many proxies of ours stand before the site: what X-Forwarded-For says beyond them is
    # anybody's invention.
    "NUM_PROXIES": env.int("TRUSTED_PROXIES", 0),
}
SPECTACULAR_SETTINGS = {
    "TITLE": "∞-Bench Portal",
    "DESCRIPTION": "Models, submissions, scores and the board; the guide is at /docs/api/.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "EndpointMode": "submissions.models.Endpoint.Mode",
        "EvaluationStatus": "submissions.models.Evaluation.Status",
        "HubModelMode": "submissions.models.HubModel.Mode",
        "NoticeKind": "submissions.api.webhooks.NOTICE_KINDS",
        "RunStatus": "submissions.models.HostedRun.Status",
        "Visibility": "submissions.models.Submission.Visibility",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "submissions.api.schema.close_requests",
    ],
}
REST_KNOX = {"TOKEN_TTL": None, "TOKEN_PREFIX": "ibp_", "TOKEN_MODEL": "accounts.ApiToken"}
# knox's own table would stay empty beside ours, and its foreign key would forbid emptying users.
MIGRATION_MODULES = {"knox": None}
KNOX_TOKEN_MODEL = "accounts.ApiToken"  # noqa: S105  A model's name, not a token.

REDIS_URL = secret("REDIS_URL") or "redis://127.0.0.1:6379/0"
CELERY_BROKER_URL = REDIS_URL
# Before every key of the broker, so that several portals can share one server.
REDIS_PREFIX = env.str("REDIS_PREFIX", "")
# Requests to the API in a minute; 0: not counted.  All web processes count together.
API_ADDRESS_REQUESTS_PER_MINUTE = env.int("API_ADDRESS_REQUESTS_PER_MINUTE", 1200)
API_USER_REQUESTS_PER_MINUTE = env.int("API_USER_REQUESTS_PER_MINUTE", 600)
# Comparisons that one address may ask for in a minute, counted in the same way.
COMPARISONS_PER_MINUTE = env.int("COMPARISONS_PER_MINUTE", 60)
CACHES: dict[str, Any] = {
    # What counts attempts to sign in: in the database, where all processes of all machines count
    # together, and where a broker that is flushed or away opens no door.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "counters",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # What a process remembers of its pages.
    "pages": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "throttle": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": f"{REDIS_PREFIX}throttle",
        # Counting is worth little waiting; a counter that is out of reach counts nothing.
        "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
    },
}
# A worker that is silent for this long loses its evaluation to another one.
LEASE_SECONDS = env.float("LEASE_SECONDS", 60.0)
# What scoring one task of a submission may take: seconds, and memory of the process that does it.
# The twelve tasks of a model take about two seconds and 100 MiB.
SCORING_TASK_SECONDS = env.float("SCORING_TASK_SECONDS", 120.0)
SCORING_MEMORY_MIB = env.int("SCORING_MEMORY_MIB", 2048)
# How often silent workers and unannounced evaluations are looked for.
SWEEP_SECONDS = env.float("SWEEP_SECONDS", 5.0)
# A queued evaluation is announced to the workers again after this long.
ANNOUNCE_AGAIN_SECONDS = env.float("ANNOUNCE_AGAIN_SECONDS", 30.0)

# What the board opens with.
DEFAULT_SUITE = env.str("DEFAULT_SUITE", "infinitebench")
DEFAULT_SCORER = env.str("DEFAULT_SCORER", "official-2024-06")
# Whether a new portal generates a small release of its own, with sample predictions.
OFFLINE_RELEASE = env.bool("OFFLINE_RELEASE", True)
# Of one person: in any 24 hours, and waiting or being scored at the same time.
SUBMISSIONS_PER_DAY = env.int("SUBMISSIONS_PER_DAY", 20)
SUBMISSIONS_AT_ONCE = env.int("SUBMISSIONS_AT_ONCE", 10)
# How often a person's drafts are scored to see where they would stand, in any 24 hours.
TRIALS_PER_DAY = env.int("TRIALS_PER_DAY", 60)
# Of all members of an organization together, for the models that it shares.
ORGANIZATION_SUBMISSIONS_PER_DAY = env.int("ORGANIZATION_SUBMISSIONS_PER_DAY", 60)
ORGANIZATION_SUBMISSIONS_AT_ONCE = env.int("ORGANIZATION_SUBMISSIONS_AT_ONCE", 20)

# What may be called when somebody registers an address: https on the open internet, and beyond
# that only what an operator allows here, such as a model server of their own.
OUTBOUND_HTTP_ALLOWED = env.bool("OUTBOUND_HTTP_ALLOWED", False)
OUTBOUND_NETWORKS: list[str] = env.list("OUTBOUND_NETWORKS", [])

# How many workers one hosted run may keep busy at a time, and how long one works on it before
# another run has its turn.
RUN_WORKERS = env.int("RUN_WORKERS", 2)
RUN_SLICE_SECONDS = env.float("RUN_SLICE_SECONDS", 300.0)
# How long a model's server may send nothing, and how long one answer may take in all.
ENDPOINT_IDLE_SECONDS = env.float("ENDPOINT_IDLE_SECONDS", 300.0)
ENDPOINT_ANSWER_SECONDS = env.float("ENDPOINT_ANSWER_SECONDS", 3600.0)
# Where tokenizers of the Hugging Face Hub are kept, as org--name@commit/tokenizer.json.
TOKENIZERS_DIR: Path = STATE_DIR / "tokenizers"
# Where the Hugging Face Hub is (None: where its client looks), and a folder of models that works
# like it: MODELS_DIR/org/name.
HUB_URL: str | None = env.str("HUB_URL", "").rstrip("/") or None
MODELS_DIR: Path | None = (
    Path(env.str("MODELS_DIR")).resolve() if env.str("MODELS_DIR", "") else None
)
# Where a worker keeps the weights that it fetched.
WEIGHTS_DIR: Path = Path(env.str("WEIGHTS_DIR", str(STATE_DIR / "weights"))).resolve()
# How many devices one run of a model that we run may keep busy, and what an hour of one costs in US
# dollars; 0: not said.
RUN_DEVICES = env.int("RUN_DEVICES", 64)
GPU_HOUR_PRICE = env.float("GPU_HOUR_PRICE", 0.0)
# Of a worker that runs models: tokens read at once, answers decoded side by side at most, and how
# long a loaded model without a question stays.
GPU_CHUNK_TOKENS = env.int("GPU_CHUNK_TOKENS", 16_384)
GPU_AT_ONCE = env.int("GPU_AT_ONCE", 8)
GPU_IDLE_SECONDS = env.float("GPU_IDLE_SECONDS", 600.0)
# Threads of the processor where a model is run without a card; 0: as torch chooses.
CPU_THREADS = env.int("CPU_THREADS", 0)
# Memory that a model may take there, in MiB; 0: what is free.
CPU_MEMORY_MIB = env.int("CPU_MEMORY_MIB", 0)

LANGUAGE_CODE = "en"
# Each by its own name, as the language switch shows it.
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["benchmark_site.formats"]
# A year, so that a reader chooses once.
LANGUAGE_COOKIE_AGE = 31_536_000
LANGUAGE_COOKIE_HTTPONLY = True
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        # A form that leads on to another site is a form to that site.
        "form-action": [SELF, *(provider.origin for provider in SIGN_IN_WITH)],
        "frame-ancestors": [NONE],
    }
}
# No page needs any of these, and a script that got in should not have them.
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: []
    for name in (
        *("accelerometer", "autoplay", "bluetooth", "camera", "display-capture", "fullscreen"),
        *("geolocation", "gyroscope", "hid", "magnetometer", "microphone", "midi", "payment"),
        *("screen-wake-lock", "serial", "usb", "xr-spatial-tracking"),
    )
}
# Passkeys are made and used by our own pages only.
PERMISSIONS_POLICY |= {
    "publickey-credentials-create": ["self"],
    "publickey-credentials-get": ["self"],
}
HTTPS = env.bool("HTTPS", False)
# Browsers give passkeys to http://localhost; any other site needs TLS.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
# Asked from within, past the proxy.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
# Whether every name below this one is served over TLS too: only who owns the domain knows.
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS and env.bool("HSTS_SUBDOMAINS", False)
SECURE_HSTS_PRELOAD = SECURE_HSTS_INCLUDE_SUBDOMAINS
# Django asks for both; not to promise them for names that are not ours to promise is a choice.
SILENCED_SYSTEM_CHECKS = (
    [] if SECURE_HSTS_INCLUDE_SUBDOMAINS else ["security.W005", "security.W021"]
)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"

# `json` is for machines that collect lines, `line` for people who read them.
LOGGING = logging_settings(
    form=env.str("LOG_FORMAT", "json" if PRODUCTION else "line"),
    level=env.str("LOG_LEVEL", "INFO"),
)
# Who may read /metrics; without it there is no such page.  The processes of a machine share the
# files in which they count, so the library must know the folder before anybody loads it.
METRICS_TOKEN = secret("METRICS_TOKEN")
METRICS_DIR = Path(env.str("METRICS_DIR", str(STATE_DIR / "metrics")))
METRICS_DIR.mkdir(parents=True, exist_ok=True)
os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(METRICS_DIR))

# Errors are reported elsewhere only where an operator says so.
if dsn := secret("SENTRY_DSN"):
    start_reports(dsn, environment=env.str("SENTRY_ENVIRONMENT", "production"))
