"""Particles in a box that fall, bounce and lose speed: vectors as objects with operators."""

import sys

SIZE = 800


class Vector:
    """A vector of two dimensions."""

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __mul__(self, factor):
        return Vector(self.x * factor, self.y * factor)

    def length_squared(self):
        """Return the square of the length."""
        return self.x * self.x + self.y * self.y


GRAVITY = Vector(0.0, -9.81)


class Particle:
    """A particle with a position and a velocity."""

    def __init__(self, position, velocity):
        self.position = position
        self.velocity = velocity
        self.bounces = 0

    def step(self, dt):
        """Move by one time step; bounce off the walls."""
        self.velocity = self.velocity + GRAVITY * dt
        self.position = self.position + self.velocity * dt
        if self.position.y < 0.0:
            self.position.y = -self.position.y
            self.velocity.y = -self.velocity.y * 0.9
            self.bounces += 1
        if self.position.x < 0.0 or self.position.x > 100.0:
            self.velocity.x = -self.velocity.x
            self.bounces += 1


def run(n: int) -> str:
    """Return the energy and the bounces after 500 steps of n particles."""
    particles = [Particle(Vector(i % 100, 1.0 + i % 7), Vector(i % 5 - 2.0, i % 3)) for i in range(n)]
    for _ in range(500):
        for particle in particles:
            particle.step(0.01)
    energy = sum(p.velocity.length_squared() / 2 - GRAVITY.y * p.position.y for p in particles)
    return f"{energy:.6f} {sum(p.bounces for p in particles)}"


def main() -> None:
    """Print the checksum of one iteration; the size may be given as an argument."""
    print(run(int(sys.argv[1]) if len(sys.argv) > 1 else SIZE))


if __name__ == "__main__":
    main()
