# SPDX-License-Identifier: MIT
# The door that the scripts of tests/proto/ talk to; under the sanitizers.

PROTO_SERVER := $(BUILD)/asan/tests/proto/lmtp_server

$(OUT)/tests/proto/lmtp_server: $(OUT)/tests/proto/lmtp_server.o $(ARCHIVE)
	$(CC) $(ALL_LDFLAGS) -o $@ $< $(ARCHIVE) $(LIB_LIBS)

.PHONY: proto-server
proto-server:
	@$(MAKE) --no-print-directory FLAVOUR=asan $(PROTO_SERVER)
proto: proto-server
