import ArgumentParser
import Foundation
import Lab
import Operations

/// The program's exit codes, as the argument parser throws them.
enum Exit {
    static let someRunFailed = ExitCode(.someRunFailed)
    static let usage = ExitCode(.usage)
    static let badData = ExitCode(.badData)
    static let missingFile = ExitCode(.missingFile)
    static let unavailable = ExitCode(.unavailable)
    static let cannotWrite = ExitCode(.cannotWrite)
    static let tryAgain = ExitCode(.tryAgain)
}

extension ExitCode {
    init(_ status: ExitStatus) { self.init(status.rawValue) }
}

extension Failure {
    init(_ message: String, _ code: ExitCode) { self.init(message, status: ExitStatus(code.rawValue)) }

    var code: ExitCode { ExitCode(status) }
}

/// Runs a command's body. An error is shown on stderr and ends the program with its code. Output that could not be written is such
/// an error, whatever else the command did.
func reporting(_ body: () throws -> Void) throws {
    var code: ExitCode?
    do {
        try body()
    } catch let thrown as ExitCode {
        code = thrown
    } catch {
        code = show(Failure(error))
    }
    if let number = Terminal.output.failure {
        throw show(Failure("cannot write the output: \(String(cString: strerror(number)))", Exit.cannotWrite))
    }
    if let code { throw code }
    if Terminal.error.failure != nil { throw Exit.cannotWrite }
}

/// Calls `body` for each run. What is wrong with one run is shown, and the others are done; the first failure's exit code is thrown in the
/// end. A service that is away and a full disk concern all of them.
func forEach(_ runs: [RunSummary], _ body: (RunSummary) throws -> Void) throws {
    var code: ExitCode?
    for run in runs {
        do {
            try body(run)
        } catch let thrown as ExitCode {
            throw thrown
        } catch {
            let failure = Failure(error)
            if failure.code == Exit.unavailable || failure.code == Exit.cannotWrite { throw failure }
            let shown = show(failure)
            code = code ?? shown
        }
    }
    if let code { throw code }
}

private func show(_ failure: Failure) -> ExitCode {
    let text = failure.message.printableLines
    Terminal.error.write(text.hasSuffix("\n") ? text : text + "\n")
    return failure.code
}
