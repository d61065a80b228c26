# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""One allocation of nax.ko after the other fails, in everything an administrator does with a device.

fail_nth.py PCI INTERFACE STEP: of each STEP the n-th allocation fails, for n = 1, 2, .. until the step has
fewer. A step that fails must say ENOMEM, and work when it is tried again. Prints a line at the end.

A probe has hundreds of allocations, and takes seconds: there the next try, as a rule, is the one with the next
fault, which must come as far as that; every eighth time there is a whole one.
"""
import collections
import ctypes
import errno
import fcntl
import glob
import os
import socket
import struct
import sys
import time

# What else Linux says when it has no memory: netdev_register_kobject() goes on without a name, which a device needs;
# __request_region() says what it says of a region that is taken; msi_handle_pci_fail() knows one reason alone, and
# __pci_enable_msix_range() says of a domain that it has no memory for that there is none; neigh_sysctl_register() says
# ENOBUFS of whatever it is.
linux_says = collections.defaultdict(tuple, {
    "probe": (errno.EINVAL, errno.EBUSY, errno.ENOSPC, errno.ENODEV, errno.ENOBUFS),
})

TRY_EVERY = collections.defaultdict(lambda: 1, {"probe": 8})

SIOCETHTOOL = 0x8946
GRINGPARAM, SRINGPARAM = 0x10, 0x11
GCHANNELS, SCHANNELS = 0x3C, 0x3D
BPF, PROG_LOAD, LINK_CREATE = 321, 5, 28
PROG_XDP, ATTACH_XDP = 6, 37
IFF_UP = 1

pci, interface = sys.argv[1:3]
net = f"/sys/class/net/{interface}"
driver = "/sys/bus/pci/drivers/nax_ixgbe"
control = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
libc = ctypes.CDLL(None, use_errno=True)


def write(path, text):
    with open(path, "wb", buffering=0) as file:
        file.write(str(text).encode())


def read(path):
    with open(path) as file:
        return file.read().strip()


def functions(wanted):
    """Where the kernel's functions begin, and where those that are wanted begin and end."""
    lines = [line.rstrip("\n").split(None, 2) for line in open("/proc/kallsyms")]
    text = sorted((int(address, 16), name) for address, kind, name in lines if kind in "tT")
    found = [address for address, name in text if wanted(name)]
    return found[0], next((address for address, _ in text if address > found[-1]), found[-1] + 1)


def filters():
    """Only what is called by a function of nax.ko may fail: fail-nth counts for every kind of fault.

    Nor in ACPI's search for the line of an interrupt: after a failed allocation Linux 6.12 uses memory that
    it has freed there (KASAN: acpi_ns_get_attached_object).
    """
    first, end = functions(lambda name: name.endswith("\t[nax]"))
    acpi, acpi_end = functions(lambda name: name.startswith("acpi_pci_irq_") and "." not in name)
    for start in glob.glob("/sys/kernel/debug/fail*/require-start"):
        folder = os.path.dirname(start)
        write(f"{folder}/stacktrace-depth", 32)
        write(start, hex(first))
        write(f"{folder}/require-end", hex(end))
        write(f"{folder}/reject-start", hex(acpi))
        write(f"{folder}/reject-end", hex(acpi_end))
        write(f"{folder}/verbose", 0)
    for fault in "failslab", "fail_page_alloc":
        write(f"/sys/kernel/debug/{fault}/ignore-gfp-wait", "N")
    write("/sys/kernel/debug/fail_page_alloc/ignore-gfp-highmem", "N")
    write("/sys/kernel/debug/fail_page_alloc/min-order", 0)


def ethtool(command, size, fields=()):
    """A struct of u32s: read, or changed at some places and written."""
    data = bytearray(struct.pack("I", command).ljust(size, b"\0"))
    for at, value in fields:
        struct.pack_into("I", data, at, value)
    buffer = ctypes.create_string_buffer(bytes(data), size)
    request = bytearray(struct.pack("16sQ16x", interface.encode(), ctypes.addressof(buffer)))
    fcntl.ioctl(control, SIOCETHTOOL, request)
    return buffer.raw


def rings():
    """The other one of two sizes, for both sides."""
    now = struct.unpack("9I", ethtool(GRINGPARAM, 36))
    size = 128 if now[5] == 64 else 64
    fields = [(4 * (i + 1), now[i + 1]) for i in range(8)]
    fields += [(4 * 5, size), (4 * 8, size)]
    ethtool(SRINGPARAM, 36, fields)


def channels():
    now = struct.unpack("9I", ethtool(GCHANNELS, 36))
    fields = [(4 * (i + 1), now[i + 1]) for i in range(8)]
    fields += [(4 * 8, 3 - now[8])]
    ethtool(SCHANNELS, 36, fields)


def mtu():
    write(f"{net}/mtu", 4000 if read(f"{net}/mtu") == "1500" else 1500)


def up():
    write(f"{net}/flags", hex(int(read(f"{net}/flags"), 16) | IFF_UP))


def down():
    write(f"{net}/flags", hex(int(read(f"{net}/flags"), 16) & ~IFF_UP))


def bind():
    write(f"{driver}/bind", pci)


def unbind():
    down()
    write(f"{driver}/unbind", pci)


def bpf(command, attr):
    data = ctypes.create_string_buffer(attr, 128)
    fd = libc.syscall(BPF, command, data, len(attr))
    if fd < 0:
        raise OSError(ctypes.get_errno(), "bpf")
    return fd


class Xdp:
    """A program that passes everything, attached and taken away."""

    def __init__(self):
        # r0 = XDP_PASS; exit
        self.code = ctypes.create_string_buffer(struct.pack("<BBhiBBhi", 0xB7, 0, 0, 2, 0x95, 0, 0, 0))
        self.licence = ctypes.create_string_buffer(b"GPL")
        self.program = bpf(PROG_LOAD, struct.pack("<IIQQ", PROG_XDP, 2, ctypes.addressof(self.code),
                                                  ctypes.addressof(self.licence)))
        self.link = -1

    def attach(self):
        index = int(read(f"{net}/ifindex"))
        self.link = bpf(LINK_CREATE, struct.pack("<IIII", self.program, index, ATTACH_XDP, 4))

    def detach(self):
        os.close(self.link)


def restart():
    write("/sys/module/queue_restart/parameters/restart", f"{interface} 1")


def nothing():
    pass


def step(name):
    """What is done under faults, what undoes it, and the state that it needs."""
    if name == "probe":
        unbind()
        return bind, unbind, bind
    if name == "open":
        down()
        return up, down, up
    up()
    if name == "close":
        return down, up, nothing
    if name == "xdp":
        xdp = Xdp()
        return xdp.attach, xdp.detach, nothing
    return {"rings": rings, "channels": channels, "mtu": mtu, "restart": restart}[name], nothing, nothing


def nth(do, n):
    """Whether an allocation was made to fail, and how the step ended."""
    error = None
    write("/proc/self/fail-nth", n)
    try:
        do()
    except OSError as e:
        error = e
    left = int(read("/proc/self/fail-nth"))
    write("/proc/self/fail-nth", 0)
    return left == 0, error


def again(name, n, do):
    try:
        do()
    except OSError as e:
        sys.exit(f"{name}: fault {n}: then without a fault: {e}")


def sweep(name):
    do, undo, end = step(name)
    failed = tried = n = 0
    while True:
        n += 1
        injected, error = nth(do, n)
        if error:
            failed += 1
            if not injected:
                sys.exit(f"{name}: fails without a fault, after {n - 1} faults: {error}")
            if error.errno != errno.ENOMEM and error.errno not in linux_says[name]:
                sys.exit(f"{name}: fault {n}: {error}: must be ENOMEM")
            if failed % TRY_EVERY[name] == 0:
                tried += 1
                again(name, n, do)
                undo()
        else:
            undo()
        if not injected:
            break
    end()
    print(f"{name}: {n - 1} faults, {failed} failures, {tried} tries after them")
    return n - 1


def main():
    filters()
    start = time.monotonic()
    faults = sweep(sys.argv[3])
    print(f"{time.monotonic() - start:.0f} s")
    if sys.argv[3] != "close" and not faults:
        sys.exit(f"{sys.argv[3]}: nothing was made to fail")


main()
