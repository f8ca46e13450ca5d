import ArgumentParser
import Specs

struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema of a spec, with which editors complete and check specs.",
        discussion: "A spec refers to a copy of it by \"$schema\".")

    @Flag(help: "Print that of cluster.json.")
    var cluster = false

    func run() throws {
        try reporting { Terminal.output.write(cluster ? ClusterSchema.text : ExperimentSchema.text) }
    }
}
