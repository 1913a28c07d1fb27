# syntax=docker/dockerfile:1.7
# The worker.
#
#   docker build -t actionmesh-worker .                                   weights from a volume or RunPod's cache
#   docker build -t actionmesh-worker --build-arg WEIGHTS=baked \
#     --secret id=hf_token,env=HF_TOKEN .                                 weights in the image: 16 GB more
#   docker build -t actionmesh-worker --build-arg PYTORCH3D=1 .           with PyTorch3D, for mesh input and previews
#   docker build -t actionmesh-worker --build-arg COMPILER=1 .            with gcc, for ACCELERATE=all,compile
#   docker build -t actionmesh-worker:silhouette --target silhouette .    the classical engine alone, on a processor
#
# What changes least comes first: after a change of the worker's code only the last stage's COPY runs again.
ARG WEIGHTS=none
ARG PYTORCH3D=0
ARG COMPILER=0

FROM python:3.11.14-slim-bookworm AS python
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONUNBUFFERED=1
# A numeric id, so that whoever runs the image can tell that it is not root's.
RUN useradd --create-home --uid 1000 worker && install --directory --owner=1000 /worker/outputs
WORKDIR /worker


# The small image, without torch and weights.
FROM python AS silhouette
COPY pyproject.toml README.md builder/constraints-image.txt ./
COPY actionmesh_wrapper/version.py actionmesh_wrapper/
RUN pip install -c constraints-image.txt . && pip uninstall --yes actionmesh-worker
COPY actionmesh_wrapper actionmesh_wrapper
COPY actionmesh_cli actionmesh_cli
COPY handler.py test_input.json ./
# Said here, because on RunPod no other engine stands in for ActionMesh silently.
ENV ENGINE=silhouette
USER 1000
CMD ["python", "handler.py"]


# Upstream, which publishes no packages, from its own home. No licence of it allows a copy in this repository.
FROM python AS git
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates git \
    && rm -rf /var/lib/apt/lists/*
COPY builder/fetch_source.sh /build/

FROM git AS upstream
RUN /build/fetch_source.sh https://github.com/facebookresearch/actionmesh.git \
        66db12ea7c4a2ab33a2d2bbd9fffbfd1dfdce2ce /opt/actionmesh \
    && /build/fetch_source.sh https://github.com/VAST-AI-Research/TripoSG.git \
        fc5c40990181e2a756c4e0b1c2f4d6b5202faf8c /opt/TripoSG

# PyTorch3D's last release, 0.7.9, is older than its first support of CUDA 13: hence a commit after it, which still asks
# for C++17 where the headers of our torch need C++20.
FROM git AS pytorch3d
RUN /build/fetch_source.sh https://github.com/facebookresearch/pytorch3d.git \
        9381c4016376345bb795b97c45a6c2de66db354a /build/pytorch3d \
    && sed --in-place 's/-std=c++17/-std=c++20/' /build/pytorch3d/setup.py


# All packages, locked; torch brings the CUDA libraries that it needs.
FROM python AS packages
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY builder/requirements.txt /build/
RUN pip install --no-deps --require-hashes -r /build/requirements.txt && pip check

# Those that have to be compiled. The compiler stays in these stages.
FROM packages AS wheels-0
RUN apt-get update \
    && apt-get install --yes --no-install-recommends build-essential \
    && rm -rf /var/lib/apt/lists/*
COPY builder/requirements-build.txt /build/
RUN pip install --no-deps --require-hashes -r /build/requirements-build.txt
COPY builder/build_wheels.sh builder/diso.txt /build/
RUN /build/build_wheels.sh /wheels diso

FROM wheels-0 AS wheels-1
COPY --from=pytorch3d /build/pytorch3d /build/pytorch3d
RUN /build/build_wheels.sh /wheels /build/pytorch3d

# hadolint ignore=DL3006
FROM wheels-${PYTORCH3D} AS wheels

FROM packages AS environment
RUN --mount=from=wheels,source=/wheels,target=/wheels pip install --no-deps /wheels/*.whl && pip check
COPY builder/import_upstream.py /build/
RUN --mount=from=upstream,source=/opt/actionmesh,target=/opt/actionmesh \
    --mount=from=upstream,source=/opt/TripoSG,target=/opt/TripoSG \
    PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=/opt/actionmesh:/opt/TripoSG \
    python /build/import_upstream.py --need-diso


# The weights. The cache outlasts the build: a cut fetch goes on, and a change of this code fetches nothing anew.
FROM python AS fetched
COPY builder/requirements-fetch.txt builder/
RUN pip install --no-deps --require-hashes -r builder/requirements-fetch.txt
COPY actionmesh_wrapper/errors.py actionmesh_wrapper/host.py actionmesh_wrapper/
COPY actionmesh_wrapper/weights actionmesh_wrapper/weights
COPY builder/fetch_weights.py builder/
RUN --mount=type=cache,target=/cache,id=actionmesh-weights,sharing=locked \
    --mount=type=secret,id=hf_token \
    python builder/fetch_weights.py /cache \
    && cp --recursive /cache /weights \
    && python builder/fetch_weights.py /weights --verify


# What runs is compiled before, but for blocks that PyTorch compiles for its GPU: its compiler calls gcc.
FROM python AS runtime-0

FROM python AS runtime-1
RUN apt-get update \
    && apt-get install --yes --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*

# ENGINE=auto is actionmesh on RunPod. A driver for CUDA 13.0 (580 or newer) is asked for.
# hadolint ignore=DL3006
FROM runtime-${COMPILER} AS weights-none
COPY --from=environment /opt/venv /opt/venv
COPY --from=upstream /opt/actionmesh /opt/actionmesh
COPY --from=upstream /opt/TripoSG /opt/TripoSG
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/opt/actionmesh:/opt/TripoSG \
    ENGINE=auto \
    HF_HUB_OFFLINE=1 \
    TRANSFORMERS_OFFLINE=1 \
    HF_MODULES_CACHE=/tmp/hf_modules \
    NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility \
    NVIDIA_REQUIRE_CUDA="cuda>=13.0"

# A layer a repository: registries and hosts move several at a time, and some take none above 10 GB.
FROM weights-none AS weights-baked
COPY --from=fetched /weights/TripoSG /weights/TripoSG
COPY --from=fetched /weights/ActionMesh /weights/ActionMesh
COPY --from=fetched /weights/dinov2 /weights/dinov2
COPY --from=fetched /weights/RMBG /weights/RMBG
COPY --from=fetched /weights/SAM2 /weights/SAM2
# Every file was hashed above, and layers are addressed by their hash.
ENV WEIGHTS_CHECK=sizes

# hadolint ignore=DL3006
FROM weights-${WEIGHTS} AS actionmesh
WORKDIR /worker
COPY builder/fetch_weights.py builder/
COPY actionmesh_wrapper actionmesh_wrapper
COPY actionmesh_cli actionmesh_cli
COPY handler.py test_input.json ./
# A network volume is root's: it may be read by all, but to fetch weights into it run as root (docs/weights.md).
USER 1000
CMD ["python", "handler.py"]
