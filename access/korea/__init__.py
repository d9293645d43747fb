"""What only Korea has: its public files, codes, grids and standards."""
