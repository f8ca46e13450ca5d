import Foundation
import Hummingbird
import Lab
import Operations

/// What the command line asks of a service besides what the page does.
struct ClientRoutes {
    let answers: Answers

    func add(to group: RouterGroup<ServiceContext>) {
        group.get("states") { request, _ in
            let ids = (request.parameters["ids"] ?? "").split(separator: ",").map(String.init)
            return try await answers.json(request) { try $0.states(of: ids) }
        }
        group.patch("runs") { request, _ in
            let body: ChangesOfRuns = try await request.json()
            let done = try await answers.onLab { lab in
                let ids = try body.ids.map { try lab.run(named: $0) }
                try lab.change(body.changes.checked(), runs: ids)
                return ChangedRuns(changed: ids.count)
            }
            answers.live.changed()
            return Answers.response(try Answers.encoded(done))
        }
    }
}
