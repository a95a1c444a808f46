# Two commands: `make run` starts the demo, `make test` runs every test. Both install what they need, say what they
# do, and can be run again.

USHER   := target/release/usher
PLUGINS := skills/order-tracking skills/returns-exchanges skills/general-qa connectors/shopify connectors/loop
# Where plugins are built for the demo and for the tests.
DEMO    := .usher/demo
BUILT   := target/plugins

.PHONY: run test lint build plugins bench clean-demo help

help:
	@echo "make run    build everything and start the demo shop (first time: see README for how long)"
	@echo "make test   run every test"
	@echo "make lint   formatting and clippy"
	@echo "make bench  measure: the router, knowledge search, calls of skills, turns through the API"

build:
	@scripts/say "Building usher. The first time this compiles about 300 crates; cargo shows each one."
	cargo build --release --bin usher

plugins: build
	@scripts/say "Building the plugins to WebAssembly components."
	$(USHER) build --fetch-toolchain --out-dir $(BUILT) $(PLUGINS)

run: plugins
	@mkdir -p $(DEMO)/plugins
	@for plugin in $(BUILT)/*.wasm; do cmp -s $$plugin $(DEMO)/plugins/$$(basename $$plugin) || cp $$plugin $(DEMO)/plugins/; done
	@scripts/say "Starting the demo. Stop it with Ctrl-C."
	$(USHER) demo --data-dir $(DEMO)

test: plugins
	@scripts/say "Making sure that there is a browser for the browser tests."
	@scripts/browser
	@scripts/say "Checking the formatting."
	cargo fmt --all --check
	@scripts/say "Running the tests."
	cargo test --release --workspace --no-fail-fast

lint:
	cargo fmt --all --check
	cargo clippy --release --workspace --all-targets

bench: plugins
	cargo run --release -p usher-bench --bin bench-calls
	cargo run --release -p usher-bench --bin bench-turns
	cargo run --release -p usher-bench --bin bench-router
