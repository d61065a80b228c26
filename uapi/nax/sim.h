/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The in-process bus: a device that is a set of functions instead of hardware. A model such as
 * nicsim, or a fuzzer, implements struct nax_sim_ops; nax_port_open_sim() opens it.
 *
 * Everything happens in the caller's thread: a register access is a function call, time stands
 * still unless the driver waits or the test calls the model's own clock, and an interrupt is a
 * call of the function that set_irq() named. A model that more than one thread reaches, because
 * poll contexts have threads of their own, must lock for itself.
 */
#ifndef NAX_SIM_H
#define NAX_SIM_H

#include <nax/app.h>

/**
 * struct nax_sim_ops - a device in this process
 * @region_size: bytes of region @region: 0 .. 5 BARs, 7 configuration space; 0: not there
 * @region_read: read @len (1, 2, 4 or 8) bytes; 0 or -errno
 * @region_write: write them
 * @region_map: where registers of region @region may be written directly, as on a real device whose
 *	BAR is mapped; NULL: nowhere, all go through @region_write. May be missing
 * @dma_map: bus addresses @iova .. @iova + @size - 1 are the memory at @va
 * @dma_unmap: no longer
 * @set_irq: call @fn(@ctx, @vector) when MSI-X vector @vector fires; @fn NULL: nobody listens
 * @reset: function-level reset; 0 or -errno
 * @time_ns: the device's clock
 * @sleep_ns: let this much time pass on it
 */
struct nax_sim_ops {
	u64 (*region_size)(void *dev, unsigned int region);
	int (*region_read)(void *dev, unsigned int region, u64 offset, void *data,
			   unsigned int len);
	int (*region_write)(void *dev, unsigned int region, u64 offset, const void *data,
			    unsigned int len);
	void *(*region_map)(void *dev, unsigned int region);
	int (*dma_map)(void *dev, u64 iova, u64 size, void *va);
	int (*dma_unmap)(void *dev, u64 iova, u64 size);
	int (*set_irq)(void *dev, unsigned int vector, void (*fn)(void *ctx, unsigned int vector),
		       void *ctx);
	int (*reset)(void *dev);
	u64 (*time_ns)(void *dev);
	void (*sleep_ns)(void *dev, u64 ns);
};

/**
 * nax_port_open_sim() - as nax_port_open(), for a device in this process
 * @ops: its functions; none but region_map may be missing
 * @dev: passed to them; stays the caller's, and must outlive the port
 * @verify: verifier level 0 .. 2
 * @port: set to the port; the caller closes it
 * @err: why not
 */
int nax_port_open_sim(const struct nax_sim_ops *ops, void *dev, unsigned int verify,
		      struct nax_port **port, struct nax_error *err);

/**
 * nax_port_service() - the slow path of a port on the in-process bus: link, watchdog, counters,
 * @port: port of nax_port_open_sim()
 * recovery. Other ports have a thread of their own for it.
 */
void nax_port_service(struct nax_port *port);

#endif /* NAX_SIM_H */
