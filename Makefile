# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# nax: framework, drivers, tools, tests. `make help` lists what can be made.
#
# VARIANT selects a build of everything under build/VARIANT:
#   release  optimised            asan   AddressSanitizer and UndefinedBehaviorSanitizer
#   tsan     ThreadSanitizer      fuzz   clang, libFuzzer

VERSION := 0.1.0
ABI     := 0
VARIANT ?= release
B       := build/$(VARIANT)
PREFIX  ?= /usr/local
DESTDIR ?=
LIBDIR  ?= $(PREFIX)/lib

MAKEFLAGS += --no-print-directory
SHELL := /bin/bash

CC_release = gcc
CC_asan    = gcc
CC_tsan    = gcc
CC_fuzz    = clang
CC = $(CC_$(VARIANT))
ifneq ($(VARIANT),fuzz)
AR = gcc-ar
endif

CFLAGS_release = -O2 -fno-strict-aliasing -fno-semantic-interposition
CFLAGS_asan    = -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
CFLAGS_tsan    = -O1 -fno-omit-frame-pointer -fsanitize=thread
CFLAGS_fuzz    = -O1 -gdwarf-4 -fno-omit-frame-pointer \
		 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
WARN = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wno-unused-parameter -Werror
ALL_CFLAGS = -std=gnu11 -g -fPIC $(WARN) $(CFLAGS_$(VARIANT)) -D_GNU_SOURCE \
	     -DNAX_VERSION='"$(VERSION)"' $(CFLAGS)
SANITIZE = $(filter -fsanitize=address% -fsanitize=thread,$(CFLAGS_$(VARIANT)))

INC_API = -Iframework/include -Iuapi
INC_NAX = $(INC_API) -Iframework/core -Iframework/user

# ---- what is built from what ---------------------------------------------------------------------

CORE_SRC   := $(wildcard framework/core/*.c)
USER_SRC   := $(wildcard framework/user/*.c)
DRIVER_SRC := $(filter-out %/vector.c,$(wildcard drivers/*/*.c))
VECTOR_SRC := $(wildcard drivers/*/vector.c)
NICSIM_SRC := $(wildcard tools/nicsim/*.c)
TOOL_SRC   := $(wildcard tools/nax/*.c)
FUZZ_SRC   := $(wildcard tools/tests/fuzz_*.c)

obj = $(patsubst %.c,$(B)/%.o,$(1))

# A driver's vector.c is compiled for each instruction set of <nax/vector.h>.
ARCH := $(firstword $(subst -, ,$(shell $(CC) -dumpmachine)))
SETS_x86_64  = sse42 avx2
SETS_aarch64 = neon
SET_sse42    = -msse4.2
SET_avx2     = -mavx2
SET_neon     =
VECTOR_OBJ := $(foreach set,$(SETS_$(ARCH)),$(patsubst %.c,$(B)/%.$(set).o,$(VECTOR_SRC)))

CORE_A   := $(B)/core.a
USER_A   := $(B)/user.a
DRIVER_A := $(B)/drivers.a
NICSIM_A := $(B)/nicsim.a
TOOL_A   := $(B)/nax-tool.a
LIBS     := -ljson-c -lmnl -lpcap -lpciaccess -lkmod -lpthread

PROGRAMS := $(B)/nax $(B)/nicsim
LIBRARY  := $(B)/libnax.a $(B)/libnax.so.$(ABI)

ifeq ($(filter $(VARIANT),release asan tsan fuzz),)
$(error VARIANT is "$(VARIANT)": must be release, asan, tsan or fuzz)
endif

.PHONY: all bench bench-kernel bench-scale demo check check-full table kselftest-table fuzz fuzz-run install install-programs uapi
.PHONY: install-dkms uninstall deb clean help deps deps-demo deps-check deps-fuzz deps-bench deps-deb programs tests
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:

all: programs $(LIBRARY)	## build the library, nax and nicsim
programs: $(PROGRAMS) $(B)/rss_expect

$(B)/framework/tests/%.o $(B)/tools/tests/drivers/%.o: INC = $(INC_NAX) -Itools/nicsim -Iframework/tests
$(B)/tools/tests/%.o: INC = $(INC_NAX) -Itools/nicsim
$(B)/tools/tests/test_nax_%.o: INC = $(INC_NAX) -Itools/nax
$(B)/framework/core/%.o $(B)/framework/user/%.o: INC = $(INC_NAX)
$(B)/drivers/%.o: INC ?= -Iframework/include
# Here vectors made of a few neighbouring words cost more to fill than they save in stores.
$(B)/framework/core/%.o $(B)/framework/user/%.o $(B)/drivers/%.o: CFLAGS_release += -fno-tree-slp-vectorize
$(B)/tools/nicsim/%.o: INC = -Itools/nicsim
$(B)/tools/nax/%.o: INC = $(INC_API)
$(B)/framework/tests/%.o $(B)/tools/tests/drivers/%.o $(B)/tools/tests/%.o: \
	EXTRA = -DNAX_SOURCE_DIR='"$(CURDIR)"' -DNAX_BUILD_DIR='"$(CURDIR)/$(B)"'

$(B)/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(CC) $(ALL_CFLAGS) $(INC) $(EXTRA) -MMD -MP -c -o $@ $<

define vector_rule
$(B)/%/vector.$(1).o: %/vector.c Makefile
	@mkdir -p $$(@D)
	@echo "  CC      $$@"
	@$$(CC) $$(ALL_CFLAGS) $$(SET_$(1)) $$(INC) -MMD -MP -c -o $$@ $$<
endef
$(foreach set,$(SETS_$(ARCH)),$(eval $(call vector_rule,$(set))))

$(CORE_A): $(call obj,$(CORE_SRC))
$(USER_A): $(call obj,$(USER_SRC))
$(DRIVER_A): $(call obj,$(DRIVER_SRC)) $(VECTOR_OBJ)
$(NICSIM_A): $(call obj,$(filter-out tools/nicsim/main.c,$(NICSIM_SRC)))
$(TOOL_A): $(call obj,$(filter-out tools/nax/main.c,$(TOOL_SRC)))
$(B)/%.a:
	@mkdir -p $(@D)
	@echo "  AR      $@"
	@rm -f $@ && ar rcs $@ $^

# One object, so that drivers, which nothing refers to by name, are always part of the library.
$(B)/libnax.o: $(call obj,$(CORE_SRC) $(USER_SRC) $(DRIVER_SRC)) $(VECTOR_OBJ)
	@echo "  LD      $@"
	@ld -r -o $@ $^
# Other names would clash with those of a program: DPDK has an ixgbe driver too.
$(B)/libnax-api.o: $(B)/libnax.o framework/user/libnax.map
	@echo "  OBJCOPY $@"
	@awk '/^\tnax_[a-z0-9_]*;$$/ { print substr($$1, 1, length($$1) - 1) }' framework/user/libnax.map >$@.names
	@objcopy --keep-global-symbols=$@.names $< $@
$(B)/libnax.a: $(B)/libnax-api.o
$(B)/libnax.so.$(ABI): $(B)/libnax.o framework/user/libnax.map
	@echo "  LD      $@"
	@$(CC) -shared -Wl,-soname,libnax.so.$(ABI) -Wl,--version-script,framework/user/libnax.map \
		$(SANITIZE) -o $@ $< -ljson-c -lpthread
	@ln -sf libnax.so.$(ABI) $(B)/libnax.so

$(B)/nax: $(B)/tools/nax/main.o $(TOOL_A) $(B)/libnax.a
	@echo "  LD      $@"
	@$(CC) $(SANITIZE) -o $@ $^ $(LIBS)
$(B)/nicsim: $(B)/tools/nicsim/main.o $(NICSIM_A)
	@echo "  LD      $@"
	@$(CC) $(SANITIZE) -o $@ $^ $(LIBS)

# What a packet costs. Like an application it sees the public API alone, and a device in memory.
BENCH_SRC := $(filter-out tools/bench/impl_dpdk.c,$(wildcard tools/bench/*.c))
$(B)/tools/bench/%.o: INC = $(INC_API)
$(B)/bench: $(call obj,$(BENCH_SRC)) $(B)/libnax.a
	@echo "  LD      $@"
	@$(CC) $(SANITIZE) -o $@ $^ $(LIBS)

SCALE_SRC := $(wildcard tools/bench/scale/*.c)
$(B)/tools/bench/scale/%.o: INC = $(INC_API) -Itools/bench
$(B)/bench-scale: $(call obj,$(SCALE_SRC) tools/bench/engine.c tools/bench/device.c) $(B)/libnax.a
	@echo "  LD      $@"
	@$(CC) $(SANITIZE) -o $@ $^ $(LIBS)

bench: deps-bench		## what a packet costs, nax and DPDK: table, build/bench.json, build/bench.svg
	@$(MAKE) VARIANT=release build/release/bench
	@tools/bench/run $(BENCH_OPTIONS)
bench-scale: deps-bench		## cost with more threads, queues, adapters, flows; latency through nicsim
	@$(MAKE) VARIANT=release build/release/bench-scale programs
	@tools/bench/scale/run

# ---- tests ---------------------------------------------------------------------------------------

unit = $(patsubst %.c,$(B)/%,$(wildcard $(1)/test_*.c))
UNIT_TESTS := $(call unit,framework/tests) $(call unit,tools/tests/drivers) $(call unit,tools/tests)
# Shared sources of a folder of tests
helper = $(call obj,$(filter-out $(wildcard $(1)/test_*.c $(1)/fuzz_*.c) %/rss_expect.c,$(wildcard $(1)/*.c)))

# What several tests of a folder share goes into an archive, so that each takes what it uses.
$(B)/framework/tests/helpers.a: $(call helper,framework/tests)
$(B)/tools/tests/drivers/helpers.a: $(call helper,tools/tests/drivers)
$(B)/tools/tests/helpers.a: $(call helper,tools/tests)

LINK_TEST = echo "  LD      $@"; $(CC) $(SANITIZE) -o $@ -Wl,--start-group $^ -Wl,--end-group \
	$(LIBS) -lcmocka
$(call unit,framework/tests): $(B)/framework/tests/%: $(B)/framework/tests/%.o \
		$(B)/framework/tests/helpers.a $(USER_A) $(CORE_A)
	@$(LINK_TEST)
$(call unit,tools/tests/drivers): $(B)/tools/tests/drivers/%: $(B)/tools/tests/drivers/%.o \
		$(B)/tools/tests/drivers/helpers.a $(B)/libnax.o $(NICSIM_A)
	@$(LINK_TEST)
$(call unit,tools/tests): $(B)/tools/tests/%: $(B)/tools/tests/%.o $(B)/tools/tests/helpers.a \
		$(TOOL_A) $(NICSIM_A) $(B)/libnax.a
	@$(LINK_TEST)

tests: $(UNIT_TESTS)

# For tests in guests: which queue a frame belongs to
$(B)/rss_expect: $(B)/tools/tests/rss_expect.o $(B)/libnax.o
	@echo "  LD      $@"
	@$(CC) $(SANITIZE) -o $@ $^ $(LIBS)

FUZZERS := $(patsubst tools/tests/%.c,$(B)/%,$(FUZZ_SRC))
# Client and server of vfio-user use the same names, so each fuzzer gets one of them.
$(B)/fuzz_driver: $(B)/tools/tests/liar.o $(B)/libnax.o
$(B)/fuzz_vfu_client: $(B)/libnax.o
$(B)/fuzz_vfu_server: $(NICSIM_A)
$(B)/fuzz_%: $(B)/tools/tests/fuzz_%.o
	@echo "  LD      $@"
	@$(CC) -fsanitize=fuzzer,address,undefined -o $@ $^ $(LIBS)
.SECONDARY: $(call obj,$(FUZZ_SRC))
ifeq ($(VARIANT),fuzz)
# What the device does is no code to explore: without this it takes a third of the time.
$(B)/tools/tests/liar.o: EXTRA += -fno-sanitize=fuzzer-no-link
endif

check: deps-check		## run every test (TAP), and drivers of others in guests; 12 minutes at first, then 9
	@tools/tests/check
check-full: deps-check		## the same with all scenarios in guests and the debug kernel, hours
	@tools/tests/check --full
fuzz: deps-fuzz			## fuzz both ends of vfio-user and the driver, 60 s each; FUZZ_SECONDS=N
	@$(MAKE) VARIANT=fuzz fuzz-run
FUZZ_SECONDS ?= 60
fuzz-run: $(FUZZERS)
	@FUZZ_SECONDS=$(FUZZ_SECONDS) tools/tests/fuzz $(FUZZERS)

bench-kernel: deps-check	## what a packet costs in a kernel, and with in-tree ixgbe; as root; build/bench-kernel.json
	@$(MAKE) VARIANT=release programs
	@tools/bench/kernel/run build/bench-kernel.json

# into,MARK,FILE: what stands in FILE between the marks is build/table
into = sed -i -e '/^<!-- $(1)/r build/table' -e '/^<!-- $(1)/,/^<!-- end/{/^<!--/!d}' $(2)
TABLE_DOC := docs/testing.md
table:				## write the table of scenarios into docs/testing.md
	@mkdir -p build && qemu-tests/run --table > build/table
	@$(call into,table,$(TABLE_DOC))
kselftest-table:		## write what is stored of kselftest into docs/kernel-interfaces.md; as root
	@mkdir -p build && qemu-tests/kselftest/baseline against > build/table
	@$(call into,kselftest,docs/kernel-interfaces.md)

uapi:				## make uapi/nax/netlink.h of uapi/nax.yaml, by the kernel's generator; as root
	@uapi/generate >build/netlink.h && mv build/netlink.h uapi/nax/netlink.h

demo: deps-demo			## two modelled 82599s, real TCP across them, a table, "demo: ok"
	@$(MAKE) VARIANT=release programs
	@tools/demo/demo

# ---- packages, installation ----------------------------------------------------------------------

deps: deps-demo deps-check deps-fuzz deps-bench deps-deb	## install the Debian packages that building and testing need
deps-demo deps-check deps-fuzz deps-bench deps-deb: deps-%:
	@tools/demo/packages $*

HEADERS := $(wildcard framework/include/nax/*.h uapi/nax/*.h)
install: install-programs install-dkms	## install library, headers, tools, man pages, module sources (PREFIX, DESTDIR)
install-programs: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(LIBDIR)/pkgconfig \
		$(DESTDIR)$(PREFIX)/include/nax $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 755 $(PROGRAMS) $(DESTDIR)$(PREFIX)/bin
	install -m 644 $(B)/libnax.a $(DESTDIR)$(LIBDIR)
	install -m 755 $(B)/libnax.so.$(ABI) $(DESTDIR)$(LIBDIR)
	ln -sf libnax.so.$(ABI) $(DESTDIR)$(LIBDIR)/libnax.so
	install -m 644 $(HEADERS) $(DESTDIR)$(PREFIX)/include/nax
	install -m 644 framework/user/nax.pc.in $(DESTDIR)$(LIBDIR)/pkgconfig/nax.pc
	sed -i -e 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(LIBDIR)|; s|@VERSION@|$(VERSION)|' \
		-e 's|@INCLUDEDIR@|$(PREFIX)/include|' $(DESTDIR)$(LIBDIR)/pkgconfig/nax.pc
	install -m 644 tools/nax/nax.1 tools/nicsim/nicsim.1 $(DESTDIR)$(PREFIX)/share/man/man1

# What framework/linux/build wants, for DKMS
MODULES_SRC := $(shell find framework/core framework/include framework/linux drivers uapi/nax/netlink.h \
	-type f ! -name dkms.conf)
MODULES_DIR = $(DESTDIR)$(PREFIX)/src/nax-$(VERSION)
MODULES_ELSEWHERE = @[ ! "$(MODULES_DIR)" -ef . ] || { echo "$(MODULES_DIR) is this very source" >&2; exit 1; }
# framework/linux/build compiles all that is there, so what an earlier install left goes first.
install-dkms:
	$(MODULES_ELSEWHERE)
	rm -rf "$(MODULES_DIR)"/{framework,drivers,uapi}
	for file in $(MODULES_SRC); do install -D -m 644 $$file $(MODULES_DIR)/$$file || exit; done
	chmod 755 $(MODULES_DIR)/framework/linux/{build,compat/probe}
	install -m 644 framework/linux/dkms.conf $(MODULES_DIR)/
	sed -i 's/#MODULE_VERSION#/$(VERSION)/' $(MODULES_DIR)/dkms.conf

uninstall:			## remove what install put there
	$(MODULES_ELSEWHERE)
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/bin/,nax nicsim) \
		$(addprefix $(DESTDIR)$(LIBDIR)/,libnax.a libnax.so libnax.so.$(ABI) pkgconfig/nax.pc) \
		$(addprefix $(DESTDIR)$(PREFIX)/include/nax/,$(notdir $(HEADERS))) \
		$(addprefix $(DESTDIR)$(PREFIX)/share/man/man1/,nax.1 nicsim.1)
	-rmdir $(DESTDIR)$(PREFIX)/include/nax
	rm -rf "$(MODULES_DIR)"

# dpkg-buildpackage wants debian/ at the top, so it is given a copy. DEB_BUILD=all is nax-dkms alone, which
# needs no compiler.
DEB_BUILD ?= binary
DEB_DATE = $(shell date -R -u -d @$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct 2>/dev/null || date +%s)})
DEB_DIR := build/deb
deb: deps-deb			## build Debian packages in build/deb: DKMS modules, tools, library
	rm -rf $(DEB_DIR)/nax-$(VERSION)
	mkdir -p $(DEB_DIR)/nax-$(VERSION)
	cp -r Makefile README.md framework drivers uapi tools $(DEB_DIR)/nax-$(VERSION)/
	cp -r tools/debian $(DEB_DIR)/nax-$(VERSION)/debian
	sed -e 's/@VERSION@/$(VERSION)/' -e 's/@DATE@/$(DEB_DATE)/' tools/debian/changelog.in \
		> $(DEB_DIR)/nax-$(VERSION)/debian/changelog
	cd $(DEB_DIR)/nax-$(VERSION) && env -u MAKEFLAGS -u MAKELEVEL dpkg-buildpackage -us -uc -nc \
		--build=$(DEB_BUILD)
	rm -rf $(DEB_DIR)/nax-$(VERSION)

clean:				## remove build/
	rm -rf build

help:				## this list
	@awk -F ':.*## *' '/^[a-z-]+:.*##/ { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

-include $(shell find $(B) -name '*.d' 2>/dev/null)
