# Two stages: the first builds the wheel and a virtual environment from the hashed locks, the
# second carries only that environment, git and a user without rights.
FROM python:3.13-slim-trixie AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
COPY requirements-build.lock ./
RUN python -m venv /builder && /builder/bin/pip install --require-hashes --no-deps -r requirements-build.lock
COPY requirements.lock ./
RUN python -m venv /app && /app/bin/pip install --require-hashes --no-deps -r requirements.lock
COPY . .
RUN /builder/bin/pip wheel --no-deps --no-build-isolation --no-index --wheel-dir /wheels . \
 && /app/bin/pip install --no-deps --no-index /wheels/*.whl \
 && /app/bin/pip check \
 && /app/bin/pip uninstall --yes pip

FROM python:3.13-slim-trixie
# git: the local code host is a bare repository. tini is not needed: `docker run --init`, and
# Kubernetes stops process 1 with SIGTERM, which the bot handles.
RUN apt-get update \
 && apt-get install -y --no-install-recommends git \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin finops \
 && install -d -o 10001 -g 10001 -m 0750 /data
COPY --from=build /app /app
# The root file system may be read-only: what is written goes to /data (state) and /tmp (caches).
ENV PATH=/app/bin:$PATH \
    HOME=/tmp \
    MPLCONFIGDIR=/tmp/matplotlib \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    FINOPS_DATABASE_URL=sqlite:////data/finops.db
WORKDIR /data
VOLUME /data
USER 10001:10001
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=4).close()"]
ENTRYPOINT ["finops"]
CMD ["run"]
