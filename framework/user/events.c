// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Events of a port, kept until the application fetches them. */
#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "port.h"

int nax_events_init(struct nax_events *e, struct nax_error *err)
{
	e->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (e->fd < 0)
		return nax_error_set(err, -errno, "eventfd for events: %s", strerror(errno));
	pthread_mutex_init(&e->lock, NULL);
	return 0;
}

void nax_events_destroy(struct nax_events *e)
{
	pthread_mutex_destroy(&e->lock);
	close(e->fd);
}

void nax_events_push(struct nax_events *e, enum nax_port_event_type type, u64 when_ns,
		     const char *text)
{
	struct nax_port_event *ev;

	pthread_mutex_lock(&e->lock);
	if (e->n == NAX_EVENTS_MAX) {
		e->first = (e->first + 1) % NAX_EVENTS_MAX;
		e->n--;
		e->lost++;
	}
	ev = &e->ring[(e->first + e->n) % NAX_EVENTS_MAX];
	ev->type = type;
	ev->when_ns = when_ns;
	snprintf(ev->text, sizeof(ev->text), "%s", text ? text : "");
	e->n++;
	nax_user_kick(e->fd);
	pthread_mutex_unlock(&e->lock);
}

int nax_port_event_fd(const struct nax_port *port)
{
	return port->events.fd;
}

bool nax_port_event_next(struct nax_port *port, struct nax_port_event *event)
{
	struct nax_events *e = &port->events;
	bool found = false;
	size_t len;

	pthread_mutex_lock(&e->lock);
	if (e->n) {
		*event = e->ring[e->first];
		e->first = (e->first + 1) % NAX_EVENTS_MAX;
		e->n--;
		found = true;
		if (e->lost) {
			len = strlen(event->text);
			snprintf(event->text + len, sizeof(event->text) - len,
				 " (%llu older events were lost: the limit is %u)", e->lost,
				 NAX_EVENTS_MAX);
			e->lost = 0;
		}
	}
	if (!e->n)
		nax_user_drain(e->fd);
	pthread_mutex_unlock(&e->lock);
	return found;
}
