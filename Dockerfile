# docker build -t pcnlab .
# docker run --rm -p 127.0.0.1:7878:7878 --user "$(id -u)" -v "$PWD:/lab" pcnlab
# docker run --rm --user "$(id -u)" -v "$PWD:/lab" pcnlab submit experiments/quickstart.json
FROM swift:6.3-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends \
        libcurl4-openssl-dev libopenblas-dev libsqlite3-dev pkg-config zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY Package.swift schema.sql ./
COPY Benchmarks Benchmarks
COPY Sources Sources
# Specs that the service offers to start from.
COPY experiments experiments
COPY Tests Tests
# The Swift runtime is linked statically; Foundation's URLSession requires libcurl.
RUN swift build -c release --product pcnlab --static-swift-stdlib -Xlinker -lcurl -Xlinker -s

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends \
        ca-certificates libcurl4 libopenblas0-pthread libsqlite3-0 libstdc++6 zlib1g \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 pcnlab \
    && mkdir /lab && chown pcnlab:pcnlab /lab
COPY --from=build /src/.build/release/pcnlab /usr/local/bin/pcnlab
USER pcnlab
# The lab is .pcnlab in this folder: mount a folder of yours here.
WORKDIR /lab
ENTRYPOINT ["pcnlab"]
# The service with one worker; its log has the page's URL with the token. Inside the container it listens everywhere: publish the port on
# 127.0.0.1 only, as above. A name of the host other than that of the loopback interface is given by --allowed-host.
EXPOSE 7878
STOPSIGNAL SIGTERM
CMD ["serve", "--host", "0.0.0.0", "--workers", "1"]
