"""The orbits of the Jovian planets, integrated with a symplectic scheme."""

import sys

SIZE = 60000
PI = 3.14159265358979323
SOLAR_MASS = 4 * PI * PI
DAYS = 365.24


def system():
    """Return the sun and four planets as (position, velocity, mass)."""
    bodies = [
        ([0.0, 0.0, 0.0], [0.0, 0.0, 0.0], SOLAR_MASS),
        (
            [4.84143144246472090, -1.16032004402742839, -0.103622044471123109],
            [0.00166007664274403694 * DAYS, 0.00769901118419740425 * DAYS, -0.0000690460016972063023 * DAYS],
            0.000954791938424326609 * SOLAR_MASS,
        ),
        (
            [8.34336671824457987, 4.12479856412430479, -0.403523417114321381],
            [-0.00276742510726411049 * DAYS, 0.00499852801234917238 * DAYS, 0.0000230417297573763929 * DAYS],
            0.000285885980666130812 * SOLAR_MASS,
        ),
        (
            [12.8943695621391310, -15.1111514016986312, -0.223307578892655734],
            [0.00296460137564761618 * DAYS, 0.00237847173959480950 * DAYS, -0.0000296589568540237556 * DAYS],
            0.0000436624404335156298 * SOLAR_MASS,
        ),
        (
            [15.3796971148509165, -25.9193146099879641, 0.179258772950371181],
            [0.00268067772490389322 * DAYS, 0.00162824170038242295 * DAYS, -0.0000951592254519715870 * DAYS],
            0.0000515138902046611451 * SOLAR_MASS,
        ),
    ]
    momentum = [0.0, 0.0, 0.0]
    for _, velocity, mass in bodies:
        for axis in range(3):
            momentum[axis] -= velocity[axis] * mass / SOLAR_MASS
    bodies[0][1][:] = momentum
    return bodies


def advance(dt, steps, bodies, pairs):
    """Move all bodies by `steps` steps of `dt` years."""
    for _ in range(steps):
        for (pos1, vel1, mass1), (pos2, vel2, mass2) in pairs:
            dx = pos1[0] - pos2[0]
            dy = pos1[1] - pos2[1]
            dz = pos1[2] - pos2[2]
            mag = dt * (dx * dx + dy * dy + dz * dz) ** -1.5
            push1 = mass1 * mag
            push2 = mass2 * mag
            vel1[0] -= dx * push2
            vel1[1] -= dy * push2
            vel1[2] -= dz * push2
            vel2[0] += dx * push1
            vel2[1] += dy * push1
            vel2[2] += dz * push1
        for pos, vel, _mass in bodies:
            pos[0] += dt * vel[0]
            pos[1] += dt * vel[1]
            pos[2] += dt * vel[2]


def energy(bodies, pairs):
    """Return the total energy."""
    total = 0.0
    for _, (vx, vy, vz), mass in bodies:
        total += 0.5 * mass * (vx * vx + vy * vy + vz * vz)
    for (pos1, _, mass1), (pos2, _, mass2) in pairs:
        dx = pos1[0] - pos2[0]
        dy = pos1[1] - pos2[1]
        dz = pos1[2] - pos2[2]
        total -= mass1 * mass2 / (dx * dx + dy * dy + dz * dz) ** 0.5
    return total


def run(n: int) -> str:
    """Advance the system by `n` steps and return its energy."""
    bodies = system()
    pairs = [(a, b) for i, a in enumerate(bodies) for b in bodies[i + 1 :]]
    advance(0.01, n, bodies, pairs)
    return f"{energy(bodies, pairs):.9f}"


def main() -> None:
    """Print the checksum of one iteration; the size may be given as an argument."""
    print(run(int(sys.argv[1]) if len(sys.argv) > 1 else SIZE))


if __name__ == "__main__":
    main()
