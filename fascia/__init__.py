"""Fascial tension network."""
