# SPDX-License-Identifier: MIT
# The test targets. Each suite leaves its results (TAP or JUnit) in RESULTS;
# tests/run/tally.py adds them up. Test programs are found by their place.

RESULTS ?= $(BUILD)/results
ROUNDS  ?= 10
SEED    ?= 1
export ROUNDS SEED
SAVE     = RESULTS=$(RESULTS) tests/run/save_tap
CHECKS  ?= lint unit linear threads proto store crash e2e fuzz
# What `check` runs a suite's program as; plain is what users get.
PLAIN := $(BUILD)/plain/maildesk
HOOKED := $(BUILD)/test/maildesk

# Sanitizers end a program at the first finding.
export ASAN_OPTIONS ?= detect_leaks=1:strict_string_checks=1
export UBSAN_OPTIONS ?= print_stacktrace=1
export TSAN_OPTIONS ?= halt_on_error=1

.PHONY: unit
unit: $(UNIT_BIN)
	@$(if $(UNIT_BIN),$(SAVE) --clean unit && RESULTS=$(RESULTS)/unit \
	  prove -j2 -Q -e tests/run/save_tap $(UNIT_BIN),echo "no unit tests")

# $(call pytest,suite,program)
pytest = $(if $(wildcard tests/$1/test_*.py),MAILDESK=$(abspath $2) \
  BUILD=$(abspath $(BUILD)) $(PYTEST) -q -rs -p no:cacheprovider \
  --junitxml=$(RESULTS)/$1.xml tests/$1,echo "no tests in tests/$1")

.PHONY: test-program
test-program:
	@$(MAKE) --no-print-directory FLAVOUR=test $(HOOKED)

# (tests/proto.mk builds what the scripts of tests/proto talk to.)
.PHONY: proto store crash e2e
proto:
	@$(call pytest,proto,$(HOOKED))
store: $(if $(wildcard tests/store/test_*.py),test-program)
	@$(call pytest,store,$(HOOKED))
crash: $(if $(wildcard tests/crash/test_*.py),test-program)
	@$(call pytest,crash,$(HOOKED))
e2e: $(PLAIN)
	@$(call pytest,e2e,$(PLAIN))

# Every suite runs, whatever failed before it; the tally decides.
.PHONY: check
check:
	@rm -rf $(RESULTS) && mkdir -p $(RESULTS)
	@$(MAKE) --no-print-directory all || \
	  { echo "FAILED   the build"; echo "0 passed, 1 failed"; exit 1; }
	@for suite in $(CHECKS); do \
	  echo "== $$suite"; flavour=plain; \
	  case $$suite in unit) flavour=asan;; esac; \
	  $(MAKE) --no-print-directory FLAVOUR=$$flavour $$suite || \
	    echo "$$suite" >>$(RESULTS)/failed; \
	done; python3 tests/run/tally.py $(RESULTS)

.PHONY: torture
torture:
	@$(MAKE) check ROUNDS=300 SECONDS=600

# The daemon built with each sanitizer, and the tests of where threads meet.
.PHONY: threads sanitized
threads:
	@$(MAKE) --no-print-directory FLAVOUR=tsan tsan-run sanitized
	@$(MAKE) --no-print-directory FLAVOUR=asan sanitized
sanitized: $(PROGRAM) $(BUILD)/tools/lmtp_load
	@MAILDESK=$(abspath $(PROGRAM)) BUILD=$(abspath $(BUILD)) \
	  FLAVOUR=$(FLAVOUR) $(PYTEST) -q -rs -p no:cacheprovider \
	  --junitxml=$(RESULTS)/threads-$(FLAVOUR).xml tests/threads

TSAN_SRC := $(wildcard tests/unit/base/*_test.c tests/unit/net/*_test.c \
            tests/unit/store/*_test.c tests/store/*_test.c)
.PHONY: tsan tsan-run
tsan:
	@$(MAKE) --no-print-directory FLAVOUR=tsan tsan-run
tsan-run: $(TSAN_SRC:%.c=$(OUT)/%)
	@mkdir -p $(RESULTS)
	@$(if $^,$(SAVE) --clean tsan && RESULTS=$(RESULTS)/tsan \
	  G_SLICE=always-malloc prove -j2 -Q -e tests/run/save_tap $^,\
	  echo "no tests")

# The expected results beside the mails are rewritten, not compared.
BLESS_SRC := $(wildcard tests/unit/mail/*_test.c tests/unit/intake/*_test.c \
             tests/mail/*_test.c)
.PHONY: bless
bless: $(BLESS_SRC:%.c=$(OUT)/%)
	@for t in $^; do BLESS=1 $$t --tap >/dev/null; done
	@git --no-pager diff --stat -- tests

.PHONY: bench
bench: $(PLAIN)
	@$(if $(wildcard tests/bench/run),MAILDESK=$(abspath $(PLAIN)) \
	  BUILD=$(abspath $(BUILD)) tests/bench/run,echo "no benches")
