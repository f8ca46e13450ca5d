import Foundation
import Testing

/// What keeps a service running: a unit of systemd, an image, and a compose file.
@Suite("The set-up of a service")
struct SetUpTests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    private static let analyser = ["/usr/bin/systemd-analyze", "/bin/systemd-analyze"]
        .first(where: FileManager.default.isExecutableFile)

    @Test(
        "its unit of systemd is exposed to less than 3 of 10, as systemd-analyze counts",
        .enabled(if: analyser != nil, "no systemd-analyze"))
    func exposure() throws {
        let process = Process(), pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: try #require(Self.analyser))
        process.arguments = [
            "security", "--offline=true", "--no-pager", "--threshold=30",
            Self.root.appending(path: "Scripts/pcnlab.service").path,
        ]
        (process.standardOutput, process.standardError) = (pipe, FileHandle.nullDevice)
        try process.run()
        let text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0 && text.contains("Overall exposure level"), "\(text.suffix(300))")
    }

    @Test("its port is published on this machine alone, and the image serves unless told otherwise")
    func container() throws {
        let compose = try Self.text("compose.yaml")
        #expect(compose.contains(#"ports: ["127.0.0.1:7878:7878"]"#) && compose.contains("- lab:/lab"))
        let image = try Self.text("Dockerfile")
        #expect(image.contains(#"CMD ["serve", "--host", "0.0.0.0", "--workers", "1"]"#) && image.contains("\nUSER pcnlab\n"))
        // What the sources point at outside their folder must be in the image that builds them.
        for folder in ["Package.swift schema.sql", "Sources", "Tests", "Benchmarks", "experiments"] {
            #expect(image.contains("\nCOPY \(folder) "), "\(folder)")
        }
    }
}
