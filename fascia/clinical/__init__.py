"""Bedside tests of flexibility on the network: curve, stiffness, end point."""
