import Foundation
import Testing

@testable import Specs

@Suite struct IdentityTests {
    private let base = Settings(dataset: .cifar10)

    private func identity(_ change: (inout Settings) -> Void) -> String {
        var settings = base
        change(&settings)
        return settings.runIdentity(datasetDigest: "abc")
    }

    @Test func theIdentityIsADocumentedHash() {
        // printf '%s' '{"dataset_digest":"abc","settings":{…}}' | sha256sum, over the text below.
        #expect(
            base.trajectoryJSON == """
                {"architecture":"linearnet","batch_size":1024,"d":16,"dataset":"cifar10","distance":"euclidean",\
                "epsilon":0.1,"input_scale":"raw","lambda":1,"learning_rate":0.0001,"linear":"pcn","optimizer":"sgd",\
                "schedule":"constant","seed":1,"wave":"triangle"}
                """)
        #expect(base.runIdentity(datasetDigest: "abc") == "5d1158d3739edc97beb2563d557f354331d0c8c57002fa3edf709aee708a4374")
    }

    @Test func moreEpochsContinueTheSameRunUnlessACosineDependsOnThem() {
        #expect(identity { $0.epochs = 7 } == identity { $0.epochs = 8 })
        #expect(
            identity {
                $0.schedule = .cosine
                $0.epochs = 7
            }
                != identity {
                    $0.schedule = .cosine
                    $0.epochs = 8
                })
    }

    @Test func aWeightAverageMakesAnotherLengthAnotherRunAndAWarmupDoesNot() {
        let pair = { (change: @escaping (inout Settings) -> Void) in
            [7, 8].map { epochs in
                identity {
                    change(&$0)
                    $0.epochs = epochs
                }
            }
        }
        let (averaged, warm, cycled) = (
            pair { $0.weightAverage = 0.5 }, pair { $0.warmup = 2 }, pair { $0.schedule = .onecycle }
        )
        #expect(averaged[0] != averaged[1] && warm[0] == warm[1] && cycled[0] != cycled[1])
    }

    @Test func checkpointsDoNotMakeAnotherRun() {
        #expect(identity { $0.checkpointEvery = 3 } == identity { _ in })
        #expect(
            identity {
                $0.schedule = .cosine
                $0.checkpointEvery = 3
            } == identity { $0.schedule = .cosine })
    }

    @Test func theDataIsPartOfTheIdentity() {
        #expect(base.runIdentity(datasetDigest: "abc") != base.runIdentity(datasetDigest: "abd"))
    }

    @Test(arguments: SettingField.all.map(\.key))
    func everyOtherSettingMakesAnotherRun(key: String) throws {
        let other: [String: Any] = [
            "architecture": "alexnet", "linear": "mlp", "convolution": "pcn", "d": 4, "lambda": 2, "epsilon": 0.2,
            "distance": "dot", "wave": "sine", "regulariser": "variance", "clouds": "untied", "gain": "neuron",
            "learn_epsilon": "layer", "omega": 30, "filters": 64, "milestones": [3], "gamma": 0.5, "activation": "poly_relu",
            "structure": "parallel",
            "gradient_noise": 0.01, "widths": [8],
            "dataset": "cifar100", "train_samples": 10, "test_samples": 10, "input_scale": "unit", "epochs": 9,
            "batch_size": 9, "learning_rate": 0.5, "seed": 9, "optimizer": "adam", "schedule": "cosine",
            "checkpoint_every": 9, "normalise": "layer", "initialisation": "grid", "window": "gaussian",
            "momentum": 0.9, "weight_decay": 0.01, "warmup": 0.5, "label_smoothing": 0.1, "weight_average": 0.25,
            "augment": ["crop"], "mixup": 0.2, "validation_samples": 100,
            "dropout": 0.25, "compress": ["after": 2, "fraction": 0.5],
        ]
        let value = try #require(other[key])
        let conditions = [
            "convolution": ["architecture": "convnet"], "window": ["initialisation": "grid"],
            "omega": ["linear": "sine_low_rank"], "filters": ["architecture": "resnet20"],
            "milestones": ["schedule": "steps"], "compress": ["linear": "mlp"], "gamma": ["schedule": "steps"],
        ]
        let plain: [String: Any] = ["architecture": "linearnet", "dataset": "cifar10"].merging(conditions[key] ?? [:]) { $1 }
        let runs = try [plain, plain.merging([key: value]) { $1 }].map { (fields: [String: Any]) in
            let text = String(decoding: try JSONSerialization.data(withJSONObject: fields), as: UTF8.self)
            return try Settings(canonicalJSON: text)
        }
        #expect(runs[0] != runs[1])
        let isSame = runs[0].runIdentity(datasetDigest: "abc") == runs[1].runIdentity(datasetDigest: "abc")
        #expect(isSame == ["epochs", "checkpoint_every"].contains(key))
    }
}
