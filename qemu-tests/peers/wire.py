# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""The other end of a guest's cable: frames made, sent, taken and judged in software.

A scenario has ports with net=stream:NAME,server, and a guest with a port "peer", as for two guests,
that leads here. Its script makes a Peer and gives it functions by name: when the guest asks for one,
with words as arguments, it is called; it returns nothing or what is worth a note, or raises Wrong.
One that is only told something returns SILENT.
"""
import os
import select
import socket
import struct
import sys
import time

SILENT = object()
RUN = os.environ.get("NAX_RUN", "/run/nax")


class Wrong(Exception):
    """What the guest is told that failed."""


def wanted(what, is_, want):
    if is_ != want:
        raise Wrong(f"{what} is {is_!r}, wanted {want!r}")


# ---- frames --------------------------------------------------------------------------------------

def csum(data):
    """Internet checksum, RFC 1071, not complemented if the sum is to be verified: 0 is right."""
    if len(data) & 1:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total ^ 0xffff


def crc32c(data):
    """Castagnoli, RFC 9260 appendix A, bit by bit."""
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return crc ^ 0xffffffff


def mac(text):
    return bytes.fromhex(text.replace(":", ""))


def pattern(length, seed=0):
    return bytes((i * 7 + (i >> 8) + seed) & 0xff for i in range(length))


def addr(text):
    return socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text)


def pseudo(src, dst, proto, length):
    if len(src) == 4:
        return src + dst + struct.pack("!BBH", 0, proto, length)
    return src + dst + struct.pack("!IHBB", length, 0, 0, proto)


TCP, UDP, SCTP = 6, 17, 132


def l4(proto, src, dst, ports, payload, seq=0, flags=0x10, sum_=None):
    """Header and payload; sum_ None: the right checksum, else that value."""
    head = struct.pack("!HH", *ports)
    if proto == UDP:
        head += struct.pack("!HH", 8 + len(payload), 0)
        at = 6
    elif proto == TCP:
        head += struct.pack("!IIHHHH", seq, 0x01020304, 0x5000 | flags, 8192, 0, 0)
        at = 16
    else:
        head += struct.pack("!II", 0xfeedf00d, 0)
        at = 8
    whole = head + payload
    if proto == SCTP:
        value = struct.pack("<I", crc32c(whole)) if sum_ is None else struct.pack("!I", sum_)
        return whole[:at] + value + whole[at + 4:]
    if sum_ is None:
        sum_ = csum(pseudo(src, dst, proto, len(whole)) + whole)
        if proto == UDP and not sum_:
            sum_ = 0xffff
    return whole[:at] + struct.pack("!H", sum_) + whole[at + 2:]


def ip(src, dst, proto, body, ident=0, options=b"", sum_=None):
    if len(src) == 16:
        return struct.pack("!IHBB", 6 << 28, len(body), proto, 64) + src + dst + body
    words = 5 + len(options) // 4
    head = struct.pack("!BBHHHBBH", 0x40 | words, 0, 4 * words + len(body), ident, 0x4000, 64, proto,
                       0) + src + dst + options
    if sum_ is None:
        sum_ = csum(head)
    return head[:10] + struct.pack("!H", sum_) + head[12:] + body


def ether(dst, src, kind, body, vlan=None, pad=True):
    tag = b"" if vlan is None else struct.pack("!HH", 0x8100, vlan)
    frame = mac(dst) + mac(src) + tag + struct.pack("!H", kind) + body
    return frame.ljust(60, b"\0") if pad else frame


def packet(src, dst, proto, ports, payload, dst_mac="02:00:00:00:00:99", src_mac="02:00:00:00:00:98",
           vlan=None, ident=0, options=b"", seq=0, flags=0x10, ip_sum=None, l4_sum=None):
    """An IPv4 or IPv6 packet in a frame, by the text of its addresses."""
    s, d = addr(src), addr(dst)
    body = l4(proto, s, d, ports, payload, seq, flags, l4_sum)
    return ether(dst_mac, src_mac, 0x86dd if len(s) == 16 else 0x0800,
                 ip(s, d, proto, body, ident, options, ip_sum), vlan)


def first_fragment(frame):
    """An untagged IPv4 packet as the first of several."""
    head = bytearray(frame[14:34])
    head[6:8] = b"\x20\x00"		# more fragments follow
    head[10:12] = b"\0\0"
    head[10:12] = struct.pack("!H", csum(bytes(head)))
    return frame[:14] + bytes(head) + frame[34:]


def write_pcap(path, frames):
    with open(path, "wb") as f:
        f.write(struct.pack("<IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for frame in frames:
            f.write(struct.pack("<IIII", 0, 0, len(frame), len(frame)) + frame)


# ---- sockets -------------------------------------------------------------------------------------

def connect(name, seconds=30):
    end = time.monotonic() + seconds
    while True:
        s = socket.socket(socket.AF_UNIX)
        try:
            s.connect(f"{RUN}/{name}")
            return s
        except OSError:
            s.close()
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


class Wire:
    """A stream socket of nicsim: each frame follows its length in 4 bytes."""

    def __init__(self, name):
        self.name = name
        self.sock = connect(name)
        self.data = b""

    def send(self, frame):
        self.sock.sendall(struct.pack("!I", len(frame)) + frame)

    def send_all(self, frames):
        """At once, so that they arrive one on the heels of the other."""
        self.sock.sendall(b"".join(struct.pack("!I", len(f)) + f for f in frames))

    def take(self, seconds):
        """The next frame, or None if none comes in that time."""
        end = time.monotonic() + seconds
        while True:
            if len(self.data) >= 4:
                size = 4 + struct.unpack("!I", self.data[:4])[0]
                if len(self.data) >= size:
                    frame, self.data = self.data[4:size], self.data[size:]
                    return frame
            left = end - time.monotonic()
            if not select.select([self.sock], [], [], max(left, 0))[0]:
                return None
            more = self.sock.recv(1 << 18)
            if not more:
                raise Wrong(f"{self.name}: nicsim has closed it")
            self.data += more

    def drain(self):
        """Frames that are there already."""
        frames = []
        while (frame := self.take(0)) is not None:
            frames.append(frame)
        return frames


def differ(got, want):
    """Where two frames differ, for a message."""
    at = next((i for i, (a, b) in enumerate(zip(got, want)) if a != b), min(len(got), len(want)))
    return (f"byte {at} of {len(got)}, wanted {len(want)} bytes; is {got[at:at + 8].hex()}.., "
            f"wanted {want[at:at + 8].hex()}..; starts {got[:14].hex()}")


def cross(out, back, frames, want, seconds=20, window=64):
    """Send frames into one wire; what comes out of the other must be want, in order."""
    sent = taken = 0
    stale = back.drain()
    if stale:
        raise Wrong(f"{len(stale)} frames nobody waits for, first {stale[0][:40].hex()}")
    # frames and want have different lengths where one frame becomes several
    while taken < len(want):
        while sent < len(frames) and sent * len(want) < (taken + window) * len(frames):
            out.send(frames[sent])
            sent += 1
        got = back.take(seconds)
        if got is None:
            raise Wrong(f"{taken} of {len(want)} frames came, and no other in {seconds} s")
        if got != want[taken]:
            raise Wrong(f"frame {taken}: {differ(got, want[taken])}")
        taken += 1
    got = back.take(0.2)
    if got is not None:
        raise Wrong(f"after all, one more: {got[:64].hex()}")


class Peer:
    """Answers what the guest asks, until it closes."""

    def __init__(self, **functions):
        self.functions = functions

    def serve(self):
        sock = connect("peer.sock")
        lines = sock.makefile("r", encoding="ascii", newline="\n")
        for line in lines:
            # a number, by which the guest knows the answer, a name, arguments
            number, *words = line.split()
            if not words or words[0] not in self.functions:
                answer = "failed: no such function"
            else:
                try:
                    note = self.functions[words[0]](*words[1:])
                    if note is SILENT:
                        continue
                    answer = f"ok {note or ''}"
                except Exception as e:  # pylint: disable=broad-except
                    answer = f"failed: {type(e).__name__}: {e}"
            print(line.strip(), "->", answer, flush=True)
            sock.sendall(f"{number} {' '.join(answer.split())}\n".encode())
        sys.exit(0)
