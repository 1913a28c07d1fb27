"""The weights of ActionMesh and of what it stands on: pinned, found and verified. No torch.

fetch.py alone needs the network, and huggingface_hub; the worker does not import it.
"""

from actionmesh_wrapper.weights.search import SearchPath, Weights, find
from actionmesh_wrapper.weights.table import REPOSITORIES, Repository
from actionmesh_wrapper.weights.verify import Check, tensor_names, verify

__all__ = ["REPOSITORIES", "Check", "Repository", "SearchPath", "Weights", "find", "tensor_names", "verify"]
