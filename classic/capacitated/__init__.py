"""Capacitated location: sites with room, clients shared out or with one source."""
