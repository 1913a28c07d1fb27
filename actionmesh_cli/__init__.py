"""The command line ``actionmesh-worker``: a clip on this machine, the weights, a local RunPod, a check-up.

It stands above `actionmesh_wrapper` and `local_runpod`. What takes long to import is imported by the command
that needs it, so that ``--help`` is there at once.

Exit codes: 0 it is done; 1 it failed, or `doctor` found that no job can run; 2 the command line, an option or
a setting is wrong; 130 Ctrl-C.
"""
