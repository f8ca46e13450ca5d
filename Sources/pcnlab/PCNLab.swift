import ArgumentParser

/// The one place where everything is put together.
@main
struct PCNLab: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pcnlab",
        abstract: "A laboratory for Point Cloud Networks: submit experiments, train them, report them.",
        discussion: """
            A researcher writes a JSON spec, submits it, and walks away:

              pcnlab submit experiments/quickstart.json
              pcnlab work --drain
              pcnlab report --format markdown
            """,
        version: "0.1.0",
        subcommands: [
            Submit.self, Work.self, Status.self, Report.self, Export.self, LandscapeCommand.self, Cancel.self, Pause.self,
            Resume.self, Retry.self, LogCommand.self, Verify.self, BackupCommand.self,
            DataCommand.self, SchemaCommand.self,
            Bench.self, Doctor.self,
        ])

    static func main() {
        do {
            var command = try parseAsRoot()
            try reporting { try checkKernels(for: command) }
            try command.run()
        } catch { exit(withError: error) }
    }
}
