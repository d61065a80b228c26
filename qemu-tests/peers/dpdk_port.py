# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""dpdk-port: whether frames for some address and with some tag come through testpmd's port 0, how they
look behind its port 1, and the cable of port 0."""
import wire
from wire import UDP, Wrong, differ, packet, pattern

count = 0


def frame(dst, vlan=None, length=50):
    """One that is like no other."""
    global count
    count += 1
    return packet("192.0.2.1", "198.51.100.2", UDP, (count & 0xffff, 9), pattern(length, count), dst,
                  vlan=vlan)


def tag(vlan):
    return None if vlan in (None, "none") else int(vlan)


def passes(dst, vlan=None, times=5):
    """Frames come out as they went in."""
    frames = [frame(dst, tag(vlan), 20 + 97 * (n % 15)) for n in range(int(times))]
    wire.cross(left, right, frames, frames)


def both(dst):
    """The same, in either direction."""
    frames = [frame(dst) for _ in range(8)]
    wire.cross(left, right, frames, frames)
    wire.cross(right, left, frames, frames)


def stops(dst, vlan=None):
    """They do not come out, while broadcasts between them do."""
    lost = [frame(dst, tag(vlan)) for _ in range(4)]
    through = [frame("ff:ff:ff:ff:ff:ff") for _ in range(5)]
    mixed = [f for pair in zip(through, lost) for f in pair] + through[4:]
    wire.cross(left, right, mixed, through)


def strips(dst, vlan):
    """They come out without their tag, padded to the least length where they had it by the tag."""
    frames = [frame(dst, tag(vlan), 20 + n) for n in range(12)]
    wire.cross(left, right, frames, [(f[:12] + f[16:]).ljust(60, b"\0") for f in frames])


def inserts(dst, vlan):
    """They come out with a tag, and with their addresses exchanged."""
    frames = [frame(dst, None, 20 + n) for n in range(12)]
    want = [f[6:12] + f[:6] + b"\x81\0" + int(vlan).to_bytes(2, "big") + f[12:] for f in frames]
    wire.cross(left, right, frames, want)


def lengths(*sizes):
    """Unicast frames of these lengths, without check sequence, then 3 broadcasts and 2 multicasts of 60."""
    frames = [packet("192.0.2.1", "198.51.100.2", UDP, (1, 2), pattern(int(n) - 42)) for n in sizes]
    frames += [frame("ff:ff:ff:ff:ff:ff", None, 18)] * 3 + [frame("01:00:5e:00:00:01", None, 18)] * 2
    wire.cross(left, right, frames, frames)


def ether_type(kind, times):
    """Frames of an EtherType, and as many of IPv4; all come through."""
    other = [wire.ether("02:00:00:00:00:99", "02:00:00:00:00:98", int(kind, 16), pattern(50, n))
             for n in range(int(times))]
    frames = [f for pair in zip(other, (frame("02:00:00:00:00:99") for _ in other)) for f in pair]
    # two queues: in order by queue alone
    for f in frames:
        left.send(f)
    got = [right.take(20) for _ in frames]
    if sorted(f or b"" for f in got) != sorted(frames):
        raise Wrong(f"{sum(f is not None for f in got)} of {len(frames)} frames came, or others")


def lost(dst, times):
    """Frames that nobody takes: their queue is off."""
    for _ in range(int(times)):
        left.send(frame(dst))
    got = right.take(0.5)
    if got is not None:
        raise Wrong(f"came: {differ(got, b'')}")


def unplug():
    left.sock.close()


def plug():
    global left
    left = wire.Wire("left.sock")


left, right = wire.Wire("left.sock"), wire.Wire("right.sock")
wire.Peer(passes=passes, both=both, stops=stops, strips=strips, inserts=inserts, lengths=lengths,
          ether_type=ether_type, lost=lost, unplug=unplug, plug=plug).serve()
