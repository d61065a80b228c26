# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""dpdk-rss: frames of many flows, each with its number in the source address; testpmd tells the hash
and the queue of each, and they must be those of software, which rss_expect has written down."""
import struct
import sys

import wire
from wire import TCP, UDP, SCTP, Wrong, addr, ether, first_fragment, ip, l4, packet, pattern, wanted

FLOWS = 12
QUEUES = 4
# IPv6 extension headers: 8 or 24 bytes each; RFC 8200, RFC 6275 sections 6.3 and 6.4
DESTINATION, ROUTING, FRAGMENT, NO_NEXT = 60, 43, 44, 59
HOME = "2001:db8:ffff::1"


def extension(kind, proto):
    if kind == DESTINATION:
        return struct.pack("!BBBB", proto, 2, 1, 0) + bytes((0xc9, 16)) + addr(HOME) + b"\0\0"
    if kind == ROUTING:
        return struct.pack("!BBBBI", proto, 2, 2, 1, 0) + addr(HOME)
    return struct.pack("!BBHI", proto, 0, 1, 0x12345678)


def extended(kind, src_mac, i):
    s, d = addr(f"2001:db8::{i + 1:x}"), addr("2001:db8:1::2")
    body = l4(UDP, s, d, (1024 + i, 4789), pattern(40))
    return ether(wire_mac, src_mac, 0x86dd, ip(s, d, kind, extension(kind, UDP) + body))


def flow(kind, i, src_mac):
    to = {"src_mac": src_mac, "dst_mac": wire_mac}
    a4, b4, a6, b6 = f"192.0.2.{i + 1}", "198.51.100.7", f"2001:db8::{i * 257 + 1:x}", "2001:db8:1::2"
    ports = (1024 + 33 * i, 80 + i)
    if kind in ("tcp4", "udp4", "sctp4", "tcp6", "udp6"):
        proto = {"t": TCP, "u": UDP, "s": SCTP}[kind[0]]
        return packet(*((a4, b4) if kind[-1] == "4" else (a6, b6)), proto, ports, pattern(30 + i), **to)
    if kind == "tagged":
        return packet(a4, b4, TCP, ports, pattern(30), vlan=0x2000 | i, **to)
    if kind == "options":
        return packet(a4, b4, UDP, ports, pattern(30), options=b"\x01" * 4, **to)
    if kind == "part4":
        return first_fragment(packet(a4, b4, UDP, ports, pattern(64), **to))
    if kind == "other4":
        return ether(wire_mac, src_mac, 0x0800, ip(addr(a4), addr(b4), 253, pattern(40)))
    if kind == "other6":
        return ether(wire_mac, src_mac, 0x86dd, ip(addr(a6), addr(b6), NO_NEXT, b""))
    if kind == "no-ip":
        return ether(wire_mac, src_mac, 0x88b5, pattern(46, i))
    return extended({"home6": DESTINATION, "route6": ROUTING, "part6": FRAGMENT}[kind], src_mac, i)


KINDS = ("tcp4", "udp4", "sctp4", "tagged", "options", "part4", "other4", "tcp6", "udp6", "other6",
         "home6", "route6", "part6", "no-ip")
wire_mac = "02:00:00:00:00:99"
frames = [flow(kind, i, f"02:aa:00:00:{n:02x}:{i:02x}") for n, kind in enumerate(KINDS)
          for i in range(FLOWS)]
if sys.argv[1:] == ["write"]:
    wire.write_pcap(f"{wire.RUN}/frames.pcap", frames)
    sys.exit(0)

told = {}


def send():
    """All frames, not more at a time than fit into one queue's ring."""
    told.clear()
    for frame in frames:
        left.send(frame)
    return f"{len(frames)} frames"


def seen(src_mac, hash_, queue):
    if src_mac.lower() in told:
        told["twice"] = src_mac
    told[src_mac.lower()] = (hash_, int(queue))
    return wire.SILENT


def expected(round_):
    with open(f"{wire.RUN}/expect-{round_}") as f:
        lines = [line.split() for line in f]
    wanted("number of expectations", len(lines), len(frames))
    return lines


def compare(round_):
    """Hash and queue of each frame."""
    if "twice" in told:
        raise Wrong(f"{told['twice']} came twice")
    wanted("frames told of", len(told), len(frames))
    for frame, (hash_, type_, queue) in zip(frames, expected(round_)):
        mac = frame[6:12].hex(":")
        # net_ixgbe tells no hash of these types, though the device has one and a queue by it
        silent = type_ == "none" or type_.endswith("-ex")
        want = ("none" if silent else hex(int(hash_, 16)), int(queue))
        wanted(f"{mac} ({KINDS[frame[10]]}, {type_})", told.get(mac), want)


def counts(round_, *numbers):
    """What each queue's counter says."""
    want = [0] * QUEUES
    for _, _, queue in expected(round_):
        want[int(queue)] += 1
    wanted("packets by queue", [int(n) for n in numbers], want)
    return " ".join(numbers)


left = wire.Wire("left.sock")
wire.Peer(send=send, seen=seen, compare=compare, counts=counts).serve()
