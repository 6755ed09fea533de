"""Energy, assembly and equilibrium of the tension network."""
