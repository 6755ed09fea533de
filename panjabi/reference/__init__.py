"""Published values with their role, and the bibliography."""
