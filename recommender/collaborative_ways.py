"""The names of the collaborative ways; light, because settings are read at every start."""

WAYS = ("svd", "als", "ease", "plsa")
"""What `taste.collaborative` may name."""
