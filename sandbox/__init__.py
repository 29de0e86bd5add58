"""A Discord, a Spotify and a Deezer on loopback, stateful and able to fail."""
