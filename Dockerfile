# Builds jobrounds and ships it alone: a slim Debian, one binary, one unprivileged user.
#   docker run --read-only --cap-drop ALL --security-opt no-new-privileges \
#       --volume jobrounds:/var/lib/jobrounds --publish 127.0.0.1:8080:8080 jobrounds
# Nothing but the volume is written, so that the rest may be read-only.
FROM rust:1.95-bookworm AS build
WORKDIR /source
COPY . .
RUN cargo build --locked --profile dist --bin jobrounds

FROM debian:bookworm-slim
# The HTTP client reads the system's certificates; without them it does not start.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 65532 --user-group --no-create-home jobrounds \
    && install --directory --owner jobrounds --group jobrounds /var/lib/jobrounds
COPY --from=build /source/target/dist/jobrounds /usr/local/bin/jobrounds
USER 65532:65532
WORKDIR /var/lib/jobrounds
VOLUME ["/var/lib/jobrounds"]
# Inside a container every address is the container's own; what is published decides who reaches it.
ENV JOBROUNDS__STORE__PATH=/var/lib/jobrounds/jobrounds.db \
    JOBROUNDS__MAIL__DIRECTORY=/var/lib/jobrounds/outbox \
    JOBROUNDS__WEB__BIND=0.0.0.0:8080 \
    JOBROUNDS__LOG__FORMAT=json
EXPOSE 8080
# SIGTERM drains polls for 10 s at most.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=1m --timeout=15s --start-period=2m --retries=3 CMD ["jobrounds", "healthcheck", "--daemon"]
ENTRYPOINT ["jobrounds"]
CMD ["run"]
