from .arm_raising import ArmRaiseRecord as ArmRaiseRecord, ArmRaiseTask as ArmRaiseTask
from .basin import Basin as Basin, basin_of_attraction as basin_of_attraction
from .bending import BendTask as BendTask, LiftTask as LiftTask, SideBendTask as SideBendTask
from .brace_margin import (
    ABDOMINALS as ABDOMINALS,
    BraceStep as BraceStep,
    Bracing as Bracing,
    bracing as bracing,
)
from .condition import (
    MODELS as MODELS,
    Condition as Condition,
    condition_equilibrium as condition_equilibrium,
)
from .craniocervical import CraniocervicalFlexionTask as CraniocervicalFlexionTask
from .force import ForceExperiment as ForceExperiment, force_perturbation as force_perturbation
from .group_removal import (
    TEN_GROUPS as TEN_GROUPS,
    GroupRemoval as GroupRemoval,
    group_removals as group_removals,
)
from .laboratory import (
    ForceTask as ForceTask,
    ReleaseTask as ReleaseTask,
    RepeatedTask as RepeatedTask,
    SuddenLoadTask as SuddenLoadTask,
    SwayTask as SwayTask,
)
from .leg_raise import LegRaiseTask as LegRaiseTask
from .loop_margins import LoopMargin as LoopMargin, loop_margin as loop_margin
from .measured import MeasuredTask as MeasuredTask
from .motion import BodyMotion as BodyMotion
from .movement import MovementResult as MovementResult
from .pushes import Release as Release, quick_release as quick_release, sudden_load as sudden_load
from .registry import TASKS as TASKS, task as task
from .repeated import (
    RepeatedRecord as RepeatedRecord,
    moving_trunk as moving_trunk,
    repeated_movement as repeated_movement,
)
from .response import PerturbationResponse as PerturbationResponse
from .result import (
    TaskLoads as TaskLoads,
    TaskResult as TaskResult,
    TaskStability as TaskStability,
)
from .seated_sway import SittingRecord as SittingRecord, sitting as sitting
from .standing import (
    ExertTask as ExertTask,
    StandingRecord as StandingRecord,
    StandTask as StandTask,
)
from .stiffness import (
    PULLS as PULLS,
    SecondOrderFit as SecondOrderFit,
    SineRecord as SineRecord,
    StaticStiffness as StaticStiffness,
    TrunkStiffness as TrunkStiffness,
    trunk_stiffness as trunk_stiffness,
)
from .sway_optimum import (
    SwayFront as SwayFront,
    SwayPoint as SwayPoint,
    sway_front as sway_front,
)
from .task_contract import Task as Task
