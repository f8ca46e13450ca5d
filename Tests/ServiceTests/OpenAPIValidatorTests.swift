import Foundation
import ProgramUnderTest
import Testing

@testable import Service

/// The description, checked by the tools that others use.
@Suite("The API's description by other tools", .serialized)
struct OpenAPIValidatorTests {
    /// PCNLAB_TEST_PYTHON, else `python3` of the path, if it has these modules.
    private static func python(_ modules: String...) -> String? {
        let environment = ProcessInfo.processInfo.environment
        let folders = environment["PATH", default: ""].split(separator: ":").map { "\($0)/python3" }
        let candidates = environment["PCNLAB_TEST_PYTHON"].map { [$0] } ?? folders
        guard let path = candidates.first(where: FileManager.default.isExecutableFile) else { return nil }
        let search = "import importlib.util, sys\nsys.exit(any(importlib.util.find_spec(name) is None for name in sys.argv[1:]))"
        return (try? run(path, ["-c", search] + modules))?.status == 0 ? path : nil
    }

    private static func run(_ path: String, _ arguments: [String]) throws -> (status: Int32, text: String) {
        let process = Process(), pipe = Pipe()
        (process.executableURL, process.arguments) = (URL(fileURLWithPath: path), arguments)
        (process.standardInput, process.standardOutput, process.standardError) = (FileHandle.nullDevice, pipe, pipe)
        try process.run()
        let text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }

    private static let validator = python("openapi_spec_validator")
    private static let schemas = python("jsonschema")

    @Test("openapi-spec-validator accepts it", .enabled(if: validator != nil, "no Python with openapi_spec_validator"))
    func valid() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "openapi-\(UUID().uuidString).json")
        try Data(PackageResources.openapi_json).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let output = try Self.run(try #require(Self.validator), ["-m", "openapi_spec_validator", file.path])
        #expect(output.status == 0, "\(output.text)")
    }

    @Test("jsonschema takes the service's answers as described", .enabled(if: schemas != nil, "no Python with jsonschema"))
    func answers() throws {
        try ServiceUnderTest.run { service throws in
            let script = """
                import json, sys, urllib.request, jsonschema
                address, token = sys.argv[1:]
                def get(path):
                    request = urllib.request.Request(address + path, headers={"Authorization": "Bearer " + token})
                    return json.load(urllib.request.urlopen(request))
                document = get("/api/v1/openapi.json")
                first = get("/api/v1/runs")["runs"][0]
                run, experiment = first["id"], first["experiment"]
                tried = 0
                for path, methods in document["paths"].items():
                    content = methods.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
                    if list(content) != ["application/json"]: continue
                    needed = [one["name"] for one in methods["get"].get("parameters", []) if one.get("required") and one.get("in") == "query"]
                    query = "?" + "&".join(name + "=" + {"experiment": experiment}[name] for name in needed)
                    schema = {**content["application/json"]["schema"], "components": document["components"]}
                    jsonschema.Draft202012Validator(schema).validate(get(path.replace("{id}", run) + query))
                    tried += 1
                print(tried)
                """
            let output = try Self.run(try #require(Self.schemas), ["-c", script, service.server.address, service.server.token])
            #expect(output.status == 0 && Int(output.text.dropLast()) ?? 0 >= 15, "\(output.text)")
        }
    }
}
