import Hummingbird
import Lab
import Operations

extension RunSelector {
    /// From the parameters of a URL, each of which may be given several times. Throws a problem that names a wrong one.
    init(query: QueryParameters) throws {
        let all = { (name: String) in
            let values = query.getAll(name)
            return values.isEmpty ? nil : values
        }
        let states = try all("state")?.map { name in
            guard let state = RunState(rawValue: name) else {
                let known = RunState.allCases.map(\.rawValue).joined(separator: ", ")
                throw Problem(.badRequest, "state: \(name.debugDescription) is no state; give one of \(known)")
            }
            return state
        }
        self.init(
            ids: all("ids")?.flatMap { $0.split(separator: ",").map(String.init) }, experiment: all("experiment")?.first,
            state: states, tag: all("tag"), dataset: all("dataset"), model: all("model"), where: all("where"))
    }
}
