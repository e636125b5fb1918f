# SPDX-License-Identifier: MIT
# What tests/bench/run.py needs beside the program and the tools: the filler,
# which is linked with the desk itself, and two small programs of its own.
# `make bench BENCH="--only growth --fill 1000000"` gives it arguments.

BENCH_TOOLS := $(BUILD)/bench/lmdb_commit $(BUILD)/bench/slowsync.so
BENCH_FILL  := $(BUILD)/plain/tests/bench/fill
BENCH_READ  := $(BUILD)/plain/tests/bench/reading

bench: $(BENCH_TOOLS) $(BENCH_FILL) $(BENCH_READ)

# Without the tests' own library, which has a main().
ifeq ($(FLAVOUR),plain)
$(BENCH_READ).o: ALL_CFLAGS += $(GMIME_CFLAGS)
$(BENCH_READ): LIB_LIBS += $(GMIME_LIBS)
$(BENCH_FILL) $(BENCH_READ): %: %.o $(ARCHIVE)
	$(call SAY,LINK)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIB_LIBS)
else
$(BENCH_FILL) $(BENCH_READ):
	@$(MAKE) --no-print-directory FLAVOUR=plain $@
endif

$(BUILD)/bench/lmdb_commit: tests/bench/lmdb_commit.c
	@mkdir -p $(@D)
	$(CC) $(TOOL_CFLAGS) -o $@ $< $(LIB_LIBS)

$(BUILD)/bench/slowsync.so: tests/bench/slowsync.c
	@mkdir -p $(@D)
	$(CC) $(TOOL_CFLAGS) -fPIC -shared -o $@ $< -ldl
