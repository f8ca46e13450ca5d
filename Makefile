# Everything runs from a fresh clone on a machine that has only Swift; every target may be run again at any time.

PACKAGES := libopenblas-dev libsqlite3-dev zlib1g-dev pkg-config
PCNLAB := .build/release/pcnlab
# Where a checkout of the data sets' compressed form lies beside this one, the tests on real data run too.
UNPACK := $(wildcard ../shared/data/unpack)

.PHONY: build demo test chaos bench lint packages

build: packages
	swift build -c release --product pcnlab

demo: build
	$(PCNLAB) submit experiments/quickstart.json
	$(PCNLAB) work --drain
	$(PCNLAB) status --experiment quickstart
	$(PCNLAB) report --experiment quickstart --curves curves

test: packages
ifneq ($(UNPACK),)
	@command -v djxl >/dev/null || ./Scripts/install-packages libjxl-tools
	set -e; data=$$(mktemp -d); trap 'rm -rf "$$data"' EXIT; $(UNPACK) "$$data" --archives >/dev/null; \
	PCNLAB_TEST_DATASETS="$$data" swift test --disable-xctest
else
	swift test --disable-xctest
endif

# Some forty minutes: workers killed, stopped, starved and lied to, 500 times for each of three seeds.
chaos: packages
	PCNLAB_CHAOS_FAULTS=$${FAULTS:-500} PCNLAB_CHAOS_SEEDS=$${SEEDS:-1,2,3} swift test --disable-xctest --filter ChaosTests

# Some twenty minutes, with nothing else on the machine; PCNLAB_BENCH_PYTHON names a Python that has PyTorch, to be measured too.
bench: packages
	swift build -c release --product Benchmarks
	.build/release/Benchmarks

lint:
	swift format lint -r --strict Benchmarks Sources Tests Package.swift

packages:
	@./Scripts/install-packages $(PACKAGES)
