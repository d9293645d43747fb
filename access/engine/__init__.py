"""The engine: exact travel times from many places at once. How it works stands in docs/engine.md.

Its kernels need numba; `access.travel.street` asks SciPy where numba is not installed.
"""
