# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""dpdk-lro: TCP that the device joins on its way in and cuts up again on its way out of testpmd comes
out as it was sent; packets that may not be joined come through alone."""
import wire
from wire import TCP, UDP, Wrong, differ, packet, pattern

SEGMENT = 1000
ACK, PSH = 0x10, 0x08
LINES = (("192.0.2.1", 4000), ("192.0.2.2", 4000), ("192.0.2.1", 4001), ("192.0.2.3", 4000))


def stream(line, count, seq=0xffff0000, ident=0xfff0):
    """Segments of one connection: sequence number and identification wrap, the last one has PSH."""
    src, port = line
    return [packet(src, "198.51.100.2", TCP, (port, 80), pattern(SEGMENT, n + port), ident=ident + n & 0xffff,
                   seq=seq + n * SEGMENT & 0xffffffff, flags=ACK | (PSH if n == count - 1 else 0))
            for n in range(count)]


def by_flow(frames):
    flows = {}
    for frame in frames:
        flows.setdefault(frame[23:24] + frame[26:38], []).append(frame)
    return flows


def exchange(frames, window=64):
    """Send; what comes out must be the same, in order within each flow."""
    stale = right.drain()
    if stale:
        raise Wrong(f"{len(stale)} frames nobody waits for")
    got = []
    for at in range(0, len(frames), window):
        part = frames[at:at + window]
        left.send_all(part)
        for _ in part:
            frame = right.take(20)
            if frame is None:
                raise Wrong(f"{len(got)} of {len(frames)} frames came, and no other in 20 s")
            got.append(frame)
    want = by_flow(frames)
    have = by_flow(got)
    for flow, sent in want.items():
        came = have.get(flow, [])
        for n, frame in enumerate(sent):
            if n >= len(came) or came[n] != frame:
                raise Wrong(f"flow {flow.hex()} frame {n} of {len(came)}: "
                            f"{differ(came[n] if n < len(came) else b'', frame)}")
    extra = right.take(0.3)
    if extra is not None:
        raise Wrong(f"after all, one more: {extra[:64].hex()}")
    return f"{len(frames)} frames"


def one(count):
    """One connection."""
    return exchange(stream(LINES[0], int(count)))


def mixed(count):
    """Four connections and UDP in turn."""
    streams = [stream(line, int(count)) for line in LINES]
    streams.append([packet("192.0.2.1", "198.51.100.2", UDP, (4000, 80), pattern(SEGMENT, n), ident=n)
                    for n in range(int(count))])
    return exchange([frame for turn in zip(*streams) for frame in turn], 60)


def single():
    """Segments that may not be joined: each has PSH, or flags beside ACK, or a gap before it."""
    frames = []
    for n in range(40):
        flags = (ACK | PSH, ACK | 0x20, ACK | 0x40)[n % 3]
        frames.append(packet("192.0.2.9", "198.51.100.2", TCP, (5000, 80), pattern(300, n), ident=n,
                             seq=n * 300, flags=flags))
    for n in range(40):
        frames.append(packet("192.0.2.8", "198.51.100.2", TCP, (5000, 80), pattern(300, n), ident=n,
                             seq=n * 301, flags=ACK))
    return exchange(frames, 40)


left, right = wire.Wire("left.sock"), wire.Wire("right.sock")
wire.Peer(one=one, mixed=mixed, single=single).serve()
