# Builds jobrounds and ships it alone: a slim Debian, one binary, one unprivileged user.
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
ENV JOBROUNDS__STORE__PATH=/var/lib/jobrounds/jobrounds.db
HEALTHCHECK --interval=5m --timeout=30s --start-period=1m CMD ["jobrounds", "healthcheck"]
ENTRYPOINT ["jobrounds"]
CMD ["poll"]
