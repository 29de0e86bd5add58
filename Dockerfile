# syntax=docker/dockerfile:1
FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
RUN python -m venv /opt/tastebud
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY bot bot
COPY catalog catalog
COPY recommender recommender
COPY sandbox sandbox
COPY scheduler scheduler
COPY storage storage
RUN /opt/tastebud/bin/pip install --constraint constraints.txt '.[postgres]'
# The network that hears previews is part of the image, not of the volume; the bot works without it.
ENV TASTEBUD_AUDIO__WEIGHTS=/opt/tastebud/share/musicnn.npz
RUN /opt/tastebud/bin/tastebud audio install || true

FROM python:3.11-slim
LABEL org.opencontainers.image.title="Tastebud" \
      org.opencontainers.image.description="Learns each member's taste from reactions and writes them a weekly playlist." \
      org.opencontainers.image.licenses="MIT"
ENV PATH=/opt/tastebud/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    TASTEBUD_AUDIO__WEIGHTS=/opt/tastebud/share/musicnn.npz
RUN useradd --system --uid 10001 --home-dir /var/lib/tastebud --create-home tastebud
COPY --from=build /opt/tastebud /opt/tastebud
COPY config.toml /etc/tastebud/config.toml
WORKDIR /var/lib/tastebud
USER 10001
VOLUME ["/var/lib/tastebud"]
# The process writes its heartbeat beside the database; the check fails when it has stood still.
HEALTHCHECK --interval=60s --timeout=10s --start-period=60s --retries=3 CMD ["tastebud", "health", "--config", "/etc/tastebud/config.toml"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["tastebud"]
CMD ["run", "--config", "/etc/tastebud/config.toml"]
