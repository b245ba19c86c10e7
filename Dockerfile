# One image, several roles: docker-compose.yml names the command of each.
FROM python:3.13-slim AS build
WORKDIR /app
COPY requirements/base.txt requirements/base.txt
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir -r requirements/base.txt

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home /app portal && mkdir /state && chown portal /state
WORKDIR /app
COPY --from=build /venv /venv
COPY . .
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 STATE_DIR=/state
USER portal
EXPOSE 8000
CMD ["gunicorn", "benchmark_site.wsgi", "--bind=0.0.0.0:8000", "--worker-class=gthread", "--threads=8", "--workers=2"]
