# SPDX-License-Identifier: GPL-2.0-only
#
# Verbs for people; what the module consists of is in Kbuild.  'make help' lists them.

SHELL	:= /bin/bash
BUILD	:= $(CURDIR)/build
BACKEND	?=
HOST	?=
V	?= 0

KERNELS	:= stock-6.1 stock-6.12 debug
JOBS	:= $(shell nproc)
Q	:= $(if $(filter 1,$(V)),,@)
export AXVCPU_BUILD := $(BUILD)

backends := svm
ifneq ($(filter-out $(backends),$(BACKEND)),)
$(error no backend '$(BACKEND)'; there is: $(backends))
endif
ifneq ($(filter-out native,$(HOST)),)
$(error no HOST '$(HOST)'; leave it out for an emulated host, or HOST=native)
endif

.DEFAULT_GOAL := help
.PHONY: help setup packages kernels modules lib tools tests unit guests demo shell test check \
	install clean distclean $(KERNELS:%=module-%) module-native

help:
	@echo 'make demo          boot a Linux guest on an emulated host, print what it cost'
	@echo 'make shell         the same with an interactive guest console (Ctrl-a x quits)'
	@echo 'make test          all tests; the last line has the counts'
	@echo 'make check         static checks'
	@echo 'make modules       the kernel module, for each kernel of the test bed'
	@echo 'make lib tools     the library and the axvcpu command'
	@echo 'make guests        micro-guests for the tests'
	@echo 'make setup         install missing packages (needs root), fetch and build kernels'
	@echo 'make install       library, command and headers below PREFIX (/usr/local)'
	@echo 'make clean         remove build/;  make distclean removes the cached kernels too'
	@echo
	@echo 'BACKEND=svm        narrow test to one backend (all: $(backends))'
	@echo 'HOST=native        demo, shell and modules on this machine itself'
	@echo 'KDIR=DIR           kernel to build modules for, instead of those of the test bed'
	@echo 'V=1                show commands'
	@echo 'AXVCPU_CACHE=DIR   where kernels are kept (~/.cache/axvcpu)'

# Packages first: nothing else can work, or even say why it does not, without them.
packages:
	$(Q)scripts/setup.sh

setup: packages
	$(Q)testbed/kernels --update stock-6.1 stock-6.12 debug

kernels: packages
	$(Q)testbed/kernels $(KERNELS) >/dev/null

# A KDIR alone asks for that kernel; HOST=native means the running one.
modules: $(if $(HOST)$(KDIR),module-native,$(KERNELS:%=module-%))
KDIR	?= /lib/modules/$(shell uname -r)/build

kmod	= scripts/kmod.sh $(BUILD)/kmod/$(1) $(2) -j$(JOBS) V=$(V) $(if $(filter 1,$(V)),,-s)

$(KERNELS:%=module-%): module-%: packages
	@echo "  MODULE  $*"
	$(Q)kdir=$$(testbed/kernels --print build $*) && $(call kmod,$*,"$$kdir")

module-native: packages
	@echo "  MODULE  native ($(KDIR))"
	$(Q)$(call kmod,native,"$(KDIR)")

user	= $(MAKE) $(if $(filter 1,$(V)),,-s) -C userspace O=$(BUILD) -j$(JOBS)
units	:= $(patsubst userspace/unit/%.c,$(BUILD)/unit/%,$(wildcard userspace/unit/*_test.c))

lib tools tests guests: packages
	@echo "  USER    $@"
	$(Q)$(user) $@

# Only built here: the suite runs them and counts.
unit: packages
	@echo "  USER    $@"
	$(Q)$(if $(units),$(user) $(units))

ifeq ($(HOST),native)
demo shell: module-native tools
	$(Q)testbed/demo --native $@
else
demo shell: module-stock-6.1 tools
	$(Q)testbed/demo $@
endif

test: modules tools tests unit guests
	$(Q)testbed/suite $(if $(BACKEND),--backend $(BACKEND))

check: packages
	$(Q)scripts/check

install: lib tools
	$(Q)$(user) install

clean:
	rm -rf $(BUILD)

distclean: clean
	rm -rf "$${AXVCPU_CACHE:-$${XDG_CACHE_HOME:-$$HOME/.cache}/axvcpu}"
