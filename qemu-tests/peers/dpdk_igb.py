# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""dpdk-igb: frames of many kinds and lengths come through testpmd unchanged, both ways."""
import wire
from wire import TCP, UDP, packet, pattern


def kinds():
    frames = []
    for a, b in (("192.0.2.1", "198.51.100.2"), ("2001:db8::1", "2001:db8:1::2")):
        for proto in (UDP, TCP):
            for length in range(0, 1400, 57):
                frames.append(packet(a, b, proto, (1000 + length, 2000), pattern(length, length)))
            frames.append(packet(a, b, proto, (7, 8), pattern(700), vlan=0x2123))
    return frames


def through(rounds):
    """Out and back."""
    frames = kinds() * int(rounds)
    wire.cross(left, right, frames, frames)
    wire.cross(right, left, frames, frames)
    return f"{2 * len(frames)} frames"


left, right = wire.Wire("left.sock"), wire.Wire("right.sock")
wire.Peer(through=through).serve()
