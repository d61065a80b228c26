# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""An AF_XDP socket whose program takes nothing out of its ring until that is full, again and again.

xsk_slow.py INTERFACE MAC NAMESPACE OTHER: frames to MAC leave by OTHER, in that network namespace. While nothing
is given back, no two frames may be in one place; and what is in each place is a frame of its own, as it was sent.
Prints a line at the end.
"""
import collections
import ctypes
import mmap
import os
import socket
import struct
import sys
import time

BPF, MAP_CREATE, MAP_UPDATE, PROG_LOAD, LINK_CREATE = 321, 0, 2, 5, 28
MAP_XSKMAP, PROG_XDP, ATTACH_XDP, DRV_MODE = 17, 6, 37, 4
AF_XDP, SOL_XDP, ZEROCOPY = 44, 283, 4
MMAP_OFFSETS, RX_RING, UMEM_REG, FILL_RING, COMPLETION_RING, STATISTICS = 1, 2, 4, 5, 6, 7
PAGE_OFFSET = {RX_RING: 0, FILL_RING: 0x100000000}
NEWNET = 0x40000000

CHUNK, CHUNKS, ROOM = 4096, 2048, 64
EXPERIMENT = b"\x88\xb5"

interface, mac, namespace, other = sys.argv[1:5]
libc = ctypes.CDLL(None, use_errno=True)


def checked(value, what):
    if value < 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")
    return value


def bpf(command, attr):
    return checked(libc.syscall(BPF, command, ctypes.create_string_buffer(attr, 128), len(attr)), "bpf")


def octets(address):
    return bytes.fromhex(address.replace(":", ""))


class Ring:
    """One ring of a socket, of which nobody else in this process knows."""

    def __init__(self, sock, kind, size, offsets, entry):
        self.producer, self.consumer, self.first = offsets[:3]
        self.size, self.entry = size, struct.Struct(entry)
        self.map = mmap.mmap(sock.fileno(), self.first + size * self.entry.size, offset=PAGE_OFFSET[kind])

    def index(self, at):
        return struct.unpack_from("I", self.map, at)[0]

    def place(self, index):
        return self.first + index % self.size * self.entry.size

    def put(self, entries):
        index = self.index(self.producer)
        for entry in entries:
            self.entry.pack_into(self.map, self.place(index), entry)
            index = index + 1 & 0xFFFFFFFF
        struct.pack_into("I", self.map, self.producer, index)

    def take(self):
        index, end = self.index(self.consumer), self.index(self.producer)
        entries = []
        while index != end:
            entries.append(self.entry.unpack_from(self.map, self.place(index)))
            index = index + 1 & 0xFFFFFFFF
        struct.pack_into("I", self.map, self.consumer, index)
        return entries


class Socket:
    """A socket without copies on queue 0, to which a program redirects all that comes."""

    def __init__(self):
        self.sock = socket.socket(AF_XDP, socket.SOCK_RAW)
        self.memory = mmap.mmap(-1, CHUNK * CHUNKS)
        start = ctypes.addressof(ctypes.c_char.from_buffer(self.memory))
        self.sock.setsockopt(SOL_XDP, UMEM_REG, struct.pack("QQIIII", start, CHUNK * CHUNKS, CHUNK, 0, 0, 0))
        for kind, size in (FILL_RING, CHUNKS), (COMPLETION_RING, ROOM), (RX_RING, ROOM):
            self.sock.setsockopt(SOL_XDP, kind, struct.pack("I", size))
        offsets = struct.unpack("16Q", self.sock.getsockopt(SOL_XDP, MMAP_OFFSETS, 128))
        self.rx = Ring(self.sock, RX_RING, ROOM, offsets[0:4], "QII")
        self.fill = Ring(self.sock, FILL_RING, CHUNKS, offsets[8:12], "Q")
        self.fill.put(i * CHUNK for i in range(CHUNKS))
        self.index = socket.if_nametoindex(interface)
        address = struct.pack("HHIII", AF_XDP, ZEROCOPY, self.index, 0, 0)
        checked(libc.bind(self.sock.fileno(), address, len(address)), "bind")
        self.redirect()

    def redirect(self):
        sockets = bpf(MAP_CREATE, struct.pack("IIII", MAP_XSKMAP, 4, 4, 1))
        key, value = ctypes.c_uint32(0), ctypes.c_uint32(self.sock.fileno())
        bpf(MAP_UPDATE, struct.pack("IIQQQ", sockets, 0, ctypes.addressof(key), ctypes.addressof(value), 0))
        # r2 = rx_queue_index; r1 = sockets; r3 = XDP_PASS; r0 = bpf_redirect_map(r1, r2, r3); exit
        code = b"".join(struct.pack("<BBhi", *i) for i in (
            (0x61, 0x12, 16, 0), (0x18, 0x11, 0, sockets), (0, 0, 0, 0), (0xB7, 3, 0, 2), (0x85, 0, 0, 51),
            (0x95, 0, 0, 0)))
        text, licence = ctypes.create_string_buffer(code), ctypes.create_string_buffer(b"GPL")
        program = bpf(PROG_LOAD, struct.pack("IIQQ", PROG_XDP, len(code) // 8, ctypes.addressof(text),
                                             ctypes.addressof(licence)))
        self.link = bpf(LINK_CREATE, struct.pack("IIII", program, self.index, ATTACH_XDP, DRV_MODE))

    def refused(self):
        """Frames for which there was no room in the ring."""
        return struct.unpack("6Q", self.sock.getsockopt(SOL_XDP, STATISTICS, 48))[3]


class Peer:
    """The other end, whose frames are numbered."""

    def __init__(self):
        here = os.open("/proc/self/ns/net", os.O_RDONLY)
        there = os.open(f"/run/netns/{namespace}", os.O_RDONLY)
        checked(libc.setns(there, NEWNET), "setns")
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        self.sock.bind((other, 0))
        checked(libc.setns(here, NEWNET), "setns")
        self.head = octets(mac) + self.sock.getsockname()[4] + EXPERIMENT
        self.sent = 0

    def send(self, n):
        for _ in range(n):
            self.sock.send(self.frame(self.sent))
            self.sent += 1

    def frame(self, number):
        return self.head + struct.pack("<I", number) * 40


class Test:
    """Both, and what is known of the frames that came."""

    def __init__(self):
        self.socket = Socket()
        self.peer = Peer()
        self.numbers = set()
        self.places = collections.Counter()

    def take(self):
        n = 0
        for address, length, _ in self.socket.rx.take():
            place = address // CHUNK * CHUNK
            data = self.socket.memory[address:address + length]
            self.places[place] += 1
            if self.places[place] > 1:
                sys.exit(f"{len(self.numbers)} frames have come: chunk {place // CHUNK} has two of them")
            if data[12:14] != EXPERIMENT:
                continue
            number = struct.unpack_from("<I", data, 14)[0]
            if data != self.peer.frame(number) or number in self.numbers or number >= self.peer.sent:
                sys.exit(f"frame {number} of {self.peer.sent}, {length} bytes: is another's, or came before")
            self.numbers.add(number)
            n += 1
        return n

    def settle(self):
        """Until nothing has come for a while."""
        seen = None
        while seen != (seen := (self.socket.refused(), self.socket.rx.index(self.socket.rx.producer))):
            time.sleep(0.3)

    def begin(self):
        """The device's receive path has been set up anew, with its link, maybe."""
        end = time.monotonic() + 60
        while not self.take():
            if time.monotonic() > end:
                sys.exit("no frame comes")
            self.peer.send(1)
            time.sleep(0.1)
        self.settle()
        self.take()

    def slow(self):
        for i in range(20):
            before = self.socket.refused()
            self.peer.send(400 if i == 0 else ROOM + 36)
            self.settle()
            refused, taken = self.socket.refused() - before, self.take()
            if not refused or taken != ROOM:
                sys.exit(f"round {i}: {refused} frames refused, {taken} taken: must be some, and {ROOM}")

    def quick(self):
        """All has been given back: frames come one like the other."""
        self.socket.fill.put(self.places)
        self.places.clear()
        for i in range(40):
            self.peer.send(10)
            end = time.monotonic() + 20
            taken = 0
            while taken < 10:
                taken += self.take()
                if time.monotonic() > end:
                    sys.exit(f"round {i}: {taken} frames of 10")


def main():
    test = Test()
    test.begin()
    test.slow()
    test.quick()
    print(f"{test.peer.sent} frames, {test.socket.refused()} refused")


main()
