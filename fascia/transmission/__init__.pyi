from .ladder import (
    decay_per_station as decay_per_station,
    displacements as displacements,
    force_ratio as force_ratio,
)
from .routes import Route as Route, load_paths as load_paths, minimum_cut as minimum_cut
from .sensitivity import (
    Influence as Influence,
    Linearised as Linearised,
    influence as influence,
    tension_response as tension_response,
)
