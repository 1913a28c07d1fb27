"""Meta's ActionMesh on the worker's GPU. Modules that need PyTorch import it when they are imported."""
