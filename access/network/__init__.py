"""The ways people move: streets, modes, costs and where a point joins them."""
