// swift-tools-version: 6.2
import PackageDescription

// Optimised in debug builds too: numeric targets, because tests train real networks, and tests that compute references in plain loops.
let optimised: [SwiftSetting] = [.unsafeFlags(["-O"])]

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")

/// Specs of `experiments` that the service offers to start from.
let examples = [
    "quickstart", "modern", "best", "search", "search-fine", "mnist", "table1-short", "linearnet-sweep", "linearnet-seeds",
    "convnet", "alexnet", "table1", "epsilon-lambda", "distance-wave", "channel-pcn", "graphs", "compress-conv4", "at-80k",
    "ingredients", "search-narrow-mlp", "search-low-rank", "baselines",
]

// The page of the service, embedded in the program.
let pageFiles = [
    "actions.js",
    "api.js",
    "app.js",
    "chart.js",
    "curvepanel.js",
    "curves.js",
    "dom.js",
    "experiment.js",
    "favicon.svg",
    "filters.js",
    "format.js",
    "health.js",
    "index.html",
    "live.js",
    "plot.js",
    "plotfile.js",
    "queue.js",
    "raster.js",
    "run.js",
    "search.js",
    "style.css",
    "submit.js",
    "table1.js",
]

let package = Package(
    name: "pcnlab",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "pcnlab", targets: ["pcnlab"]),
        .library(name: "FaultShim", type: .dynamic, targets: ["FaultShim"]),
        .library(name: "BLASShim", type: .dynamic, targets: ["BLASShim"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
    ],
    targets: [
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CKernels", cSettings: [.unsafeFlags(["-O3", "-ffp-contract=off", "-fno-math-errno"])]),
        .target(name: "Tensors", dependencies: ["COpenBLAS", "CKernels"], swiftSettings: optimised),
        .target(name: "Networks", dependencies: ["CKernels", "Tensors", "Specs"], swiftSettings: optimised),
        .target(name: "Datasets", dependencies: ["Tensors", "Specs", "CZlib", crypto], swiftSettings: optimised),
        .target(name: "Specs", dependencies: [crypto]),
        .target(
            name: "Lab", dependencies: ["Specs", .product(name: "GRDB", package: "GRDB.swift")],
            resources: [.embedInCode("schema.sql")]),
        .target(
            name: "Training", dependencies: ["Networks", "Datasets", "Specs", "CZlib", crypto], swiftSettings: optimised),
        .target(name: "Reports", dependencies: ["Specs", "Lab"]),
        .target(name: "Cluster", dependencies: ["Specs", "Lab", crypto]),
        .target(
            name: "Operations",
            dependencies: ["Specs", "Lab", "Reports", "Training", "Datasets", "Tensors", "Cluster"]),
        .target(
            name: "Service",
            dependencies: [
                "Operations", "Specs", "Lab", "Reports", crypto, .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
            ],
            resources: pageFiles.map { .embedInCode("Page/\($0)") } + [.embedInCode("openapi.json")]
                + examples.map { .embedInCode("Examples/\($0).json") }),
        .executableTarget(
            name: "pcnlab",
            dependencies: [
                "Tensors", "Networks", "Datasets", "Specs", "Lab", "Training", "Reports", "Operations", "Service", "Cluster",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .executableTarget(
            name: "Benchmarks",
            dependencies: ["Tensors", "Networks", "Specs", "Lab", "Training", .product(name: "GRDB", package: "GRDB.swift")],
            path: "Benchmarks",
            exclude: ["RESULTS.md", "LOAD.md", "TRAINING.md", "evaluate_rounding.py", "torch_step.py", "torch_training.py"]),
        .target(name: "Archives", dependencies: ["CZlib"], path: "Tests/Archives"),
        .executableTarget(
            name: "Fuzz",
            dependencies: [
                "Archives", "Datasets", "Lab", "Reports", "Specs", "Tensors", .product(name: "GRDB", package: "GRDB.swift"),
            ], path: "Tests/Fuzz", exclude: ["Kernels"]),
        .testTarget(name: "FuzzTests", dependencies: ["Fuzz"]),
        .testTarget(
            name: "DatasetsTests", dependencies: ["Archives", "Datasets", "Specs", "Tensors", crypto],
            resources: [.copy("Fixtures")]),
        .testTarget(
            name: "ServiceTests",
            dependencies: [
                "pcnlab", "ProgramUnderTest", "Operations", "Service", "Lab",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(name: "SpecsTests", dependencies: ["ProgramUnderTest", "Specs"]),
        .testTarget(name: "LabTests", dependencies: ["Lab", "ProgramUnderTest", "Specs"], exclude: ["Schemas"]),
        .testTarget(name: "TrainingTests", dependencies: ["Training", "Networks", "Tensors", "Specs", "CZlib"]),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "Archives", "pcnlab", "ProgramUnderTest", "Tensors", "Networks", "Datasets", "Specs", "Training",
                .product(name: "GRDB", package: "GRDB.swift"),
            ], exclude: ["Labs"]),
        .target(name: "ProgramUnderTest", path: "Tests/ProgramUnderTest"),
        // Loaded into workers by LD_PRELOAD: kills them or fails at chosen calls.
        .target(name: "FaultShim", path: "Tests/FaultShim"),
        // Loaded into workers by LD_PRELOAD: counts their calls of BLAS.
        .target(name: "BLASShim", path: "Tests/BLASShim"),
        .testTarget(
            name: "ChaosTests",
            dependencies: ["pcnlab", "ProgramUnderTest", "Lab", "Tensors", .product(name: "GRDB", package: "GRDB.swift")]),
        // Jobs on processes of this machine; `make test-cluster` runs the same on a real Slurm.
        .testTarget(
            name: "ClusterTests",
            dependencies: [
                "pcnlab", "ProgramUnderTest", "Cluster", "Lab", "Specs", "Tensors", .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        // Drive a real browser; `make test-browser` runs them.
        .testTarget(
            name: "BrowserTests", dependencies: ["pcnlab", "ProgramUnderTest", .product(name: "GRDB", package: "GRDB.swift")]),
        .testTarget(name: "ReportsTests", dependencies: ["Reports", "Lab", "Specs"]),
        .testTarget(
            name: "TensorsTests", dependencies: ["Benchmarks", "ProgramUnderTest", "Tensors"], swiftSettings: optimised),
        .target(name: "Allocations", path: "Tests/Allocations"),
        .testTarget(
            name: "NetworksTests", dependencies: ["Networks", "Specs", "Allocations"], resources: [.copy("Goldens")],
            swiftSettings: optimised),
    ],
    swiftLanguageModes: [.v6]
)
