"""Run all timings: `python -m benchmarks FOLDER_WITH_EXTRACTS`."""

from benchmarks.travel_times import main

main()
