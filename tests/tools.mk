# SPDX-License-Identifier: MIT
# Programs and preload libraries that tests and benches use: each C file in
# tests/tools becomes build/tools/NAME, each in tests/tools/preload a NAME.so.

TOOL_CFLAGS := -std=gnu17 $(WARN) -O2 -g -D_GNU_SOURCE $(LIB_CFLAGS)
TOOLS := $(patsubst tests/tools/%.c,$(BUILD)/tools/%,\
           $(sort $(wildcard tests/tools/*.c))) \
         $(patsubst tests/tools/preload/%.c,$(BUILD)/tools/%.so,\
           $(sort $(wildcard tests/tools/preload/*.c)))

.PHONY: tools
tools: $(TOOLS)
crash bench: | $(TOOLS)

$(BUILD)/tools/%.so: tests/tools/preload/%.c
	@mkdir -p $(@D)
	$(CC) $(TOOL_CFLAGS) -fPIC -shared -o $@ $< -ldl -lpthread

$(BUILD)/tools/%: tests/tools/%.c
	@mkdir -p $(@D)
	$(CC) $(TOOL_CFLAGS) -o $@ $< $(LIB_LIBS)
