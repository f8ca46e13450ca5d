import Foundation
import Hummingbird
import Lab
import Logging
import ProgramUnderTest
import Testing

@testable import Service

/// The OpenAPI document that the service gives, held against its routes and its answers.
@Suite("The API's description", .serialized)
struct DescriptionTests {
    private static var document: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(PackageResources.openapi_json))) as? [String: Any] ?? [:]
    }

    private static var paths: [String: [String: [String: Any]]] { document["paths"] as? [String: [String: [String: Any]]] ?? [:] }

    @Test("has every route of the service with its method, and no other")
    func routes() throws {
        try Program.inNewFolder { program in
            let lab = try Lab(program.lab, create: true)
            let service = LabService(
                lab, tokens: AccessTokens(change: "a", read: "b"), .init(version: "0"), logger: Logger(label: "test")
            ) { _, _ in ("", 0, 0) }
            let router = service.router(
                Answers(
                    lab, live: LiveUpdates(lab, releasesAbandoned: false, logger: Logger(label: "test")), counts: RequestCounts())
            )
            let assets = Set(PageAsset.all.map { $0.name == "index.html" ? "/" : "/" + $0.name })
            let routes = router.routes.map { route in
                let path = "\(route.path)".replacing(/:([a-z]+)/) { "{\($0.1)}" }
                return (route.method.rawValue.lowercased(), path.hasPrefix("/") ? path : "/" + path)
            }.filter { !assets.contains($0.1) && $0.0 != "head" }
            let described = Self.paths.flatMap { path, methods in methods.keys.map { "\($0) \(path)" } }
            #expect(routes.map { "\($0.0) \($0.1)" }.sorted() == described.sorted())
        }
    }

    @Test("is a document of OpenAPI 3.1 whose references all lead somewhere, with an answer for errors everywhere")
    func shape() throws {
        #expect(Self.document["openapi"] as? String == "3.1.0" && Self.paths.count >= 20)
        let text = String(decoding: PackageResources.openapi_json, as: UTF8.self)
        let components = try #require(Self.document["components"] as? [String: [String: Any]])
        for reference in text.matches(of: /"#\/components\/(\w+)\/(\w+)"/) {
            #expect(components[String(reference.1)]?[String(reference.2)] != nil, "\(reference.0)")
        }
        var ids: Set<String> = []
        for (path, methods) in Self.paths {
            for (method, operation) in methods {
                let responses = operation["responses"] as? [String: Any] ?? [:]
                #expect(responses["default"] != nil && responses.count == 2, "\(method) \(path)")
                #expect(ids.insert(operation["operationId"] as? String ?? "").inserted, "\(method) \(path)")
            }
        }
    }

    @Test("describes what the service answers, of a lab with runs in every kind of state, and its errors")
    func answers() throws {
        try ServiceUnderTest.run { service throws in
            let more = """
                {"name": "done", "description": "two", "architecture": "linearnet", "dataset": "shapes", "train_samples": 100,
                 "test_samples": 50, "widths": [8], "epochs": 1, "seed": 7, "sweep": {"linear": ["pcn", "mlp"]}}
                """
            let search = """
                {"name": "search", "architecture": "linearnet", "dataset": "shapes", "train_samples": 100, "test_samples": 50,
                 "validation_samples": 50, "widths": [8], "epochs": 2,
                 "search": {"trials": 4, "space": {"d": {"from": 1, "to": 50}}, "halving": {"rungs": [1], "keep": "1/2"}}}
                """
            let program = service.program
            try #require(program.run("submit", "--priority", "9", program.spec(search, "search.json")).status == 0)
            try #require(program.run("submit", "--priority", "5", program.spec(more, "done.json")).status == 0)
            let worker = try program.start(["work", "--drain", "--threads", "1"])
            try #require(worker.finish().status == 0)
            let runs = try program.status(), ids = runs.keys.filter { runs[$0]?["is_trial"] as? Bool == false }.sorted()
            let trial = try #require(runs.first { $0.value["is_trial"] as? Bool == true }?.key)
            try program.run("submit", program.spec(smallSpec("more", epochs: 100_000), "more.json"))
            try program.run("set", ids[0], "--note", "n")
            let training = try program.start(["work", "--workers", "1", "--threads", "1"])
            defer { training.process.terminate() }
            try until { try program.status().values.contains { $0["state"] as? String == "running" } }
            // Runs of a cluster: in training, with a job, and without one.
            let far = try program.submitByHand(smallSpec("far", epochs: 100_000, samples: 500))
            let job = try program.startByHand(far[0])
            defer { job.process.terminate() }
            let run = ids[0],
                spec =
                    #"{"specs": [{"name": "a.json", "text": "\#(more.replacing("\"", with: "\\\"").replacing("\n", with: " "))"}]"#
            let requests: [(String, String, String?)] = [
                ("/healthz", "/healthz", nil), ("/api/v1/session", "/api/v1/session", nil),
                ("/api/v1/summary", "/api/v1/summary", nil), ("/api/v1/experiments", "/api/v1/experiments", nil),
                ("/api/v1/runs", "/api/v1/runs?limit=2&state=completed&state=running", nil),
                ("/api/v1/runs", "/api/v1/runs?order=interest", nil), ("/api/v1/runs", "/api/v1/runs?experiment=none", nil),
                ("/api/v1/runs", "/api/v1/runs?state=none", nil), ("/api/v1/runs/{id}", "/api/v1/runs/\(run)", nil),
                ("/api/v1/runs/{id}", "/api/v1/runs/0", nil), ("/api/v1/runs/{id}/events", "/api/v1/runs/\(run)/events", nil),
                ("/api/v1/runs/{id}/log", "/api/v1/runs/\(run)/log", nil), ("/api/v1/states", "/api/v1/states?ids=\(run),x", nil),
                ("/api/v1/runs/{id}", "/api/v1/runs/\(far[0])", nil), ("/api/v1/runs/{id}", "/api/v1/runs/\(far[2])", nil),
                ("/api/v1/events", "/api/v1/events?after=1", nil), ("/api/v1/curves", "/api/v1/curves?runs=\(run)", nil),
                ("/api/v1/table", "/api/v1/table", nil), ("/api/v1/table", "/api/v1/table?experiment=done", nil),
                ("/api/v1/search", "/api/v1/search?experiment=search", nil),
                ("/api/v1/search", "/api/v1/search?experiment=done", nil),
                ("/api/v1/search", "/api/v1/search?experiment=none", nil), ("/api/v1/search", "/api/v1/search", nil),
                ("/api/v1/curves", "/api/v1/curves?runs=\(trial)", nil),
                ("/api/v1/styles", "/api/v1/styles?ids=\(run)", nil), ("/api/v1/examples", "/api/v1/examples", nil),
                ("/api/v1/health", "/api/v1/health", nil), ("/api/v1/schema", "/api/v1/schema", nil),
                ("/api/v1/openapi.json", "/api/v1/openapi.json", nil),
                ("POST /api/v1/specs", "/api/v1/specs", spec + "}"),
                ("POST /api/v1/specs", "/api/v1/specs", spec + #", "dry_run": true}"#),
                ("POST /api/v1/specs", "/api/v1/specs", #"{"specs": [{"name": "a", "text": "{\"nam\": 1}"}]}"#),
                ("POST /api/v1/actions", "/api/v1/actions", #"{"action": "pause", "experiment": "more", "dry_run": true}"#),
                ("POST /api/v1/actions", "/api/v1/actions", #"{"action": "pause", "experiment": "more", "expect": 99}"#),
                ("PATCH /api/v1/runs", "/api/v1/runs", #"{"ids": ["\#(run)"], "priority": 1}"#),
                ("PATCH /api/v1/runs/{id}", "/api/v1/runs/\(run)", #"{"note": "later"}"#),
            ]
            var seen: Set<String> = []
            for (name, target, body) in requests {
                let words = name.split(separator: " ").map(String.init)
                let method = words.count == 2 ? words[0] : "GET", path = words[words.count - 1]
                let answer = try service.request(method, target, body: body)
                let responses = Self.paths[path]?[method.lowercased()]?["responses"] as? [String: [String: Any]] ?? [:]
                let response = responses["\(answer.status)"] ?? responses["default"] ?? [:]
                let content = response["content"] as? [String: [String: Any]] ?? [:]
                let type = answer.headers["content-type"] ?? ""
                let schema = try #require(content[type]?["schema"], "\(target) answers \(answer.status) with \(type)")
                let value = try JSONSerialization.jsonObject(with: Data(answer.body.utf8), options: .fragmentsAllowed)
                #expect(JSONSchema(root: Self.document).faults(value, schema) == [], "\(method) \(target) \(answer.status)")
                seen.insert("\(method.lowercased()) \(path)")
            }
            // Those whose answer is no JSON.
            let others =
                [
                    "get /metrics", "get /api/v1/report", "get /api/v1/search/report", "get /api/v1/stream",
                    "get /api/v1/runs/{id}/export",
                ]
                + ["post /api/v1/session", "delete /api/v1/session"]
            let all = Self.paths.flatMap { path, methods in methods.keys.map { "\($0) \(path)" } }
            #expect(seen.union(others).sorted() == all.sorted(), "every operation is tried")
        }
    }

    @Test("has examples that are the repository's experiments, each a spec that the service takes")
    func examples() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../experiments")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".json") && $0 != "experiment.schema.json" }
        #expect(Example.all.map(\.name).sorted() == names.sorted())
        for example in Example.all {
            #expect(try String(contentsOf: folder.appending(path: example.name), encoding: .utf8) == example.text)
        }
    }
}
