import ArgumentParser
import Datasets
import Foundation
import Lab
import Specs
import Training

/// The program's exit codes. The argument parser also uses 64 for usage errors.
enum Exit {
    static let someRunFailed = ExitCode(1)
    static let usage = ExitCode(64)
    static let badData = ExitCode(65)
    static let missingFile = ExitCode(66)
    static let unavailable = ExitCode(69)
    static let cannotWrite = ExitCode(73)
    static let tryAgain = ExitCode(75)
}

/// An error in the form in which it is shown: a sentence with its remedy, and the exit code.
struct Failure: Error, CustomStringConvertible {
    let message: String
    let code: ExitCode
    var description: String { message }

    init(_ message: String, _ code: ExitCode) {
        self.message = message
        self.code = code
    }

    init(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let diagnostics as SpecDiagnostics:
            self.init("\(diagnostics)", diagnostics.isMissingFile ? Exit.missingFile : Exit.badData)
        case let error as DatasetError: self.init("\(error)", error.exitCode)
        case let faults as DatasetFaults: self.init("\(faults)", faults.faults.first?.exitCode ?? Exit.badData)
        case let error as FetchError: self.init("\(error)", error.exitCode)
        case let error as LabError: self.init("\(error)", error.exitCode)
        case let error as CheckpointFile.Failure: self.init("\(error)", error.exitCode)
        default:
            if let lab = LabError(database: error, file: "the lab's database") {
                self.init("\(lab)", lab.exitCode)
            } else {
                self.init(error.systemReason, Exit.badData)
            }
        }
    }
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

extension DatasetError {
    var exitCode: ExitCode {
        if isMissingFile { return Exit.missingFile }
        if case .unknownDataset = self { return Exit.usage }
        return Exit.badData
    }
}

extension FetchError {
    var exitCode: ExitCode {
        switch self {
        case .noConnection, .interrupted, .httpStatus, .unexpectedEncoding: Exit.unavailable
        case .diskFull, .cannotWrite: Exit.cannotWrite
        case .busy: Exit.tryAgain
        case .wrongDigest, .tooLong, .insecureAddress: Exit.badData
        }
    }
}

extension CheckpointFile.Failure {
    var exitCode: ExitCode {
        switch self {
        case .cannotWrite: Exit.cannotWrite
        case .cannotRead: Exit.missingFile
        case .damaged: Exit.badData
        }
    }
}

extension LabError {
    var exitCode: ExitCode {
        switch self {
        case .noLab: Exit.missingFile
        case .notALab, .newerLab, .damaged: Exit.badData
        case .cannotWrite, .taken: Exit.cannotWrite
        case .busy: Exit.tryAgain
        case .noSuchRun, .removedRun, .ambiguousRun, .noSuchExperiment, .refused, .superseded: Exit.usage
        }
    }
}
