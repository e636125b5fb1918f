# SPDX-License-Identifier: MIT
# `make linear`: work is counted on hostile inputs of growing size.

LINEAR := $(BUILD)/linear

.PHONY: linear
linear: $(LINEAR)
	@$(call pytest,linear,$(PLAIN))

ifeq ($(FLAVOUR),plain)
$(LINEAR): $(OUT)/tests/linear/linear.o $(ARCHIVE)
	$(call SAY,LINK)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIB_LIBS)
else
$(LINEAR):
	@$(MAKE) --no-print-directory FLAVOUR=plain $@
endif
$(OUT)/tests/linear/linear.o: tests/linear/inputs.def
