import Foundation
import Testing

@testable import Operations

/// What a client takes from a service, which may be another's.
@Suite("A client of a service")
struct RemoteRunTests {
    @Test("takes the runs of a page, but none whose id would name a file elsewhere")
    func ids() throws {
        try ServiceUnderTest.run { service throws in
            let page = try service.request("GET", "/api/v1/runs?limit=1").body
            let run = try #require(try JSONDecoder().decode(RemotePage.self, from: Data(page.utf8)).runs.first?.summary)
            #expect(try service.program.status()[run.id] != nil)
            for id in ["../../../.bashrc", "/etc/passwd", "", run.id + "0", run.id.uppercased() + "\u{0}"] {
                let other = page.replacing("\"\(run.id)\"", with: "\"\(id.replacing("\u{0}", with: "\\u0000"))\"")
                #expect(throws: DecodingError.self) { try JSONDecoder().decode(RemotePage.self, from: Data(other.utf8)) }
            }
        }
    }

    @Test("understands addresses as people write them, and keeps a token for each")
    func addresses() throws {
        for (text, address) in [
            ("host:7878", "http://host:7878"), ("HTTP://Host/", "http://host"),
            ("https://lab.example.org", "https://lab.example.org"),
            ("http://a:1/#token=x-y_z", "http://a:1"),
        ] { #expect(try ServiceAddress(text).text == address) }
        #expect(try ServiceAddress("http://a:1/#token=x-y_z").token == "x-y_z")
        for wrong in ["", "ftp://a", "http://a/b", "http://a?b", "http://u:p@a", "a b", "http://", "http://[::1]:80/"] {
            #expect(throws: Failure.self) { try ServiceAddress(wrong) }
        }
        let open = try [
            "http://10.0.0.1", "http://lab", "http://localhost:1", "http://127.0.0.1", "https://lab",
        ]
        .map { try ServiceAddress($0).isOpen }
        #expect(open == [true, true, false, false, false])
        let folder = FileManager.default.temporaryDirectory.appending(path: "pcnlab-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let tokens = StoredTokens(environment: ["XDG_CONFIG_HOME": folder.path])
        let (one, two) = (try ServiceAddress("a:1"), try ServiceAddress("a:2"))
        try tokens.store("first", of: one)
        try tokens.store("second", of: two)
        try tokens.store("third", of: one)
        #expect(try tokens.token(of: one, environment: [:]) == "third" && tokens.token(of: two, environment: [:]) == "second")
        #expect(try tokens.token(of: one, environment: ["PCNLAB_TOKEN": "given"]) == "given")
        try Data("[".utf8).write(to: tokens.file)
        #expect(throws: Failure.self) { try tokens.token(of: one, environment: [:]) }
    }
}
