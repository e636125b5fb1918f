# SPDX-License-Identifier: MIT
# GNU make. Sources are found, not listed; build/ holds all that is made.
# `make help` says what there is; the tests' targets are in tests/*.mk.
#
#: make            build/maildesk, optimised
#: make run        install what is missing, build, start a desk with mail in it
#: make deps       the Debian packages it needs (as root)
#: make install    to $(DESTDIR)$(PREFIX), with a systemd unit
#: make format     clang-format on all C files
#: make docs       the pages that are made of tables (docs/settings.md)
#: make lint       layout, layers, analysers, spelling
#: make unit       the unit tests (FLAVOUR=asan, tsan … for another build)
#: make check      all tests, as CI runs them; ends with "N passed, N failed"
#: make torture    the same with many rounds; hours
#: make tsan       threads: unit tests under ThreadSanitizer
#: make fuzz       fuzz every parser (SECONDS=10 each)
#: make bench      measure, and compare with the last run
#: make bless      rewrite the expected results of tests/mail; review the diff
#: make clean      remove build/

BUILD   ?= build
CC      ?= gcc
ifeq ($(origin CC),default)
CC      := gcc
endif
PREFIX  ?= /usr/local
DESTDIR ?=
PYTEST  ?= /usr/bin/python3 -m pytest
VERSION := 0.1.0

PACKAGES := glib-2.0 libevent libevent_pthreads lmdb \
            libxml-2.0 libical jansson libprotobuf-c libsodium \
            libzstd libseccomp libpsl
DEB_BUILD := build-essential pkg-config protobuf-c-compiler libglib2.0-dev \
             libevent-dev liblmdb-dev libxml2-dev libical-dev \
             libjansson-dev libprotobuf-c-dev libsodium-dev libzstd-dev \
             libseccomp-dev libpsl-dev tzdata ca-certificates
DEB_CHECK := clang clang-format clang-tidy libclang-rt-14-dev cppcheck codespell \
             python3 python3-pytest perl postfix dovecot-lmtpd dovecot-imapd \
             lmdb-utils shellcheck e2fsprogs procps valgrind \
             libgmime-3.0-dev

HAVE := $(shell pkg-config --exists $(PACKAGES) 2>/dev/null && \
          command -v protoc-c >/dev/null && echo yes)
ifeq ($(HAVE),yes)
LIB_CFLAGS := $(shell pkg-config --cflags $(PACKAGES) | sed 's/-I/-isystem /g')
LIB_LIBS   := $(shell pkg-config --libs $(PACKAGES)) -lpthread
endif
# What tests/bench compares us with.
GMIME_CFLAGS := $(shell pkg-config --cflags gmime-3.0 2>/dev/null | \
                  sed 's/-I/-isystem /g')
GMIME_LIBS   := $(shell pkg-config --libs gmime-3.0 2>/dev/null)

# FLAVOUR: plain, test, asan (address and undefined), tsan, cover, fuzz (clang).
# Each has a folder.
FLAVOUR ?= plain
OUT     := $(BUILD)/$(FLAVOUR)
WARN    := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes \
           -Wmissing-prototypes -Wpointer-arith -Wcast-qual -Wformat=2 \
           -Wundef -Wvla -Wswitch-enum -Wno-missing-field-initializers
HARDEN  := -fstack-protector-strong -fPIE -fno-strict-aliasing
OPT_plain := -O2 -g -D_FORTIFY_SOURCE=2 $(HARDEN)
OPT_asan  := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
             -fno-sanitize-recover=undefined -DMAILDESK_SANITIZED
OPT_tsan  := -O1 -g -fsanitize=thread -DMAILDESK_SANITIZED
LINK_plain := -pie -Wl,-z,relro,-z,now
LINK_asan  := -fsanitize=address,undefined
LINK_tsan  := -fsanitize=thread
OPT_test  := $(OPT_plain)
OPT_cover := -O0 -g --coverage
OPT_fuzz  := -O1 -g -fno-omit-frame-pointer -DMAILDESK_SANITIZED \
             -fsanitize=fuzzer-no-link,address,undefined \
             -fno-sanitize-recover=undefined
LINK_test  := $(LINK_plain)
LINK_cover := --coverage
LINK_fuzz  := -fsanitize=address,undefined
# Test hooks (named crash points, MAILDESK_CLOCK) are in every flavour but
# plain, the one that is installed; `test` is plain with hooks.
HOOKS   := $(if $(filter plain,$(FLAVOUR)),,-DMAILDESK_TEST_HOOKS)
CFLAGS  ?=
ALL_CFLAGS := -std=gnu17 $(WARN) $(OPT_$(FLAVOUR)) -D_GNU_SOURCE \
              -DMAILDESK_VERSION='"$(VERSION)"' -Isrc -I. -I$(BUILD)/gen \
              $(LIB_CFLAGS) $(HOOKS) $(CFLAGS)
ALL_LDFLAGS := $(LINK_$(FLAVOUR)) $(LDFLAGS)
# Generated and library code is not ours to lint.
GEN_CFLAGS := $(filter-out $(WARN),$(ALL_CFLAGS)) -w

LIB_DIRS := src/base src/net src/model src/store src/mail src/desk src/intake \
            src/outbound src/control src/search src/jobs lmtp admin admin/api
LIB_SRC  := $(foreach d,$(LIB_DIRS),$(sort $(wildcard $(d)/*.c)))
MAIN_SRC := $(sort $(wildcard src/main/*.c))
LIB_OBJ  := $(LIB_SRC:%.c=$(OUT)/%.o)
MAIN_OBJ := $(MAIN_SRC:%.c=$(OUT)/%.o)
GEN_OBJ  := $(OUT)/gen/model.pb-c.o
ARCHIVE  := $(OUT)/libmaildesk.a
PROGRAM  := $(OUT)/maildesk

UNIT_SRC := $(sort $(wildcard tests/unit/*/*_test.c tests/store/*_test.c \
            tests/mail/*_test.c))
UNIT_BIN := $(UNIT_SRC:%.c=$(OUT)/%)
TESTLIB_OBJ := $(patsubst %.c,$(OUT)/%.o,$(sort $(wildcard tests/lib/*.c)))

.PHONY: all
ifeq ($(FLAVOUR),plain)
all: $(BUILD)/maildesk $(BUILD)/compile_commands.json
else
all: $(PROGRAM)
endif

include $(sort $(wildcard tests/*.mk))

$(BUILD)/maildesk: $(BUILD)/plain/maildesk
	@cp -f $< $@.new && mv -f $@.new $@

ifneq ($(HAVE),yes)
$(PROGRAM): | deps-missing
.PHONY: deps-missing
deps-missing:
	@echo "maildesk: libraries are missing; run 'make deps' (Debian 12, as root)" >&2
	@exit 1
endif

# `make V=1` shows whole commands.
SAY = $(if $(V),,@echo "  $1" $(@:$(BUILD)/%=%);)

$(PROGRAM): $(MAIN_OBJ) $(ARCHIVE)
	$(call SAY,LINK)$(CC) $(ALL_LDFLAGS) -o $@ $(MAIN_OBJ) $(ARCHIVE) $(LIB_LIBS)

$(ARCHIVE): $(LIB_OBJ) $(GEN_OBJ)
	@rm -f $@
	$(call SAY,AR  )ar rcs $@ $^

$(BUILD)/gen/model.pb-c.c $(BUILD)/gen/model.pb-c.h &: src/model/model.proto
	@mkdir -p $(BUILD)/gen
	$(call SAY,GEN )protoc-c --c_out=$(BUILD)/gen -Isrc/model src/model/model.proto

$(OUT)/gen/model.pb-c.o: $(BUILD)/gen/model.pb-c.c
	@mkdir -p $(@D)
	$(call SAY,CC  )$(CC) $(GEN_CFLAGS) -MMD -MP -c -o $@ $<

$(OUT)/%.o: %.c | $(BUILD)/gen/model.pb-c.h
	@mkdir -p $(@D)
	$(call SAY,CC  )$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(OUT)/tests/%: $(OUT)/tests/%.o $(TESTLIB_OBJ) $(ARCHIVE)
	$(call SAY,LINK)$(CC) $(ALL_LDFLAGS) -o $@ $< $(TESTLIB_OBJ) $(ARCHIVE) $(LIB_LIBS)

.SECONDARY:
-include $(shell [ -d $(OUT) ] && find $(OUT) -name '*.d')

# For editors and clang-tidy; without python3 there is none.
C_SRC := $(LIB_SRC) $(MAIN_SRC) $(sort $(wildcard milter/*.c)) \
         $(sort $(shell find tests -name '*.c'))
$(BUILD)/compile_commands.json: Makefile $(C_SRC) | $(BUILD)/gen/model.pb-c.h
	@command -v python3 >/dev/null || exit 0; \
	python3 tests/run/compdb.py $@ $(CC) $(ALL_CFLAGS) $(GMIME_CFLAGS) -- \
	  $(C_SRC)

.PHONY: deps
deps:
	@DEB_BUILD="$(DEB_BUILD)" DEB_CHECK="$(DEB_CHECK)" tests/run/deps

# The dependencies if they are missing, the program, and a desk with mail.
.PHONY: run
run:
ifneq ($(HAVE),yes)
	@$(MAKE) deps
endif
	@command -v python3 >/dev/null || $(MAKE) deps
	@$(MAKE) all
	@MAILDESK=$(BUILD)/maildesk DEMO_DIR=$(BUILD)/demo contrib/demo/run

UNIT_DIR = $(DESTDIR)$(PREFIX)/lib/systemd/system
DOC_DIR  = $(DESTDIR)$(PREFIX)/share/doc/maildesk
.PHONY: install
install: $(BUILD)/maildesk
	install -D -m 755 $(BUILD)/maildesk $(DESTDIR)$(PREFIX)/bin/maildesk
	install -d $(UNIT_DIR) $(DOC_DIR)/postfix
	sed 's,@BINDIR@,$(PREFIX)/bin,' contrib/systemd/maildesk.service \
	    >$(UNIT_DIR)/maildesk.service
	chmod 644 $(UNIT_DIR)/maildesk.service
	install -m 644 $(wildcard contrib/postfix/*) $(DOC_DIR)/postfix
	install -m 644 $(wildcard README.md LICENSE docs/*.md) $(DOC_DIR)

.PHONY: clean
clean:
	rm -rf $(BUILD)

.PHONY: help
help:
	@sed -n 's/^#: //p' Makefile
