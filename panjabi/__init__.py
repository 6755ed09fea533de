"""Biomechanics of spinal stability."""
