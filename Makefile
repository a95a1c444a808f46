# Two commands: `make run` starts the demo, `make test` runs every test. Both install what they need, say what they
# do, and can be run again.

USHER   := target/release/usher
PLUGINS := skills/order-tracking skills/order-editing skills/returns-exchanges skills/general-qa \
           skills/coupons-discounts skills/product-recommendations skills/subscriptions \
           skills/loyalty connectors/shopify connectors/loop connectors/smile connectors/loyaltylion \
           connectors/recharge connectors/aftership connectors/zendesk connectors/gorgias
# Where plugins are built for the demo and for the tests, and the key of this checkout that signs them.
DEMO    := .usher/demo
BUILT   := target/plugins
KEY     := target/keys/local.key

# Tests at a time in one test program. Most of them wait, for a browser, a server or a clock: twice the processors keep
# the processors busy.
TEST_THREADS := $(or $(RUST_TEST_THREADS),$(shell echo $$((2 * $$(getconf _NPROCESSORS_ONLN)))))

.PHONY: run test lint build plugins bench bench-router fuzz storm help

help:
	@echo "make run    build everything and start the demo shop (first time: see README for how long)"
	@echo "make test   run every test"
	@echo "make lint   formatting and clippy"
	@echo "make fuzz   run random components and calls against the host (SEED=, INVOCATIONS=; see tests/fuzz)"
	@echo "make storm  swap a skill every 10 ms for a minute while 50 shoppers talk to it"
	@echo "make bench-router  measure where customers' messages go (DATA= a folder of public sets)"
	@echo "make bench  measure: the router, knowledge search, calls of skills, loading plugins, turns through the API, webhooks, figures"

# With the features that the whole workspace asks of its dependencies: those of the server alone are others, and the tests
# would compile wasmtime and half of everything else a second time.
build:
	@scripts/say "Building usher. The first time this compiles about 300 crates; cargo shows each one."
	cargo build --release --workspace --bin usher

$(KEY): | build
	@scripts/say "Making a key that signs this checkout's plugins. It stays here."
	@mkdir -p $(@D)
	@$(USHER) key new $@

plugins: build $(KEY)
	@scripts/say "Building the plugins to WebAssembly components."
	$(USHER) build --fetch-toolchain --out-dir $(BUILT) --sign $(KEY) $(PLUGINS)

run: plugins
	@mkdir -p $(DEMO)/plugins
	@# Each signature before its component, so that a running demo never sees a new component with an old signature.
	@for plugin in $(BUILT)/*.wasm; do for file in $$plugin.minisig $$plugin; do \
		[ ! -f $$file ] || cmp -s $$file $(DEMO)/plugins/$$(basename $$file) || cp $$file $(DEMO)/plugins/ || exit; done; done
	@scripts/say "Starting the demo. Stop it with Ctrl-C."
	$(USHER) demo --data-dir $(DEMO) --trust $(KEY).pub

test: plugins
	@scripts/say "Making sure that there is a browser for the browser tests."
	@scripts/browser
	@scripts/say "Making sure that there are mail servers for the mail tests."
	@scripts/mailservers
	@scripts/say "Checking the formatting."
	cargo fmt --all --check
	@scripts/say "Running the tests."
	RUST_TEST_THREADS=$(TEST_THREADS) cargo test --release --workspace --no-fail-fast

lint:
	cargo fmt --all --check
	cargo clippy --release --workspace --all-targets

bench: plugins
	cargo run --release -p usher-bench --bin bench-calls
	cargo run --release -p usher-bench --bin bench-plugins
	cargo run --release -p usher-bench --bin bench-turns
	cargo run --release -p usher-bench --bin bench-webhooks
	cargo run --release -p usher-bench --bin bench-neighbours
	cargo run --release -p usher-bench --bin bench-router
	cargo run --release -p usher-store --example insight

# Where a customer's message goes: the shipped skills on tests/bench/held. DATA= is a folder of public sets, if you have one.
bench-router:
	cargo run --release -p usher-bench --bin bench-router -- $(DATA)

# A minute of swaps under load; the tests have four seconds of it.
storm:
	STORM_SECONDS=60 cargo test --release -p usher-hostile --test review -- --nocapture a_storm_of_swaps_fails_no_turn

# The seed is printed; SEED= runs the same again.
fuzz:
	cargo run --release -p usher-fuzz -- $(if $(SEED),--seed $(SEED)) --invocations $(or $(INVOCATIONS),100000)
