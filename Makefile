# All targets run from a fresh clone on a machine that has only Swift, and can be run repeatedly.

PACKAGES := libopenblas-dev libsqlite3-dev zlib1g-dev pkg-config
PCNLAB := .build/release/pcnlab
# The tests on real data run if compressed data sets are in ../shared/data.
UNPACK := $(wildcard ../shared/data/unpack)

KERNEL_FUZZER := .build/fuzz-kernels
KERNEL_OPTIONS = -seed=$(FUZZ_SEED) -artifact_prefix=.build/ -max_len=64 -len_control=0 -timeout=10 -use_cmp=0 -print_funcs=0 -verbosity=0 -print_final_stats=1
export FUZZ_SEED ?= 1
export FUZZ_COUNT ?= 1000000

.PHONY: build demo test test-avx2 test-browser test-cluster chaos chaos-cluster fuzz bench load lint packages

build: packages
	swift build -c release --product pcnlab

demo: build
	$(PCNLAB) submit experiments/quickstart.json
	$(PCNLAB) work --drain
	$(PCNLAB) status --experiment quickstart
	$(PCNLAB) report --experiment quickstart --curves curves
	@echo "$(PCNLAB) serve    # prints the address of a page with all of this"

test: packages $(KERNEL_FUZZER)
	$(KERNEL_FUZZER) $(KERNEL_OPTIONS) -runs=10000
ifneq ($(UNPACK),)
	@command -v djxl >/dev/null || ./Scripts/install-packages libjxl-tools
	set -e; data=$$(mktemp -d); trap 'rm -rf "$$data"' EXIT; $(UNPACK) "$$data" --archives >/dev/null; \
	PCNLAB_TEST_DATASETS="$$data" ./Scripts/test
else
	./Scripts/test
endif

# The tests of the engine once more, as on a processor without AVX-512: its own kernels, and OpenBLAS's.
test-avx2: packages
	@if grep -q avx512f /proc/cpuinfo; then \
		PCNLAB_KERNELS=avx2 OPENBLAS_CORETYPE=Haswell ./Scripts/test --filter '^(NetworksTests|TensorsTests|TrainingTests)'; \
	else \
		echo "This processor has no AVX-512: \`make test\` tests the same."; \
	fi

# The page in a real browser. PCNLAB_SCREENSHOTS: a folder for pictures of every screen.
test-browser: packages
	@command -v chromedriver >/dev/null || ./Scripts/install-packages chromium chromium-driver
	PCNLAB_BROWSER=1 ./Scripts/test --filter BrowserTests

# The scenarios of the cluster on a real Slurm of three nodes, which the tests start on this machine.
test-cluster: packages
	@command -v slurmctld >/dev/null || test -x /usr/sbin/slurmctld || ./Scripts/install-packages slurm-wlm munge
	PCNLAB_SLURM=1 ./Scripts/test --filter 'ScenarioTests|EngineConformanceTests'

# About half an hour: 200 faults of every part of such a cluster.
chaos-cluster: packages
	@command -v slurmctld >/dev/null || test -x /usr/sbin/slurmctld || ./Scripts/install-packages slurm-wlm munge
	PCNLAB_SLURM=1 PCNLAB_CLUSTER_FAULTS=$${FAULTS:-200} PCNLAB_CLUSTER_SEEDS=$${SEEDS:-1} \
	./Scripts/test --filter ClusterChaosTests

# About forty minutes: 500 injected faults for each of three seeds.
chaos: packages
	PCNLAB_CHAOS_FAULTS=$${FAULTS:-500} PCNLAB_CHAOS_SEEDS=$${SEEDS:-1,2,3} ./Scripts/test --filter ChaosTests

# Mutated inputs for all readers of untrusted bytes, and random shapes for the kernels. Set FUZZ_COUNT and FUZZ_SEED to choose them.
fuzz: packages $(KERNEL_FUZZER)
	$(KERNEL_FUZZER) $(KERNEL_OPTIONS) -runs=$$(( $(FUZZ_COUNT) / 10 ))
	swift build -c release --product Fuzz
	.build/release/Fuzz
	swift build -c release --product pcnlab
	./Scripts/fuzz-service $(PCNLAB)

$(KERNEL_FUZZER): $(wildcard Tests/Fuzz/Kernels/*) $(wildcard Sources/CKernels/*.c Sources/CKernels/*/*.h)
	@mkdir -p $(@D)
	clang -g -O2 -ffp-contract=off -fno-math-errno -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -fuse-ld=lld \
		-ISources/CKernels/include Tests/Fuzz/Kernels/kernels.c Sources/CKernels/*.c -lm -o $@

# About twenty minutes on an otherwise idle machine. PCNLAB_BENCH_PYTHON: a Python with PyTorch, which is then measured too.
bench: packages
	swift build -c release --product Benchmarks
	.build/release/Benchmarks

# A minute, and 2 GB in the temporary folder: compares a lab of 100,000 runs and ten million epochs with a tiny one.
load: build
	swift build -c release --product Benchmarks
	.build/release/Benchmarks load

lint:
	swift format lint -r --strict Benchmarks Sources Tests Package.swift

packages:
	@./Scripts/install-packages $(PACKAGES)
