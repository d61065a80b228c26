# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""ixgbe-rss: frames of many flows into a datagram socket of nicsim, and into KIND.pcap for rss_expect.

    rss.py SOCKET MAC KIND COUNT
"""
import ipaddress
import random
import socket
import sys

import wire
from wire import TCP, UDP, addr, ether, first_fragment, ip, packet, pattern

# For experiments (RFC 3692), and of IPv6
EXPERIMENT, NO_NEXT = 253, 59
SOURCE = "02:00:00:00:00:ee"
KINDS = {"tcp4": (4, TCP), "udp4": (4, UDP), "frag4": (4, UDP), "ip4": (4, EXPERIMENT),
         "tcp6": (6, TCP), "udp6": (6, UDP), "ip6": (6, NO_NEXT)}


def flow(kind, to):
    """The next one, with addresses of networks for benchmarks (RFC 2544) and documentation: no host answers."""
    version, proto = KINDS[kind]
    if version == 4:
        ends = [f"198.{net}.{ROLL(256)}.{ROLL(256)}" for net in (18, 19)]
    else:
        ends = [str(ipaddress.IPv6Address((0x20010db8 << 96) | GENERATOR.getrandbits(96))) for _ in "ab"]
    if proto in (TCP, UDP):
        frame = packet(*ends, proto, (ROLL(65536), ROLL(65536)), pattern(32), dst_mac=to, src_mac=SOURCE)
        return first_fragment(frame) if kind == "frag4" else frame
    body = pattern(32) if version == 4 else b""
    return ether(to, SOURCE, 0x0800 if version == 4 else 0x86dd, ip(addr(ends[0]), addr(ends[1]), proto, body))


name, mac_to, kind_, count = sys.argv[1:]
GENERATOR = random.Random(kind_)
ROLL = GENERATOR.randrange
frames = [flow(kind_, mac_to) for _ in range(int(count))]
wire.write_pcap(f"{wire.RUN}/{kind_}.pcap", frames)
with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
    sock.connect(f"{wire.RUN}/{name}")
    for each in frames:
        sock.send(each)
