from .equilibrium import (
    Equilibrium as Equilibrium,
    EquilibriumSolver as EquilibriumSolver,
    solve as solve,
)
from .flat_network import FlatNetwork as FlatNetwork, compile_network as compile_network
from .minimisation import (
    MinimisationProblem as MinimisationProblem,
    Minimum as Minimum,
    NewtonSettings as NewtonSettings,
)
from .network_problem import NetworkProblem as NetworkProblem, Pose as Pose
from .newton import minimise as minimise
from .slip_stiffness import (
    SlipStiffness as SlipStiffness,
    condensed_stiffness as condensed_stiffness,
)
