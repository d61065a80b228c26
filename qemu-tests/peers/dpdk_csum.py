# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""dpdk-csum: what testpmd's csum engine sends on must have the checksums of software, whatever came
in; and TCP that it lets the device segment must be what software would have made of it."""
import wire
from wire import TCP, UDP, SCTP, Wrong, packet, pattern

A4, B4 = "192.0.2.1", "198.51.100.2"
A6, B6 = "2001:db8::1", "2001:db8:1::2"
GARBAGE = 0xdead
SEGMENT = 800


def kinds(sums):
    """Packets of every kind that has checksums; sums False: right ones, True: none is."""
    bad = {"ip_sum": GARBAGE, "l4_sum": GARBAGE} if sums else {}
    frames = []
    for a, b in ((A4, B4), (A6, B6)):
        for proto in (UDP, TCP):
            # padding behind short ones; odd and even; a full frame
            for length in (0, 1, 5, 64, 333, 1000, 1400):
                frames.append(packet(a, b, proto, (1000 + length, 2000), pattern(length, length), **bad))
            frames.append(packet(a, b, proto, (7, 8), pattern(700), vlan=0x2123, **bad))
        frames.append(packet(a, b, SCTP, (9, 10), pattern(132), **bad))
    for proto in (UDP, TCP):
        frames.append(packet(A4, B4, proto, (11, 12), pattern(99), options=b"\x01" * 8, **bad))
    return frames


def sums(rounds):
    """Frames with garbage where checksums belong: they come out with the right ones."""
    wire.cross(left, right, kinds(True) * int(rounds), kinds(False) * int(rounds))
    wire.cross(right, left, kinds(True) * int(rounds), kinds(False) * int(rounds))
    return f"{2 * int(rounds) * len(kinds(True))} frames"


def special():
    """UDP without a checksum keeps none; one that would be 0 is sent as all ones."""
    none = packet(A4, B4, UDP, (13, 14), pattern(50), l4_sum=0)
    for value in range(65536):
        zero = packet(A4, B4, UDP, (15, 16), value.to_bytes(2, "big") + pattern(40))
        if zero[40:42] == b"\xff\xff":
            break
    else:
        raise Wrong("no payload gives 0")
    spoilt = zero[:40] + b"\x12\x34" + zero[42:]
    wire.cross(left, right, [none, spoilt], [none, zero])


def verdicts():
    """Right and wrong sums for the receiver's own judgement: testpmd counts the wrong ones. Of UDP it
    counts none: its driver does not believe an 82599 there, for the sake of UDP without checksums."""
    good = [packet(A4, B4, proto, (1, 2), pattern(n)) for proto in (UDP, TCP) for n in (20, 21)]
    bad = ([packet(A4, B4, UDP, (1, 2), pattern(30), ip_sum=GARBAGE)] * 3 +
           [packet(A4, B4, UDP, (1, 2), pattern(31), l4_sum=GARBAGE)] * 4 +
           [packet(A4, B4, TCP, (1, 2), pattern(31), l4_sum=GARBAGE)] +
           [packet(A6, B6, TCP, (1, 2), pattern(31), l4_sum=GARBAGE)])
    fixed = ([packet(A4, B4, UDP, (1, 2), pattern(30))] * 3 +
             [packet(A4, B4, UDP, (1, 2), pattern(31))] * 4 +
             [packet(A4, B4, TCP, (1, 2), pattern(31)), packet(A6, B6, TCP, (1, 2), pattern(31))])
    wire.cross(left, right, good + bad, good + fixed)


def segments(a, b, length, flags, ident, seq, vlan):
    """The packet, with garbage for checksums, and the frames that it is to become."""
    data = pattern(length, length)
    fin_psh, cwr = 0x09, 0x80
    whole = packet(a, b, TCP, (4000, 5000), data, ident=ident, seq=seq, flags=flags, vlan=vlan,
                   ip_sum=GARBAGE, l4_sum=GARBAGE)
    parts = []
    for n, at in enumerate(range(0, length, SEGMENT)):
        part = flags
        # By the masks that DTXTCPFLGL and DTXTCPFLGH have after reset, 0xff6 for first and middle
        # and 0xf7f for the last segment, the last alone is without CWR; so a card was seen to do
        # it (FreeBSD, review D44258).
        if at + SEGMENT < length:
            part &= ~fin_psh
        else:
            part &= ~cwr
        parts.append(packet(a, b, TCP, (4000, 5000), data[at:at + SEGMENT], ident=ident + n & 0xffff,
                            seq=seq + at & 0xffffffff, flags=part, vlan=vlan))
    return whole, parts


def tso():
    """Packets of up to 9000 bytes become segments of 800."""
    frames, want = [], []
    for a, b in ((A4, B4), (A6, B6)):
        for length in (801, 1600, 1601, 2399, 4000, 8003, 8890):
            for flags in (0x10, 0x19, 0x99):
                # sequence number and identification wrap
                whole, parts = segments(a, b, length, flags, 0xfffc, 0xfffff000, None)
                frames.append(whole)
                want += parts
        whole, parts = segments(a, b, 5000, 0x18, 1, 1, 0x0042)
        frames.append(whole)
        want += parts
    # what needs no segments goes between
    single = packet(A4, B4, TCP, (1, 2), pattern(700), l4_sum=GARBAGE, ip_sum=GARBAGE)
    frames.append(single)
    want.append(packet(A4, B4, TCP, (1, 2), pattern(700)))
    wire.cross(left, right, frames * 4, want * 4, window=200)
    return f"{4 * len(frames)} packets became {4 * len(want)} frames"


left, right = wire.Wire("left.sock"), wire.Wire("right.sock")
wire.Peer(sums=sums, special=special, verdicts=verdicts, tso=tso).serve()
