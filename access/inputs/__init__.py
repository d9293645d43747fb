"""What the world gave us: people, districts, places, and how their tables are read."""
