"""How long it takes: from every cell to every place."""
