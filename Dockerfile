# The worker with its classical engine, on a CPU. ActionMesh's own engine and weights are not part of this image.
FROM python:3.11-slim-bookworm

RUN useradd --create-home worker && install --directory --owner=worker /worker/outputs
WORKDIR /worker
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONUNBUFFERED=1

# Packages first: they change less often than the code. The container has the versions that ActionMesh needs.
COPY pyproject.toml README.md builder/constraints-image.txt ./
COPY actionmesh_wrapper/version.py actionmesh_wrapper/
RUN pip install -c constraints-image.txt . && pip uninstall --yes actionmesh-worker
COPY actionmesh_wrapper actionmesh_wrapper
COPY handler.py test_input.json ./

# Said here, because on RunPod no other engine stands in for ActionMesh silently.
ENV ENGINE=silhouette
USER worker
CMD ["python", "handler.py"]
