from .equilibrium import (
    Equilibrium as Equilibrium,
    EquilibriumSolver as EquilibriumSolver,
    solve as solve,
)
from .flat_network import FlatNetwork as FlatNetwork, compile_network as compile_network
from .minimisation import (
    Minimum as Minimum,
    NewtonSettings as NewtonSettings,
    Problem as Problem,
)
from .network_problem import NetworkProblem as NetworkProblem, Pose as Pose
from .newton import minimise as minimise
from .slip_stiffness import (
    SlipStiffness as SlipStiffness,
    condensed_stiffness as condensed_stiffness,
)
