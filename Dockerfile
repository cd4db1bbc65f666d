# poolctl in an image: no root, no pip, no compiler, no secret.
#
#   docker build -t poolctl:0.1.0 .
#   docker run --rm -v "$PWD/pools:/work/pools:ro" poolctl:0.1.0 validate pools/
#
# An image that brings its manifests along, for Kubernetes and the like:
#
#   FROM poolctl:0.1.0
#   COPY pools/ pools/

FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY schemas/ schemas/
COPY reconciler/ reconciler/
RUN pip wheel --no-deps --wheel-dir /dist .
# Without pip, because nothing is installed later. Compiled, because it is read-only at run time.
RUN python -m venv --without-pip /opt/poolctl \
 && pip --python /opt/poolctl/bin/python install --only-binary=:all: --constraint constraints.txt /dist/*.whl \
 && /opt/poolctl/bin/poolctl version

FROM python:3.13-slim
LABEL org.opencontainers.image.title="poolctl" \
      org.opencontainers.image.description="A declarative, stateless reconciler for Amazon Cognito" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="0.1.0"
COPY --from=build /opt/poolctl /opt/poolctl
# HOME is where AWS's files are looked for: mount them at /work/.aws, or better, give the container a role.
ENV PATH=/opt/poolctl/bin:$PATH \
    HOME=/work \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
RUN install -d -o 10001 -g 10001 /work
WORKDIR /work
# A number, because runAsNonRoot of Kubernetes believes no name.
USER 10001:10001
ENTRYPOINT ["poolctl"]
CMD ["--help"]
