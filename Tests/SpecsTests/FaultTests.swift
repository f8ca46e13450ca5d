import Testing

@testable import Specs

/// Settings that are right each alone, and not together.
@Suite("Settings that do not fit together")
struct FaultTests {
    static let cases: [(fields: String, line: String)] = [
        (
            #""architecture": "linearnet", "dataset": "mnist", "linear": "mlp", "epochs": 3, "compress": {"after": 3, "fraction": 0.5}"#,
            "2:92: compress.after: found 3 of 3 epochs; expected fewer: the compressed network is trained on"
        ),
        (
            #""architecture": "linearnet", "dataset": "mnist", "linear": "mlp", "compress": {"after": 1, "dimensions": [9, 9]}"#,
            "2:79: compress.dimensions: found a list of 2; expected 4 numbers, for linear.0, linear.1, linear.2, linear.3"
        ),
        (
            #""architecture": "linearnet", "dataset": "mnist", "linear": "mlp", "compress": {"after": 1, "dimensions": [9, 9, 9, 2049]}"#,
            "2:79: compress.dimensions: found 2,049 for linear.3; it has 2,048 inputs: expected at most as many, or 0 to leave it"
        ),
        (
            #""architecture": "linearnet", "dataset": "mnist", "linear": "mlp", "compress": {"after": 1, "dimensions": [9, 0, 9, 9], "keep_outputs": [5, 0, 0]}"#,
            "2:79: compress.keep_outputs: found 5 outputs of a layer; they are ranked by the components of the next one, which has none: give it dimensions, or 0 here"
        ),
        (
            #""architecture": "linearnet", "dataset": "mnist", "linear": "mlp", "structure": "parallel", "compress": {"after": 1, "fraction": 0.1, "keep_outputs": [5]}"#,
            "2:104: compress.keep_outputs: found outputs to drop; in a network that adds its layers' outputs, all are needed: leave it out"
        ),
        (
            #""architecture": "linearnet", "dataset": "mnist", "linear": "mlp", "compress": {"fraction": 0.1, "after": "2"}"#,
            "2:106: compress.after: found \"2\"; expected a whole number ≥ 1"
        ),
        (
            #""architecture": "linearnet", "dataset": "mnist", "linear": "mlp", "compress": {"after": 1}"#,
            "2:79: compress: found none of \"dimensions\", \"threshold\", \"fraction\"; expected exactly one of \"dimensions\", \"threshold\", \"fraction\""
        ),
        (
            #""architecture": "gcn", "dataset": "cifar10""#,
            "2:35: dataset: gcn reads a graph, and cifar10 has images; expected communities or cora"
        ),
        (
            #""architecture": "linearnet", "sweep": {"dataset": ["mnist", "cora"]}"#,
            "2:61: sweep.dataset[1]: cora is a graph, and linearnet reads images; set architecture to gcn"
        ),
        (
            #""architecture": "gcn", "dataset": "cora", "validation_samples": 501"#,
            "2:65: validation_samples: 501 is more than Cora has; expected at most 500"
        ),
        (
            #""architecture": "gcn", "dataset": "cora", "batch_size": 64"#,
            "2:43: batch_size: no run of this file uses it; it applies where architecture is linearnet, convnet, alexnet, conv4, conv6, vgg16 or resnet20: every step and every evaluation is over all nodes of a graph"
        ),
    ]

    @Test("are one line with the place, the field and the remedy", arguments: cases)
    func lines(fields: String, line: String) {
        #expect(diagnosticLines("{\"name\": \"t\",\n\(fields)}") == [line])
    }

    @Test(
        "are refused in stored settings too, which a hand may have changed: nothing later relies on them",
        arguments: [
            #""dataset":"mnist","linear":"mlp","compress":{"after":1,"dimensions":[9]}"#,
            #""dataset":"mnist","linear":"mlp","compress":{"after":1,"threshold":[1,2]}"#,
            #""dataset":"mnist","linear":"mlp","compress":{"after":1,"fraction":0.5,"keep_outputs":[1]}"#,
            #""dataset":"cora""#,
        ])
    func stored(_ fields: String) {
        #expect(throws: SpecDiagnostics.self) {
            try Settings(canonicalJSON: #"{"architecture":"linearnet","epochs":3,\#(fields)}"#)
        }
    }
}
