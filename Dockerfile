# syntax=docker/dockerfile:1
# A static binary on nothing else: no shell, no libc, no root.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
# timetzdata puts the zone files into the binary: SHOP_TIME_ZONE needs them.
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 go build -trimpath -tags timetzdata -ldflags "-s -w" -o /out/ ./cmd/counterfoil \
    && mkdir -p /out/data /out/tmp && chmod 1777 /out/tmp

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/counterfoil /counterfoil
COPY --from=build --chown=65532:65532 /out/data /data
COPY --from=build --chown=65532:65532 /out/tmp /tmp
USER 65532:65532
WORKDIR /data
VOLUME /data
ENV ADDR=0.0.0.0:8080 DATABASE_URL=/data/counterfoil.db
EXPOSE 8080
ENTRYPOINT ["/counterfoil"]
CMD ["serve"]
