import Foundation
import ProgramUnderTest
import Testing

/// What the service refuses, by bytes over a socket of the real program.
@Suite("The service refuses", .serialized)
struct SecurityTests {
    private static let pauseAll = #"{"action": "pause", "all": true}"#

    @Test("a Host that is not its own, so that no name of another site that resolves to this machine reaches it")
    func foreignHost() throws {
        try ServiceUnderTest.run { service throws in
            let port = service.server.port
            // A page of evil.example whose name is bound to 127.0.0.1 sends these, with its own Origin and as same-origin.
            for host in ["evil.example", "evil.example:\(port)", "127.0.0.1.evil.example", "localhost.evil.example:\(port)", "0"]
            {
                for target in ["/", "/api/v1/summary", "/healthz", "/metrics"] {
                    let answer = try service.request("GET", target, ["Host": host, "Sec-Fetch-Site": "same-origin"])
                    #expect(answer.status == 403 && answer.body.contains("--allowed-host"), "\(host) \(target): \(answer)")
                }
                let change = try service.request(
                    "POST", "/api/v1/actions", ["Host": host, "Origin": "http://\(host)", "Sec-Fetch-Site": "same-origin"],
                    body: Self.pauseAll)
                #expect(change.status == 403)
            }
            #expect(try service.request("GET", "/api/v1/summary", ["Host": ""]).status >= 400, "no Host")
            for host in ["localhost:\(port)", "[::1]:\(port)", "::1", "LOCALHOST"] {
                #expect(try service.request("GET", "/api/v1/summary", ["Host": host]).status == 200, "\(host)")
            }
            #expect(try service.states() == ["queued", "queued", "queued"])
        }
    }

    @Test("names other than those that --allowed-host gives")
    func allowedHost() throws {
        try ServiceUnderTest.run(["--allowed-host", "lab.example"]) { service throws in
            #expect(try service.request("GET", "/api/v1/summary", ["Host": "lab.example"]).status == 200)
            #expect(try service.request("GET", "/api/v1/summary", ["Host": "Lab.Example:443"]).status == 200)
            #expect(try service.request("GET", "/api/v1/summary", ["Host": "lab.example.org"]).status == 403)
        }
    }

    @Test("a change that a page of another site sends, by form, by fetch or without CORS")
    func crossSite() throws {
        try ServiceUnderTest.run { service throws in
            // The browser sends the cookie of the person's own page along.
            let cookie = ["Cookie": "pcnlab=\(service.server.token)"]
            let send = { (headers: [String: String], body: String) in
                try service.request("POST", "/api/v1/actions", token: .some(nil), cookie.merging(headers) { $1 }, body: body)
            }
            let form = ["Content-Type": "application/x-www-form-urlencoded"], text = ["Content-Type": "text/plain"]
            let site = { (name: String) in ["Sec-Fetch-Site": name] }
            #expect(try send(form.merging(site("cross-site")) { $1 }, "action=pause&all=true").status == 403)
            #expect(try send(text.merging(site("cross-site")) { $1 }, Self.pauseAll).status == 403)
            #expect(try send(site("cross-site"), Self.pauseAll).status == 403)
            #expect(try send(site("same-site"), Self.pauseAll).status == 403)
            // An old browser names only the origin, and a form of another site has the wrong type whatever else it says.
            #expect(try send(["Origin": "http://evil.example"], Self.pauseAll).status == 403)
            #expect(try send(["Origin": "null"], Self.pauseAll).status == 403)
            #expect(try send(["Origin": "http://127.0.0.1:1"], Self.pauseAll).status == 403)
            #expect(try send(form, "action=pause&all=true").status == 415)
            #expect(try send(text, Self.pauseAll).status == 415)
            #expect(try send(["Content-Type": ""], Self.pauseAll).status == 415)
            let preflight = try service.request(
                "OPTIONS", "/api/v1/actions", token: .some(nil),
                ["Origin": "http://evil.example", "Access-Control-Request-Method": "POST"])
            #expect(preflight.status >= 400 && !preflight.headers.keys.contains { $0.hasPrefix("access-control") })
            // Reading: no answer is readable for another site.
            let read = try service.request("GET", "/api/v1/summary", ["Origin": "http://evil.example"])
            #expect(!read.headers.keys.contains { $0.hasPrefix("access-control") })
            #expect(read.headers["cross-origin-resource-policy"] == "same-origin")
            #expect(try service.states() == ["queued", "queued", "queued"])
            // The person's own page may.
            #expect(try send(site("same-origin"), Self.pauseAll).status == 200)
            #expect(try service.states() == ["paused", "paused", "paused"])
        }
    }

    @Test("requests without a token or with a wrong one, and changes with the one for reading")
    func tokens() throws {
        try ServiceUnderTest.run { service throws in
            let token = service.server.token
            for wrong in [nil, "", "x", String(token.dropLast()), token + "x", String(token.reversed()), "\u{FF}"] {
                for target in ["/api/v1/summary", "/api/v1/runs", "/api/v1/stream", "/api/v1/openapi.json", "/metrics"] {
                    let answer = try service.request("GET", target, token: .some(wrong))
                    #expect(answer.status == 401 && answer.headers["www-authenticate"] == "Bearer", "\(target): \(answer)")
                }
                let change = try service.request("POST", "/api/v1/actions", token: .some(wrong), body: Self.pauseAll)
                #expect(change.status == 401)
            }
            // Not in the URL, where logs and histories keep it.
            #expect(try service.request("GET", "/api/v1/summary?token=\(token)", token: .some(nil)).status == 401)
            #expect(try service.request("GET", "/api/v1/summary", token: .some(service.reader)).status == 200)
            for (method, target, body) in [
                ("POST", "/api/v1/actions", Self.pauseAll), ("POST", "/api/v1/specs", #"{"specs": []}"#),
                ("PATCH", "/api/v1/runs", #"{"ids": [], "priority": 1}"#), ("PATCH", "/api/v1/runs/0", #"{"priority": 1}"#),
            ] {
                let answer = try service.request(method, target, token: .some(service.reader), body: body)
                #expect(answer.status == 403 && answer.body.contains("for reading only"), "\(method) \(target)")
            }
            let open = try service.request("POST", "/api/v1/session", token: .some(nil), body: #"{"token": "wrong"}"#)
            #expect(open.status == 401 && open.headers["set-cookie"] == nil)
            let given = try service.request("POST", "/api/v1/session", token: .some(nil), body: #"{"token": "\#(token)"}"#)
            let cookie = given.headers["set-cookie"] ?? ""
            #expect(given.status == 204 && cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "\(given)")
            #expect(try service.states() == ["queued", "queued", "queued"])
        }
    }

    @Test("no page of its own because the same browser is signed in to another lab's service on the host")
    func twoServices() throws {
        try ServiceUnderTest.run { first throws in
            try ServiceUnderTest.run { second throws in
                var jar: [String: String] = [:]
                for service in [first, second] {
                    let body = #"{"token": "\#(service.server.token)"}"#
                    let header = try service.request("POST", "/api/v1/session", token: .some(nil), body: body).headers[
                        "set-cookie"]
                    let cookie = (header ?? "").prefix { $0 != ";" }.split(separator: "=", maxSplits: 1).map(String.init)
                    if cookie.count == 2 { jar[cookie[0]] = cookie[1] }
                }
                let all = ["Cookie": jar.map { "\($0)=\($1)" }.joined(separator: "; ")]
                for service in [first, second] {
                    #expect(try service.request("GET", "/api/v1/summary", token: .some(nil), all).status == 200, "\(jar)")
                }
            }
        }
    }

    @Test("every change, whatever the token, where it is started with --read-only")
    func readOnly() throws {
        try ServiceUnderTest.run(["--read-only"]) { service throws in
            #expect(service.server.token == service.reader, "it prints the token for reading")
            let all = try String(contentsOf: service.program.lab.appending(path: "service-token"), encoding: .utf8)
            let token = all.trimmingCharacters(in: .whitespacesAndNewlines)
            #expect(try service.request("GET", "/api/v1/session", token: token).body == #"{"access":"read"}"#)
            let answer = try service.request("POST", "/api/v1/actions", token: token, body: Self.pauseAll)
            #expect(answer.status == 403 && answer.body.contains("only shows the lab"), "\(answer)")
            #expect(try service.states() == ["queued", "queued", "queued"])
        }
    }

    @Test("paths that lead out of its own: what is asked for is a route or a run, never a file")
    func paths() throws {
        try ServiceUnderTest.run { service throws in
            let targets = [
                "/../pcnlab.sqlite", "/../../etc/passwd", "/..%2f..%2fetc%2fpasswd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd",
                "/.pcnlab/service-token", "/service-token", "/index.html/../service-token",
                "/api/v1/runs/../../service-token", "/api/v1/runs/..%2f..%2fservice-token",
                "/api/v1/runs/%2e%2e%2fservice-token/log",
                "/api/v1/runs/..%2fservice-token/log?offset=0", "/api/v1/runs/%00/log", "/api/v1/runs/a%00b",
                "/api/v1/runs/%/log",
                "/api/v1/runs/%ff%fe", "/%00", "/api/v1/report?format=..%2f..%2fetc%2fpasswd", "/api/v1/runs/*/export", "\\..\\",
            ]
            for target in targets {
                let answer = try service.request("GET", target)
                #expect((400..<500).contains(answer.status), "\(target): \(answer)")
                #expect(!answer.body.contains("root:") && !answer.body.contains(service.server.token), "\(target)")
            }
            #expect(try service.request("GET", "/a\u{0}b").status == 400)
            #expect(try service.request("GET", "/api/v1/summary").status == 200, "it still answers")
        }
    }

    @Test("bodies over 2 MiB and headers over 16 KiB, without reading them to their end")
    func sizes() throws {
        try ServiceUnderTest.run { service throws in
            let body = #"{"specs": [{"name": "a", "text": ""# + String(repeating: " ", count: 2 << 20) + #""}]}"#
            #expect(try service.request("POST", "/api/v1/specs", body: body).status == 413)
            // Announced and never sent; and sent in chunks without a size.
            let announced = try service.request("POST", "/api/v1/specs", ["Content-Length": "99999999999"], body: "{}")
            #expect(announced.status == 413, "\(announced)")
            let connection = try RawConnection(port: service.server.port)
            connection.send(
                "POST /api/v1/specs HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(service.server.token)\r\n"
                    + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in 0..<40 where connection.send("20000\r\n" + String(repeating: "x", count: 0x20000) + "\r\n") {}
            connection.send("0\r\n\r\n")
            #expect(RawAnswer(connection.receive { $0.contains("\r\n\r\n") }.text).status == 413)
            let long = String(repeating: "h", count: 17 << 10)
            for headers in [["X-Long": long], ["Cookie": "pcnlab=\(long)"]] {
                let answer = try service.request("GET", "/healthz", headers)
                #expect(answer.status == 431 || answer.status == 400 || answer.status == 0, "\(answer.status)")
            }
            let many = Dictionary(uniqueKeysWithValues: (0..<200).map { ("X-\($0)", String(repeating: "v", count: 100)) })
            #expect(try service.request("GET", "/healthz", many).status != 200)
            #expect(try service.request("GET", "/healthz?" + long).status != 200)
            #expect(try service.request("GET", "/api/v1/summary").status == 200, "it still answers")
        }
    }

    @Test("to wait for a request that comes too slowly: the connection is closed within a minute", .timeLimit(.minutes(3)))
    func slowness() throws {
        try ServiceUnderTest.run { service throws in
            let slow = try RawConnection(port: service.server.port), silent = try RawConnection(port: service.server.port)
            let start = Date()
            slow.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n")
            // A header a second, so that the connection is never idle.
            var isOpen = true
            while isOpen, -start.timeIntervalSinceNow < 60 {
                isOpen = slow.send("X-Slow: 1\r\n") && !slow.receive(seconds: 1).isClosed
            }
            #expect(!isOpen, "the header's time is limited")
            #expect(
                silent.receive(seconds: 60 + start.timeIntervalSinceNow).isClosed, "and that of a connection without a request")
            #expect(try service.request("GET", "/api/v1/summary").status == 200)
        }
    }

    @Test(
        "scripts and terminal codes: names, tags, notes and descriptions come back as data, and the terminal shows them escaped")
    func markup() throws {
        try ServiceUnderTest.run { service throws in
            let evil = "<script>alert(1)</script>\u{1B}]0;owned\u{7}\u{1B}[2J"
            let escaped = try JSONSerialization.data(withJSONObject: [evil], options: [.withoutEscapingSlashes])
            let text = String(decoding: escaped, as: UTF8.self).dropFirst().dropLast()
            let spec = """
                {"name": "evil", "description": \(text), "architecture": "linearnet", "dataset": "shapes", "train_samples": 100,
                 "test_samples": 50, "widths": [8], "epochs": 1}
                """
            let body = try JSONSerialization.data(withJSONObject: [
                "specs": [["name": evil, "text": spec]], "tags": [evil],
            ])
            let sent = try service.request("POST", "/api/v1/specs", body: String(decoding: body, as: UTF8.self))
            // A lab may refuse such a tag or take it; it must never be markup.
            #expect([200, 400, 422].contains(sent.status), "\(sent)")
            let name = spec.replacing("\"evil\"", with: String(text))
            let named = try JSONSerialization.data(withJSONObject: ["specs": [["name": evil, "text": name]]])
            let faults = try service.request("POST", "/api/v1/specs", body: String(decoding: named, as: UTF8.self))
            let id = try #require(service.program.status().keys.sorted().first)
            let note = try service.request("PATCH", "/api/v1/runs/\(id)", body: #"{"note": \#(text), "add_tags": [\#(text)]}"#)
            #expect(note.status == 200, "\(note)")
            let run = try service.request("GET", "/api/v1/runs/\(id)"), list = try service.request("GET", "/api/v1/runs")
            let none = try service.request("GET", "/api/v1/runs/%3Cscript%3Ealert(1)%3C%2Fscript%3E")
            let report = try service.request("GET", "/api/v1/report?format=html")
            for answer in [sent, faults, note, run, list, none, report] {
                #expect(!answer.body.contains("\u{1B}") && !answer.body.contains("\u{7}"), "no control character as it is")
                let type = answer.headers["content-type"] ?? ""
                #expect(!type.contains("html") && answer.headers["x-content-type-options"] == "nosniff", "\(type)")
            }
            for arguments in [["status", id], ["status"], ["log"], ["report"]] {
                let output = try service.program.start(arguments).finish()
                #expect(!(output.out + output.error).contains("\u{1B}]"), "\(arguments)")
            }
        }
    }

    @Test("to answer anything without the policy that forbids scripts of other origins and frames")
    func policy() throws {
        try ServiceUnderTest.run { service throws in
            let page = try service.request("GET", "/", token: .some(nil))
            #expect(page.status == 200 && page.headers["content-type"] == "text/html; charset=utf-8")
            let answers = [
                page, try service.request("GET", "/healthz"), try service.request("GET", "/none"),
                try service.request("GET", "/api/v1/none"), try service.request("GET", "/api/v1/summary", token: .some(nil)),
                try service.request("GET", "/api/v1/report"), try service.request("GET", "/", ["Host": "evil.example"]),
                try service.request("PUT", "/api/v1/runs", body: "{}"), try service.request("TRACE", "/"),
                try service.request("POST", "/api/v1/actions", body: "{"), try service.request("GET", "/metrics"),
            ]
            for answer in answers {
                let policy = answer.headers["content-security-policy"] ?? ""
                #expect(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"), "\(answer)")
                #expect(!policy.contains("unsafe-inline") && !policy.contains("unsafe-eval"))
                #expect(answer.headers["x-content-type-options"] == "nosniff" && answer.headers["server"] == nil)
                if answer.status >= 400 { #expect(answer.headers["content-type"] == "application/problem+json", "\(answer)") }
            }
            // What the policy forbids is not in the page: inline scripts, inline styles, handlers.
            #expect(page.body.firstMatch(of: /<script(?![^>]*\ssrc=)/) == nil)
            #expect(page.body.firstMatch(of: /<style|\sstyle=|\son[a-z]+=/) == nil)
        }
    }
}
