"""What was stated before the experiments on P1 to P19 ran: priors, variants, readings, rivals.

Numbers of the priors are the ranges in which this project sweeps its assumed values. The verdict
uses the draws alone; the expected outcome of a rival is stated for the reader.
"""

from __future__ import annotations

from panjabi.assessment import Declaration, LogUniform, Rival

FRICTION = LogUniform(0.5, 2.0, "1", "factor on the friction of the units")
NEUTRAL = LogUniform(0.6, 1.65, "1", "factor on the relaxed stiffness at neutral; range kept")
STIFFNESS = LogUniform(0.5, 2.0, "1", "factor on all stiffness of the units")
SEVERITY = LogUniform(0.3, 1.0, "1", "fraction of an injury")
TOE = LogUniform(1.5, 6.0, "1", "factor on the toe of a stretched ligament")
GAIN = LogUniform(0.7, 1.3, "1", "factor on the reflex gains")
TORQUE = LogUniform(0.3, 3.0, "1", "factor on the noise of the moment")
SENSOR = LogUniform(0.3, 3.0, "1", "factor on the noise of the sensors")
LIGAMENT_GAIN = LogUniform(0.1, 10.0, "1", "excitation of the extensors per ligament strain")
SLACK = LogUniform(0.005, 0.05, "1", "strain of a ligament at which its receptors begin to fire")

ESTIMATORS = {
    "residual_30_s": "by the residual zone after a wait of 30 s",
    "residual_10_min": "by the residual zone after a wait of 10 min",
    "stiffness_threshold": "by the threshold of stiffness",
    "inflexion": "by the inflexion of the curve",
    "zero_load_gap": "by the gap of the loop at zero load",
}
LINEAR = Rival("linear joints: the secant of the range at every angle", "fails")
UNLOADED = {
    "unloaded": "units without compression, as in the laboratory",
    "compressed": "units under a compression of 400 N",
}

DECLARATIONS: dict[str, Declaration] = {
    "P1": Declaration(
        prior={
            "q": LogUniform(5.0, 40.0, "1", "short-range stiffness of muscles, k = q F/L"),
            "stiffness": STIFFNESS,
        },
        variants={"standing": "lumbar spine, muscle forces of standing with the margin"},
        readings={"sum": "contributions of subsystems and loads add up to the least stiffness"},
        rivals={
            "linear_joints": Rival(LINEAR.words, "passes"),
            "shuffled_muscles": Rival("forces of standing on other muscles", "passes"),
            "without_muscles": Rival("units and loads alone", "passes"),
        },
    ),
    "P2": Declaration(
        prior={"neutral": NEUTRAL},
        variants={
            "fitted": "units as fitted, where the fit limits the stiffness at neutral",
            "without_limit": "the relaxed part of the measured slope, without that limit",
            "recalled": "units fitted to the recalled neutral zones",
        },
        readings={
            "every_direction": "stiffness at neutral below half of that at full moment, everywhere"
        },
        rivals={
            "linear_joints": LINEAR,
            "softening_joints": Rival("stiff at neutral and softer beyond, same range", "fails"),
        },
    ),
    "P3": Declaration(
        prior={
            "stiffness": STIFFNESS,
            "weight": LogUniform(0.8, 1.25, "1", "factor on the weight above the column"),
        },
        variants={
            "relaxed": "units at rest",
            "compressed": "units that their load of standing has compressed",
            "instantaneous": "units before they relax",
        },
        readings={"buckles": "lumbar and thoracolumbar column buckle below the weight they bear"},
        rivals={"linear_joints": LINEAR},
    ),
    "P4": Declaration(
        prior={"severity": SEVERITY, "toe": TOE, "friction": FRICTION, "neutral": NEUTRAL},
        variants=UNLOADED,
        readings={
            name: f"zone grows by the larger factor in two thirds of the cases, {words}"
            for name, words in ESTIMATORS.items()
        },
        rivals={
            "linear_joints": LINEAR,
            "uniform_injury": Rival("an injury takes the same fraction of everything", "fails"),
        },
    ),
    "P5": Declaration(
        prior={
            "grade": LogUniform(1.0, 4.0, "1", "grade of degeneration"),
            "friction": FRICTION,
            "neutral": NEUTRAL,
        },
        variants={
            "as_assumed": "loss of pressure, stiffer and wider ramps as assumed",
            "pressure_only": "loss of pressure alone",
            "stiffening_only": "stiffer and wider ramps alone",
        },
        readings={
            name: f"ratio rises in two thirds of the cases and the range falls, {words}"
            for name, words in ESTIMATORS.items()
        },
        rivals={
            "linear_joints": LINEAR,
            "other_axes": Rival("factors of each axis on another axis", "fails"),
        },
    ),
    "P6": Declaration(
        prior={
            "rod": LogUniform(0.1, 10.0, "1", "stiffness of the fixator over that of the unit"),
            "friction": FRICTION,
            "neutral": NEUTRAL,
        },
        variants=UNLOADED,
        readings={
            name: f"zone narrows by the larger factor about every axis, {words}"
            for name, words in ESTIMATORS.items()
        },
        rivals={
            "exponential_law": Rival("an exponential law of the same slope and range", "passes"),
            "without_branches": Rival("no relaxation in the units", "passes"),
            "linear_joints": Rival("the secant of the range at every angle", "fails"),
        },
    ),
    "P7": Declaration(
        prior={
            "severity": LogUniform(0.5, 1.0, "1", "fraction of the injuries"),
            "friction": FRICTION,
            "neutral": NEUTRAL,
        },
        variants={
            "multifidus": "60 N on each side along multifidus from L4",
            "all_extensors": "60 N on each side, divided over all extensors across L4-L5",
        },
        readings={
            "after_30_s": "zone 0.8 to 1.25 of intact, range above 1.25, flexion-extension",
            "after_10_min": "the same after a wait of 10 min",
            "bending": "the same in lateral bending",
        },
        rivals={
            "compression_only": Rival("the muscle compresses and has no moment", "fails"),
            "linear_joints": LINEAR,
        },
    ),
    "P8": Declaration(
        prior={
            "q": LogUniform(5.0, 40.0, "1", "short-range stiffness of muscles, k = q F/L"),
            "force": LogUniform(20.0, 80.0, "N", "force of each group on each side"),
        },
        variants={
            "equal_force": "every group has the same force, as published",
            "equal_activation": "forces in proportion to the strength of the groups",
        },
        readings={
            "recruited_again": "multifidus above two thirds; every group can be replaced",
            "forces_held": "multifidus above two thirds; no group carries 30 % of the margin",
        },
        rivals={"shuffled_muscles": Rival("names of groups on other muscles", "fails")},
    ),
    "P9": Declaration(
        prior={
            "cost": LogUniform(0.03, 0.5, "1", "co-contraction that can be sustained"),
            "left": LogUniform(0.01, 0.5, "1", "strength left at the edge of the deficits"),
            "torque": TORQUE,
            "sensor": SENSOR,
        },
        variants={
            "trunk_sway": "one joint; the sway of the intact trunk is restored",
            "trunk_stiffness": "one joint; the quick stiffness of the intact trunk is restored",
            "lumbar_margin": "all lumbar joints and muscles; the stability margin is restored",
        },
        readings={"three_outcomes": "effort rises with the deficit, and all three outcomes occur"},
        rivals={
            "no_cocontraction": Rival("co-contraction stays as it is", "fails"),
            "soft_muscles": Rival("activation adds no stiffness", "fails"),
        },
    ),
    "P11": Declaration(
        prior={
            "gain_loss": LogUniform(0.25, 0.95, "1", "reflex gain lost at full damage"),
            "extra_delay": LogUniform(0.03, 0.12, "s", "extra delay at full damage"),
            "noise_rise": LogUniform(1.5, 6.0, "1", "rise of sensor noise at full damage"),
            "bias": LogUniform(0.25, 1.0, "deg", "bias of the sensed angle at full damage"),
            "blindness": LogUniform(0.4, 0.95, "1", "damage that is not sensed"),
            "limit": LogUniform(1.125, 1.5, "1", "excursion without damage over intact"),
            "rate": LogUniform(0.25, 1.0, "1", "damage per day at twice the limit"),
            "healing": LogUniform(1.0 / 84.0, 1.0 / 21.0, "1", "healing per day"),
        },
        variants={
            "all_errors": "gain, delay, noise, bias and blindness",
            "timing_only": "longer delay alone",
            "position_only": "bias alone",
            "blindness_only": "damage that is not sensed alone",
        },
        readings={"chronic": "lasting damage with corrupted signals, healing with true ones"},
        rivals={"true_signals": Rival("damage does not corrupt the signals", "fails")},
    ),
    "P12": Declaration(
        prior={
            "torque": TORQUE,
            "sensor": SENSOR,
            "gain": GAIN,
            "cocontraction": LogUniform(0.01, 0.05, "1", "co-contraction of both muscles"),
        },
        variants={
            "trunk": "one joint with two muscles",
            "seat": "two bodies on an unstable seat",
            "lumbar": "all lumbar joints and muscles",
        },
        readings={
            "delay": "sway is larger by 5 % or more, or stability lost, with 30 ms more delay",
            "noise": "sway is larger by 5 % or more with 4 times the power of the sensor noise",
        },
        rivals={
            "no_reflex": Rival("muscles without reflexes", "fails"),
            "stiff_column": Rival("a column that is stable without muscles", "fails"),
        },
    ),
    "P13": Declaration(
        prior={"stiffness": STIFFNESS},
        variants={
            "compressed": "units stiffened by the compression, lordotic column",
            "not_compressed": "units without that stiffening, lordotic column",
            "straight": "units without that stiffening, straight column",
        },
        readings={
            "carries": "stable under the published force along the curve, no level turns more than "
            "5 deg, and it buckles under half of that force vertically"
        },
        rivals={
            "linear_joints": Rival(LINEAR.words, "passes"),
            "equal_joints": Rival("the same linear joint at every level", "passes"),
        },
    ),
    "P14": Declaration(
        prior={
            "neutral": LogUniform(0.5, 2.0, "1", "factor on the stiffness at neutral"),
            "range": LogUniform(0.7, 1.4, "1", "factor on the range of motion"),
        },
        variants={
            "exponential": "exponential law through neutral stiffness and range",
            "sine": "hyperbolic sine through neutral stiffness and range",
            "ramp": "soft until half of the range, then linear to the range",
        },
        readings={
            "limited": "critical load below that of linear joints of the same range, rotation at "
            "100 N below the published bound"
        },
        rivals={"linear_joints": Rival("linear joints of the neutral stiffness", "fails")},
    ),
    "P15": Declaration(
        prior={"ligament_gain": LIGAMENT_GAIN, "slack": SLACK, "gain": GAIN},
        variants={
            "supraspinous": "receptors in the supraspinous ligament of L5-S1",
            "flavum": "receptors in the ligamentum flavum of L5-S1",
        },
        readings={
            "small_load": "silent ligaments change the peak of a sudden load of 50 N by 10 %",
            "large_load": "the same for 150 N",
        },
        rivals={
            "no_receptors": Rival("ligaments without receptors", "fails"),
            "stiff_unit": Rival(
                "a joint that hardly turns, so that ligaments hardly strain", "fails"
            ),
        },
    ),
    "P17": Declaration(
        prior={
            "error": LogUniform(0.03, 0.2, "s", "error of the onset"),
            "amplitude": LogUniform(0.3, 1.0, "1", "moment of the response over the load's"),
            "gain": GAIN,
        },
        variants={
            "trunk": "one joint with two muscles and reflexes",
            "no_reflex": "the same without reflexes",
            "passive_loss": "the same with half of the passive stiffness",
        },
        readings={
            "early": "a response that comes too early makes the excursion larger by 5 %",
            "late": "a response that comes too late makes the excursion larger by 5 %",
        },
        rivals={"no_response": Rival("no response besides reflexes", "fails")},
    ),
    "P18": Declaration(
        prior={
            "severity": SEVERITY,
            "scatter_neutral": LogUniform(0.1, 0.5, "1", "spread of neutral stiffness, specimens"),
            "scatter_friction": LogUniform(0.1, 0.5, "1", "spread of friction, specimens"),
            "scatter_range": LogUniform(0.05, 0.3, "1", "spread of the range, specimens"),
        },
        variants={
            "ligaments": "posterior ligaments cut",
            "nucleus": "nucleus removed",
            "facets": "both facet joints removed",
        },
        readings={
            name: f"effect of the injury on the zone, in spreads of eight specimens, is larger "
            f"than on the range, {words}"
            for name, words in ESTIMATORS.items()
            if name != "residual_10_min"
        },
        rivals={
            "linear_joints": LINEAR,
            "uniform_injury": Rival("an injury takes the same fraction of everything", "fails"),
        },
    ),
    "P19": Declaration(
        prior={
            "toe": TOE,
            "ligament_gain": LIGAMENT_GAIN,
            "slack": SLACK,
            "severity": SEVERITY,
        },
        variants={
            "supraspinous": "subfailure of the supraspinous ligament of L5-S1",
            "flavum": "subfailure of the ligamentum flavum of L5-S1",
        },
        readings={
            "signal": "after subfailure the signal of the ligament is smaller by 5 %",
            "response": "the muscles respond less by 5 %, or later by 5 ms",
            "load": "the joint turns farther by 5 %",
        },
        rivals={
            "strain_receptors": Rival("receptors of strain, which a longer toe leaves", "fails"),
            "no_receptors": Rival("ligaments without receptors", "fails"),
        },
    ),
}
"""Statement -> what was declared. P10 and P16 have no experiment."""
