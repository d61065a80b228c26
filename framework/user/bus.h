/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A bus: how the registers, configuration space, interrupts and memory of a device are reached.
 *
 * Regions are numbered as VFIO numbers them: 0 to 5 are BARs, 7 is configuration space.
 */
#ifndef NAX_BUS_H
#define NAX_BUS_H

#include <nax/app.h>
#include <nax/sim.h>

#define NAX_BUS_BARS		6u
#define NAX_BUS_CONFIG		7u
#define NAX_BUS_REGIONS		8u
#define NAX_BUS_VECTORS_MAX	128u

struct nax_bus;

/**
 * struct nax_bus_ops - what a kind of bus does
 * @scheme: what stands before the colon of a device's name; NULL: it has none
 * @own_time: time and delays are the device's, nothing happens by itself, interrupts are direct
 *	calls: a port on it has no service thread
 * @open: find the device @where and make it ready for all that follows; 0 or -errno with @err.
 *	NULL without @scheme
 * @close: forget it; vectors are disabled and memory is unmapped before
 * @region_size: bytes of a region, 0: not there
 * @region_read: read @len bytes at @offset, little endian; 0 or -errno. Any thread
 * @region_write: write them; to a BAR it may be posted. Any thread
 * @region_map: where registers of a BAR may be written directly until @close, NULL: nowhere
 * @dma_map: bus addresses @iova .. @iova + @size - 1 are @fd from @offset on, seen at @va.
 *	-ENODEV if the device is gone
 * @dma_unmap: no longer
 * @vectors_enable: signal MSI-X vectors 0 .. @n - 1; @fd[i] becomes a non-blocking eventfd owned by
 *	the bus, or -1 where nax_bus.irq is called instead. 0 or -errno with @err
 * @vectors_disable: undo it; the eventfds are closed
 * @reset: function-level reset; configuration space is lost, memory and vectors stay
 * @time_ns: monotonic clock
 * @delay_us: wait
 * @dead: NULL while the device can be reached, else why not
 * @watch_fd: descriptor that gets POLLRDHUP when the device goes, -1: none
 * @watch: called now and then: look for what the other side sends without being asked
 */
struct nax_bus_ops {
	const char *scheme;
	bool own_time;
	int (*open)(const char *where, struct nax_bus **bus, struct nax_error *err);
	void (*close)(struct nax_bus *bus);
	u64 (*region_size)(struct nax_bus *bus, u32 region);
	int (*region_read)(struct nax_bus *bus, u32 region, u64 offset, void *data, u32 len);
	int (*region_write)(struct nax_bus *bus, u32 region, u64 offset, const void *data, u32 len);
	volatile u8 *(*region_map)(struct nax_bus *bus, u32 region);
	int (*dma_map)(struct nax_bus *bus, u64 iova, u64 size, int fd, u64 offset, void *va);
	int (*dma_unmap)(struct nax_bus *bus, u64 iova, u64 size);
	int (*vectors_enable)(struct nax_bus *bus, u32 n, int *fd, struct nax_error *err);
	void (*vectors_disable)(struct nax_bus *bus);
	int (*reset)(struct nax_bus *bus);
	u64 (*time_ns)(struct nax_bus *bus);
	void (*delay_us)(struct nax_bus *bus, u32 us);
	const char *(*dead)(struct nax_bus *bus);
	int (*watch_fd)(struct nax_bus *bus);
	void (*watch)(struct nax_bus *bus);
};

/**
 * struct nax_bus - one device on a bus
 * @ops: its functions
 * @irq: vector @vector fired; only where vectors_enable() gave no eventfd
 * @died: the device cannot be reached any more; called once, from any thread, must not block
 * @ctx: for @irq and @died; all three are set by the port after open
 */
struct nax_bus {
	const struct nax_bus_ops *ops;
	void (*irq)(void *ctx, u32 vector);
	void (*died)(void *ctx);
	void *ctx;
};

extern const struct nax_bus_ops nax_bus_vfio_user_ops;

/**
 * nax_bus_open() - open a device by name, "SCHEME:WHERE"
 *
 * Return: 0 or -errno with @err naming what was expected.
 */
int nax_bus_open(const char *name, struct nax_bus **bus, struct nax_error *err);

/** nax_bus_sim_open() - a device in this process. */
int nax_bus_sim_open(const struct nax_sim_ops *ops, void *dev, struct nax_bus **bus,
		     struct nax_error *err);

/**
 * nax_bus_vfio_user_fd() - a vfio-user device behind a connected stream socket
 * @fd: the socket; the bus's from now on, also on failure
 * @timeout_ms: longest wait for an answer, 1 ..
 */
int nax_bus_vfio_user_fd(int fd, u32 timeout_ms, struct nax_bus **bus, struct nax_error *err);

/** nax_bus_read32() - a register; all-ones if it cannot be read. */
u32 nax_bus_read32(struct nax_bus *bus, u32 region, u64 offset);
/** nax_bus_write32() - write one; nothing happens if the device is gone. */
void nax_bus_write32(struct nax_bus *bus, u32 region, u64 offset, u32 value);
/** nax_bus_config_read() - 1, 2 or 4 bytes of configuration space; 0 or -errno. */
int nax_bus_config_read(struct nax_bus *bus, u32 offset, u32 size, u32 *value);
int nax_bus_config_write(struct nax_bus *bus, u32 offset, u32 size, u32 value);

/**
 * nax_bus_reset() - function-level reset that keeps what software wrote to the header of
 * configuration space (PCI Local Bus 3.0 section 6.1)
 */
int nax_bus_reset(struct nax_bus *bus);

#endif /* NAX_BUS_H */
