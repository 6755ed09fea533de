from .equilibrium import (
    Equilibrium as Equilibrium,
    EquilibriumSolver as EquilibriumSolver,
    solve as solve,
)
from .flat import FlatNetwork as FlatNetwork, compile_network as compile_network
from .newton import Minimum as Minimum, Settings as Settings, minimise as minimise
from .problem import NetworkProblem as NetworkProblem, Pose as Pose
from .slip_stiffness import (
    SlipStiffness as SlipStiffness,
    condensed_stiffness as condensed_stiffness,
)
