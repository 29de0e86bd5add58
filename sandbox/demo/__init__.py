"""The demo: a small community with hidden tastes, played against the real bot."""
