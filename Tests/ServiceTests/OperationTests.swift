import Foundation
import ProgramUnderTest
import Testing

/// How a service starts and ends.
@Suite("A service", .serialized)
struct OperationTests {
    @Test("keeps its tokens and its socket for its owner alone")
    func modes() throws {
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(smallSpec("small", epochs: 2)))
            let socket = program.folder.appending(path: "s")
            let running = try program.start(["serve", "--socket", socket.path])
            defer { running.process.terminate() }
            try until { running.output.contains("listening on") }
            let mode = { (file: URL) in
                (try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int).map { $0 & 0o777 }
            }
            #expect(try mode(socket) == 0o600)
            #expect(try mode(program.lab.appending(path: "service-token")) == 0o600)
            #expect(try mode(program.lab.appending(path: "service-token-read-only")) == 0o600)
            running.process.terminate()
            #expect(try running.finish().status == 143)
        }
    }

    @Test("removes no file for its socket but one that an ended service left")
    func socketFile() throws {
        try Program.inNewFolder { program throws in
            try program.run("submit", program.spec(smallSpec("small", epochs: 2)))
            let file = program.folder.appending(path: "precious"), socket = program.folder.appending(path: "s").path
            try Data("mine".utf8).write(to: file)
            let refused = try program.run("serve", "--socket", file.path)
            #expect(refused.status == 69 && refused.error.contains("a file of this name is there"), "\(refused)")
            #expect(try Data(contentsOf: file) == Data("mine".utf8))
            let first = try program.start(["serve", "--socket", socket])
            defer { first.process.terminate() }
            try until { first.output.contains("listening on") }
            #expect(try program.run("serve", "--socket", socket).status == 69, "another one listens")
            kill(first.process.processIdentifier, SIGKILL)
            _ = try first.finish()
            #expect(FileManager.default.fileExists(atPath: socket))
            let second = try program.start(["serve", "--socket", socket])
            try until { second.output.contains("listening on") }
            second.process.terminate()
            #expect(try second.finish().status == 143)
        }
    }

    @Test("queues the run of a worker that was killed, unless it only shows the lab", arguments: [false, true])
    func abandoned(_ isReadOnly: Bool) throws {
        try ServiceUnderTest.run(isReadOnly ? ["--read-only"] : []) { service throws in
            // The same runs, which take long now.
            try service.program.run("submit", service.program.spec(smallSpec("long", epochs: 100_000), "long.json"))
            let worker = try service.program.start(["work", "--threads", "1"])
            defer { kill(worker.process.processIdentifier, SIGKILL) }
            try until { try service.states().contains("running") }
            kill(worker.process.processIdentifier, SIGKILL)
            _ = try worker.finish()
            if isReadOnly {
                Thread.sleep(forTimeInterval: 5)
                #expect(try service.states().contains("running"))
            } else {
                try until { try !service.states().contains("running") }
                let answer = try service.request("GET", "/api/v1/summary")
                #expect(answer.body.contains("\"running\":[]"), "\(answer.body)")
            }
        }
    }

    @Test("reads a blank in a query however a client writes it", arguments: ["a+b%2Bc", "a%20b%2Bc", "a%20b%2bc"])
    func blanks(_ written: String) throws {
        try ServiceUnderTest.run { service throws in
            let spec = try service.program.spec(smallSpec("a b+c", epochs: 1), "named.json")
            try service.program.run("submit", spec)
            let answer = try service.request("GET", "/api/v1/runs?experiment=\(written)&limit=2")
            #expect(answer.status == 200 && answer.body.contains("\"experiment\":\"a b+c\""), "\(answer.body)")
        }
    }

    @Test("keeps its tokens when it is started again, and refuses a port that is taken with 69")
    func again() throws {
        try ServiceUnderTest.run { service throws in
            let second = try service.program.run("serve", "--port", "\(service.server.port)")
            #expect(second.status == 69 && second.error.contains("cannot listen on 127.0.0.1:"), "\(second)")
            let other = try Server(service.program)
            #expect(other.token == service.server.token)
            try other.stop()
        }
    }

    @Test("ends within five seconds of SIGTERM, with open event streams, idle connections and half a request")
    func ending() throws {
        try ServiceUnderTest.run { service throws in
            let head = "GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(service.server.token)\r\n\r\n"
            let streams = try (0..<20).map { _ in try RawConnection(port: service.server.port) }
            for stream in streams {
                stream.send(head)
                #expect(stream.receive { $0.contains("event: hello") }.text.contains("text/event-stream"))
            }
            let idle = try RawConnection(port: service.server.port), half = try RawConnection(port: service.server.port)
            half.send("POST /api/v1/actions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n")
            let (output, seconds) = try service.server.stop()
            #expect(output.status == 143 && seconds < 5, "status \(output.status) after \(seconds) s")
            #expect(streams[0].receive().isClosed && idle.receive().isClosed)
        }
    }

    @Test("that trains stops at a checkpoint when it ends, and a later worker goes on to the same bits")
    func training() throws {
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(smallSpec("long", epochs: 60)))
            let server = try Server(program, ["--workers", "1", "--threads", "1"])
            try until { try program.status().values.contains { ($0["epoch"] as? Int ?? 0) >= 2 } }
            let output = try server.stop().output
            #expect(output.status == 143, "\(output)")
            #expect(try program.status().values.allSatisfy { $0["state"] as? String != "running" })
            try program.run("work", "--drain", "--threads", "1")
            try Program.inNewFolder { other throws in
                try other.run("submit", other.spec(smallSpec("long", epochs: 60)))
                try other.run("work", "--drain", "--threads", "2")
                let results = try program.results()
                #expect(try results == other.results() && results.count == 3)
            }
        }
    }
}
