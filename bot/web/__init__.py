"""The bot's small web server: health, metrics, and a page a drop for members without Spotify."""
