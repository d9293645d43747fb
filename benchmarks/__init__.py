"""Side-by-side timings that anyone can rerun: `python -m benchmarks FOLDER`."""
