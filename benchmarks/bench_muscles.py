"""All lumbar muscles at one posture: lengths, slopes, second derivatives; and a right-hand side.

The peer is NumPy over all points and dofs at once, in the same process; both results are compared.
Times are medians after compilation; the ratios depend least on the machine.

The whole right-hand side (activation and fibres of all muscles, accelerations of the spine) is
compared with MuJoCo's mj_step on the same tree with the same straight paths. The abdomen is fixed,
because MuJoCo has no exactly coupled dofs; its tendons are rigid, and it is called from Python.
Target: under 50 microseconds, and half of MuJoCo's time per muscle. Without MuJoCo its row is
omitted.
"""

from __future__ import annotations

from timing import machine, seconds

# isort: split
import numpy as np
from numba import njit
from peers import mujoco_twin

from panjabi.active import MuscleElement, Musculotendon
from panjabi.active.build import musculature
from panjabi.active.muscle_kernels import Rates, muscle_rates, muscle_workspace
from panjabi.body import Dynamics, standard_adult
from panjabi.body.articulated_kernels import forward_dynamics

REPEATS = 200


class NumpyMuscles:
    """The same geometry in array expressions for each posture; only index tables are reused."""

    def __init__(self, muscles):
        self.tree, self.paths, self.n = muscles.tree, muscles.paths, len(muscles.coordinates)
        tree, paths = self.tree, self.paths
        ne = len(tree.slide)
        on_chain = np.zeros((len(tree.parent), ne))
        for b in range(1, len(tree.parent)):
            on_chain[b] = on_chain[tree.parent[b]]
            on_chain[b, tree.first[b] : tree.first[b + 1]] = 1.0
        self.on_chain = on_chain[paths.body]
        muscle = np.repeat(np.arange(len(paths.start) - 1), np.diff(paths.start))
        self.piece = np.flatnonzero(muscle[:-1] == muscle[1:])
        owner = muscle[self.piece]
        self.first = np.searchsorted(owner, np.arange(len(paths.start) - 1))
        self.gather = np.zeros((ne, self.n))
        self.gather[np.arange(ne), tree.coordinate] = tree.poly[:, 1]
        self.inner = np.minimum.outer(np.arange(ne), np.arange(ne))
        self.outer = np.maximum.outer(np.arange(ne), np.arange(ne))

    def poses(self, q):
        tree = self.tree
        R, t = [np.eye(3)], [np.zeros(3)]
        axes, origins = np.empty((len(tree.slide), 3)), np.empty((len(tree.slide), 3))
        for b in range(1, len(tree.parent)):
            p = tree.parent[b]
            turned, at = R[p] @ tree.r0[b], t[p] + R[p] @ tree.loc[b]
            for e in range(tree.first[b], tree.first[b + 1]):
                axes[e], origins[e] = turned @ tree.axis[e], at
                x, y, z = axes[e]
                K = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
                angle = tree.poly[e, 1] * q[tree.coordinate[e]]
                turned = turned + (np.sin(angle) * K + (1 - np.cos(angle)) * K @ K) @ turned
            R.append(turned)
            t.append(at - turned @ tree.child_loc[b])
        return np.array(R), np.array(t), axes, origins

    def __call__(self, q, second=True):
        R, t, axes, origins = self.poses(q)
        body = self.paths.body
        world = np.einsum("pij,pj->pi", R[body], self.paths.local) + t[body]
        d = self.on_chain[:, :, None] * np.cross(axes, world[:, None, :] - origins)
        line = np.diff(world, axis=0)[self.piece]
        size = np.linalg.norm(line, axis=1)
        u = line / np.where(size > 0.0, size, 1.0)[:, None]
        turn = np.diff(d, axis=0)[self.piece]
        along = np.einsum("si,sei->se", u, turn)
        length = np.add.reduceat(size, self.first)
        slope = np.add.reduceat(along, self.first) @ self.gather
        if not second:
            return length, slope
        lever = np.cross(u[:, None, :], axes)  # u . (a x d) = (u x a) . d
        both = self.on_chain[:, self.inner] * d[:, self.outer].transpose(3, 0, 1, 2)
        bent = np.einsum(
            "sijk,ksij->sij", lever[:, self.inner], np.diff(both, axis=1)[:, self.piece]
        )
        bent += (np.einsum("sik,sjk->sij", turn, turn) - along[:, :, None] * along[:, None]) / (
            np.where(size > 0.0, size, np.inf)[:, None, None]
        )
        H = np.add.reduceat(bent, self.first)
        return length, slope, self.gather.T @ H @ self.gather


@njit
def many(n, data, q, v, a, f, e, work, rates, mechanism, gravity, room, qdd):
    for _ in range(n):
        muscle_rates(data, q, v, a, f, e, work, rates)
        forward_dynamics(mechanism, q, v, rates.force, gravity, room, qdd)


def right_hand_side(muscles, spine, q, v, *, elastic=True) -> float:
    """One evaluation inside compiled code, accelerations included [s]."""
    element = MuscleElement(Musculotendon(muscles, elastic=elastic))
    nm = len(muscles)
    state = element.state_at_rest(q, 0.2)
    arguments = (
        element.data,
        q,
        v,
        state[:nm].copy(),
        state[nm:].copy(),
        np.full(nm, 0.3),
        muscle_workspace(muscles.tree, element.pieces),
        Rates(np.empty(len(q)), np.empty(nm), np.empty(nm)),
        spine.mechanism,
        np.asarray(spine.gravity),
        spine.workspace(),
        np.empty(len(q)),
    )
    return seconds(lambda: many(REPEATS, *arguments), 11) / REPEATS


def mujoco_step(muscles, spine, q, v) -> tuple[float, float] | None:
    """Time of an mj_step [s] and largest difference of path lengths [m]; None without MuJoCo."""
    twin = mujoco_twin(spine.mechanism, np.asarray(spine.gravity), muscles)
    if twin is None:
        return None
    import mujoco

    model, data, where = twin

    def start() -> None:
        data.qpos[where], data.qvel[where], data.act[:], data.ctrl[:] = q, v, 0.2, 0.3

    start()
    mujoco.mj_forward(model, data)
    distance = float(np.abs(data.ten_length - muscles.geometry(q).length).max())

    def steps() -> None:
        start()
        for _ in range(REPEATS):
            mujoco.mj_step(model, data)

    return seconds(steps, 11) / REPEATS, distance


def main() -> None:
    muscles = musculature("lumbar")
    other = NumpyMuscles(muscles)
    rng = np.random.default_rng(0)
    q, v = rng.normal(scale=0.05, size=18), rng.normal(size=18)
    tension = rng.uniform(0.0, 100.0, len(muscles))

    def geometry_and_curvature() -> None:
        pose = muscles.pose(q)
        muscles.geometry(pose)
        muscles.curvature(pose)

    theirs, mine = other(q), (muscles.geometry(q).length, muscles.geometry(q).slope)
    worst = max(
        np.abs(a - b).max() for a, b in zip(theirs, (*mine, muscles.curvature(q)), strict=True)
    )
    both = seconds(lambda: [other(q) for _ in range(5)]) / 5
    first = seconds(lambda: [other(q, second=False) for _ in range(20)]) / 20

    def timed(work) -> float:
        return seconds(lambda: [work() for _ in range(REPEATS)]) / REPEATS

    rows = {
        "lengths, slopes": (timed(lambda: muscles.geometry(q)), first),
        "lengths, slopes, curvature": (timed(geometry_and_curvature), both),
        "sum of tension x curvature": (timed(lambda: muscles.tension_curvature(q, tension)), both),
    }
    print(machine())
    print(f"{len(muscles)} muscles, {len(q)} coordinates; greatest difference {worst:.1e}")
    print(f"{'':30}{'this':>12}{'NumPy':>12}{'ratio':>8}")
    for what, (took, theirs_took) in rows.items():
        print(f"{what:30}{1e6 * took:9.0f} us{1e6 * theirs_took:9.0f} us{theirs_took / took:8.1f}")
    still = musculature("lumbar", coupled=False)
    spine = Dynamics(standard_adult(), muscles.coordinates)
    rows = (("coupled", muscles, True), ("still", still, True), ("still, rigid", still, False))
    times = {}
    for name, some, elastic in rows:
        times[name] = right_hand_side(some, spine, q, v, elastic=elastic)
        each = 1e9 * times[name] / len(some)
        print(f"{f'right-hand side, {name}':30}{1e6 * times[name]:9.1f} us, {each:.0f} ns a muscle")
    theirs = mujoco_step(still, spine, q, v)
    if theirs is None:
        return
    step, distance = theirs
    each = 1e9 * step / len(still)
    print(f"{'mj_step, still, rigid':30}{1e6 * step:9.1f} us, {each:.0f} ns a muscle")
    print(
        f"MuJoCo / this: {step / times['still']:.2f} with elastic tendons here, "
        f"{step / times['still, rigid']:.2f} with rigid ones; lengths {distance:.0e} m apart"
    )


if __name__ == "__main__":
    main()
