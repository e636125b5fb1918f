# SPDX-License-Identifier: MIT
# Fuzzing with clang's libFuzzer: each tests/fuzz/fuzz_NAME.c is linked with an
# archive built for it. tests/fuzz/corpus/NAME/ is replayed, then explored for
# SECONDS; what is found is left in build/fuzz/NAME.

SECONDS ?= 10
FUZZ_SRC := $(sort $(wildcard tests/fuzz/fuzz_*.c))
FUZZ_BIN := $(FUZZ_SRC:%.c=$(OUT)/%)

.PHONY: fuzz fuzz-run
fuzz:
	@$(if $(FUZZ_SRC),$(MAKE) --no-print-directory FLAVOUR=fuzz CC=clang \
	  fuzz-run,echo "no fuzz targets")
fuzz-run: $(FUZZ_BIN)
	@RESULTS=$(RESULTS) tests/run/save_tap tests/run/fuzz.py \
	  $(BUILD)/fuzz $(SECONDS) $^

$(OUT)/tests/fuzz/fuzz_%: $(OUT)/tests/fuzz/fuzz_%.o $(ARCHIVE)
	$(call SAY,LINK)$(CC) -fsanitize=fuzzer,address,undefined -o $@ $< $(ARCHIVE) $(LIB_LIBS)
