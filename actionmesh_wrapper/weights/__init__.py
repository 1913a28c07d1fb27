"""The weights of ActionMesh and of what it stands on: pinned, found and verified. No torch.

fetch.py and wheel.py alone need the network, and huggingface_hub or pip; the worker imports neither.
"""

from actionmesh_wrapper.weights.search import SearchPath, Weights, find
from actionmesh_wrapper.weights.table import REPOSITORIES, Repository
from actionmesh_wrapper.weights.verify import Check, tensor_names, verify

__all__ = ["REPOSITORIES", "Check", "Repository", "SearchPath", "Weights", "find", "tensor_names", "verify"]
