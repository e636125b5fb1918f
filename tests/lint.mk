# SPDX-License-Identifier: MIT
# `make lint` runs all linters; LINT="layers shape" some; LINT_FILES="a.c b.c"
# on these files alone (clang-tidy takes its time).

# (make has a LINT of its own.)
ifeq ($(origin LINT),default)
LINT :=
endif
LINT_FILES ?=
.PHONY: lint
lint: $(BUILD)/compile_commands.json
	@RESULTS=$(RESULTS) BUILD=$(BUILD) LINT_FILES="$(LINT_FILES)" \
	  tests/run/save_tap tests/lint/run.py $(LINT)

FORMAT_SRC = $(shell find src lmtp milter admin tests -name '*.[ch]')
.PHONY: format
format:
	clang-format -i $(FORMAT_SRC)

.PHONY: docs
docs:
	python3 tests/lint/settings.py
