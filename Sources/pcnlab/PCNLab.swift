import ArgumentParser
import Foundation

/// The program: all commands.
@main
struct PCNLab: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pcnlab",
        abstract: "A laboratory for Point Cloud Networks: submit experiments, train them, report them.",
        discussion: """
            Write a JSON spec, submit it, and let a worker train it:

              pcnlab submit experiments/quickstart.json
              pcnlab work --drain
              pcnlab report --format markdown
            """,
        version: "0.1.0",
        subcommands: [
            Init.self, Submit.self, Publish.self, Import.self, Work.self, Serve.self, Login.self, Status.self, Compare.self,
            Report.self, Export.self,
            Predict.self,
            LandscapeCommand.self, SpectrumCommand.self, Cancel.self, Pause.self, Resume.self, Retry.self, Remove.self,
            SetCommand.self, Wait.self,
            Clean.self, ClusterCommand.self, Train.self, SearchCommand.self, LogCommand.self, Verify.self, BackupCommand.self,
            DataCommand.self, SchemaCommand.self,
            Bench.self, Doctor.self,
        ])

    /// The argument parser's own `main` prints help with `print`, which does not report that nothing could be written.
    static func main() {
        StandardDescriptors.occupy()
        do {
            var command = try parseAsRoot()
            try reporting { try checkKernels(for: command) }
            try command.run()
        } catch {
            let code = exitCode(for: error), text = fullMessage(for: error)
            if !text.isEmpty { (code == .success ? Terminal.output : Terminal.error).line(text) }
            if Terminal.output.failure == nil || code != .success { exit(code) }
            do { try reporting {} } catch { exit(exitCode(for: error)) }
        }
    }

    private static func exit(_ code: ExitCode) -> Never { Foundation.exit(code.rawValue) }
}
