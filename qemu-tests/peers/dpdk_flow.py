# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""dpdk-flow: a frame of each kind, with its number in the source address; testpmd tells to which queue
it came."""
import wire
from wire import TCP, UDP, SCTP, ether, packet, pattern, wanted

A, B = "192.0.2.1", "198.51.100.2"
KINDS = {
    "udp": ((A, B, UDP, (1000, 2000)), {}),
    "udp-port": ((A, B, UDP, (1001, 2000)), {}),
    "udp-port2": ((A, B, UDP, (1002, 2000)), {}),
    "udp-dest": ((A, B, UDP, (1000, 2001)), {}),
    "udp-source": (("192.0.2.2", B, UDP, (1000, 2000)), {}),
    "tcp": ((A, B, TCP, (1000, 2000)), {}),
    "tcp-port": ((A, B, TCP, (1000, 2002)), {}),
    "syn": (("192.0.2.3", B, TCP, (5, 6)), {"flags": 0x02}),
    "syn6": (("2001:db8::1", "2001:db8::2", TCP, (5, 6)), {"flags": 0x02}),
    "sctp": ((A, B, SCTP, (1000, 2000)), {}),
    "udp6": (("2001:db8::1", "2001:db8::2", UDP, (1000, 2000)), {}),
}
frames = {name: packet(*args, pattern(40), src_mac=f"02:aa:00:00:00:{n:02x}", **more)
          for n, (name, (args, more)) in enumerate(KINDS.items())}
frames["ether"] = ether("02:00:00:00:00:99", "02:aa:00:00:00:ff", 0x88f7, pattern(50))
told = {}


def send():
    """One of each."""
    told.clear()
    for frame in frames.values():
        left.send(frame)
    return f"{len(frames)} frames"


def seen(src_mac, _, queue):
    told.setdefault(src_mac.lower(), []).append(queue)
    return wire.SILENT


def expect(*words):
    """What came where: NAME=QUEUE or NAME=gone; all others to queue 0."""
    want = dict(word.split("=") for word in words)
    for name, frame in frames.items():
        place = want.pop(name, "0")
        wanted(name, told.get(frame[6:12].hex(":"), []), [] if place == "gone" else [place])
    wanted("names that are no frame", want, {})


left = wire.Wire("left.sock")
wire.Peer(send=send, seen=seen, expect=expect).serve()
