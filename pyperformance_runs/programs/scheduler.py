"""An operating system's scheduler with tasks of several kinds that send packets to each other."""

import sys
from collections import deque

SIZE = 4000
READY, WAITING, HELD, DONE = range(4)


class Packet:
    """A message that travels from a producer over workers to a device and back."""

    def __init__(self, owner, kind):
        self.owner = owner
        self.kind = kind
        self.data = [0, 0, 0, 0]


class Task:
    """What all tasks have in common: a queue of packets and a state."""

    def __init__(self, scheduler, name, priority):
        self.scheduler = scheduler
        self.name = name
        self.priority = priority
        self.inbox = deque()
        self.state = WAITING
        self.runs = 0

    def receive(self, packet):
        """Take a packet and wake up."""
        self.inbox.append(packet)
        if self.state == WAITING:
            self.state = READY

    def wait(self):
        """Sleep until the next packet."""
        self.state = READY if self.inbox else WAITING

    def run(self):
        """Do one step of work."""
        raise NotImplementedError


class Idle(Task):
    """Counts down, and releases held devices now and then."""

    def __init__(self, scheduler, name, count):
        super().__init__(scheduler, name, 0)
        self.count = count
        self.seed = 1
        self.state = READY

    def run(self):
        """Release one device, chosen by a shift register."""
        self.count -= 1
        if self.count <= 0:
            self.state = DONE
            return
        if self.seed & 1:
            self.seed = (self.seed >> 1) ^ 0xD008
            self.scheduler.release("disk")
        else:
            self.seed >>= 1
            self.scheduler.release("net")


class Producer(Task):
    """Sends packets out, and counts those that come back."""

    def __init__(self, scheduler, name, priority, packets):
        super().__init__(scheduler, name, priority)
        self.returned = 0
        for i in range(packets):
            self.receive(Packet(self, i % 2))

    def run(self):
        """Send one packet to a worker."""
        packet = self.inbox.popleft()
        self.returned += packet.data[0] & 1
        packet.data[0] += 1
        self.scheduler.send("worker0" if packet.data[0] % 2 else "worker1", packet)
        self.wait()


class Worker(Task):
    """Fills a packet with letters and sends it on to a device."""

    letter = 0

    def run(self):
        """Work on one packet."""
        packet = self.inbox.popleft()
        for i in range(1, 4):
            self.letter = (self.letter + 1) % 26
            packet.data[i] = 65 + self.letter
        self.scheduler.send("disk" if packet.kind else "net", packet)
        self.wait()


class Device(Task):
    """Holds itself after each packet until the idle task lets it go on."""

    checksum = 0

    def run(self):
        """Give one packet back to its owner."""
        packet = self.inbox.popleft()
        for value in packet.data:
            self.checksum = (self.checksum * 33 + value) & 0xFFFFFF
        packet.owner.receive(packet)
        self.state = HELD


class Scheduler:
    """Runs the ready task of the highest priority."""

    def __init__(self):
        self.tasks = []
        self.names = {}
        self.sent = 0

    def add(self, task):
        """Add a task, sorted by priority."""
        self.names[task.name] = task
        self.tasks.append(task)
        self.tasks.sort(key=lambda t: -t.priority)
        return task

    def send(self, name, packet):
        """Send a packet to a task."""
        self.sent += 1
        self.names[name].receive(packet)

    def release(self, name):
        """Let a held task go on."""
        task = self.names[name]
        if task.state == HELD:
            task.wait()

    def run(self):
        """Run until no task is ready."""
        while True:
            for task in self.tasks:
                if task.state == READY:
                    task.runs += 1
                    task.run()
                    break
            else:
                return


def run(n: int) -> tuple:
    """Return what was sent and the devices' checksums after about 20 n idle steps."""
    scheduler = Scheduler()
    scheduler.add(Idle(scheduler, "idle", n * 20))
    producers = [scheduler.add(Producer(scheduler, f"producer{i}", 10 + i, 3)) for i in range(3)]
    for i in range(2):
        scheduler.add(Worker(scheduler, f"worker{i}", 20 + i))
    devices = [scheduler.add(Device(scheduler, name, 30)) for name in ("disk", "net")]
    scheduler.run()
    runs = sum(task.runs for task in scheduler.tasks)
    return scheduler.sent, runs, [p.returned for p in producers], [d.checksum for d in devices]


def main() -> None:
    """Print the checksum of one iteration; the size may be given as an argument."""
    print(run(int(sys.argv[1]) if len(sys.argv) > 1 else SIZE))


if __name__ == "__main__":
    main()
