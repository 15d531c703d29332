# papersys in one image: the launcher, NATS, six services. /data holds everything that lasts: an owner's
# papersys.toml, and beside it the data folder.
# The base image is an argument: any Debian-like image with Python >= 3.11 will do.
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS build
# More of pip's options; the usual torch for Linux brings CUDA, several GB: say here where a CPU build is.
ARG PIP_OPTIONS=
WORKDIR /src
RUN python3 -m venv /opt/papersys
COPY constraints.txt pyproject.toml README.md LICENSE ./
COPY shared shared
COPY services services
COPY deploy deploy
RUN /opt/papersys/bin/python -m pip install --no-cache-dir --disable-pip-version-check ${PIP_OPTIONS} \
    -c constraints.txt ".[openvino,plot,site]"

FROM ${BASE}
# LaTeXML reads what pandoc refuses; bubblewrap confines converters where the container may make namespaces.
RUN apt-get update && apt-get install -y --no-install-recommends bubblewrap latexml && rm -rf /var/lib/apt/lists/*
RUN useradd --create-home --uid 1000 papersys && mkdir /data && chown papersys:papersys /data
COPY --from=build /opt/papersys /opt/papersys
ENV PATH=/opt/papersys/bin:$PATH PYTHONUNBUFFERED=1
USER papersys
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=10s --start-period=120s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/health')"]
ENTRYPOINT ["papersys"]
CMD ["up"]
