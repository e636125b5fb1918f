# SPDX-License-Identifier: MIT
# Programs and preload libraries that tests and benches use: each C file in
# tests/tools becomes build/tools/NAME (with those of NAME.d), each in
# tests/tools/preload a NAME.so.

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
	$(CC) $(TOOL_CFLAGS) -o $@ $(filter %.c,$^) $(LIB_LIBS)
$(BUILD)/tools/lmtp_load: $(wildcard tests/tools/lmtp_load.d/*)

# A daemon in miniature, made of the store alone.
STORE_WORK := $(BUILD)/tools/store_work
crash: | $(STORE_WORK)
tools: $(STORE_WORK)
$(STORE_WORK): tests/crash/store_work.c $(BUILD)/test/libmaildesk.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -DMAILDESK_TEST_HOOKS -o $@ $^ $(LIB_LIBS)
ifneq ($(FLAVOUR),test)
$(BUILD)/test/libmaildesk.a: FORCE
	@$(MAKE) --no-print-directory FLAVOUR=test $@
FORCE:
endif

# A hand in the store of a desk, for what cannot be done from outside.
DESK_HAND := $(BUILD)/tools/desk_hand
e2e: | $(DESK_HAND) $(BUILD)/tools/lmtp_load
tools: $(DESK_HAND)
$(DESK_HAND): tests/e2e/desk_hand.c $(BUILD)/test/libmaildesk.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -DMAILDESK_TEST_HOOKS -o $@ $^ $(LIB_LIBS)
