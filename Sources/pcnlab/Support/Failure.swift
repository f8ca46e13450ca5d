import ArgumentParser
import Foundation
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

private func show(_ failure: Failure) -> ExitCode {
    let text = failure.message.printableLines
    Terminal.error.write(text.hasSuffix("\n") ? text : text + "\n")
    return failure.code
}
