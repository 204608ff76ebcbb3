"""Points on a sphere's curve, normalized and compared: small objects full of floats."""

import sys
from math import cos, sin, sqrt

SIZE = 250000


class Point:
    """A point in space."""

    def __init__(self, i):
        self.x = x = sin(i)
        self.y = cos(i) * 3
        self.z = x * x / 2

    def __repr__(self):
        return f"Point({self.x:.9f}, {self.y:.9f}, {self.z:.9f})"

    def normalize(self):
        """Scale the point to length one."""
        norm = sqrt(self.x * self.x + self.y * self.y + self.z * self.z)
        self.x /= norm
        self.y /= norm
        self.z /= norm

    def maximize(self, other):
        """Take the greater of each coordinate."""
        self.x = self.x if self.x > other.x else other.x
        self.y = self.y if self.y > other.y else other.y
        self.z = self.z if self.z > other.z else other.z
        return self


def run(n: int) -> str:
    """Return the maximum over n normalized points."""
    points = [Point(float(i)) for i in range(n)]
    for p in points:
        p.normalize()
    top = points[0]
    for p in points[1:]:
        top = top.maximize(p)
    return repr(top)


def main() -> None:
    """Print the checksum of one iteration; the size may be given as an argument."""
    print(run(int(sys.argv[1]) if len(sys.argv) > 1 else SIZE))


if __name__ == "__main__":
    main()
