# The project's site for those who want Docker to build it: the image that `drift build site` makes, made inside a container.
#   docker build -t drift .
#   docker buildx build --platform linux/amd64,linux/arm64 -t ghcr.io/me/drift:1 --push .
# IMAGE_SIZE and REPOSITORY_URL replace, on the page, the size in bytes that Drift's own image has and the address of the sources.

# Debian or Ubuntu with the .NET 10 SDK.
ARG SDK=mcr.microsoft.com/dotnet/sdk:10.0

# clang and lld assemble the server for both processors, so that nothing is emulated.
FROM --platform=${BUILDPLATFORM:-linux/amd64} ${SDK} AS build
WORKDIR /drift
COPY . .
RUN ./drift --version
ARG TARGETARCH
ARG IMAGE_SIZE
ARG REPOSITORY_URL
RUN eng/docker-root "${TARGETARCH:-amd64}" /root-of-image

FROM scratch
COPY --from=build /root-of-image/ /
USER 65532:65532
WORKDIR /
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK CMD ["/server", "--probe"]
ENTRYPOINT ["/server"]
