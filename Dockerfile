# One image, several roles: a container's command names its role (benchmark_site/roles.py).
FROM python:3.13-slim AS build
WORKDIR /app
COPY requirements/base.txt requirements/base.txt
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir -r requirements/base.txt

# For machines with a card, `--target gpu`: the site with what runs models.
FROM build AS models
RUN /venv/bin/pip install --no-cache-dir torch==2.13.0 \
    && /venv/bin/pip install --no-cache-dir "transformers>=5.17" "accelerate>=1.15" "safetensors>=0.8"

FROM python:3.13-slim AS gpu
RUN groupadd --system --gid 10001 portal \
    && useradd --system --uid 10001 --gid 10001 --home-dir /app --no-create-home portal \
    && install -d -o portal -g portal -m 0700 /state
WORKDIR /app
COPY --from=models /venv /venv
COPY . .
# Whoever builds may keep a checkout that nobody else reads; the portal's user has to.
RUN chmod -R go+rX .
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    STATE_DIR=/state
USER 10001:10001
VOLUME /state
ENTRYPOINT ["python", "-m", "benchmark_site.roles"]
CMD ["gpu"]

# The last one is what `docker build .` makes.
FROM python:3.13-slim AS site
RUN groupadd --system --gid 10001 portal \
    && useradd --system --uid 10001 --gid 10001 --home-dir /app --no-create-home portal \
    && install -d -o portal -g portal -m 0700 /state
WORKDIR /app
COPY --from=build /venv /venv
COPY . .
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    STATE_DIR=/state \
    STATIC_ROOT=/app/collected \
    BIND=0.0.0.0
# With a state folder of its own, so that no secret made here ends in the image.
RUN STATE_DIR=/tmp/build python manage.py prepare --only-static && rm -r /tmp/build \
    # Whoever builds may keep a checkout that nobody else reads; the portal's user has to.
    && chmod -R go+rX .
USER 10001:10001
VOLUME /state
EXPOSE 8000
STOPSIGNAL SIGTERM
ENTRYPOINT ["python", "-m", "benchmark_site.roles"]
CMD ["web"]
