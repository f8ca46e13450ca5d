import Cluster
import Datasets
import Lab
import Specs
import Training

/// The exit codes of the command line, which also tell a client of the service what kind of error it is. The argument parser also uses 64
/// for usage errors.
package struct ExitStatus: Hashable, Sendable {
    package let rawValue: Int32

    package init(_ rawValue: Int32) { self.rawValue = rawValue }

    package static let someRunFailed = ExitStatus(1)
    package static let usage = ExitStatus(64)
    package static let badData = ExitStatus(65)
    package static let missingFile = ExitStatus(66)
    package static let unavailable = ExitStatus(69)
    package static let cannotWrite = ExitStatus(73)
    package static let tryAgain = ExitStatus(75)
}

/// An error in the form in which it is shown: a sentence with its remedy, and the exit code.
package struct Failure: Error, CustomStringConvertible {
    package let message: String
    package let status: ExitStatus
    package var description: String { message }

    package init(_ message: String, status: ExitStatus) {
        self.message = message
        self.status = status
    }

    package init(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let diagnostics as SpecDiagnostics:
            self.init("\(diagnostics)", status: diagnostics.isMissingFile ? .missingFile : .badData)
        case let error as DatasetError: self.init("\(error)", status: error.exitStatus)
        case let faults as DatasetFaults: self.init("\(faults)", status: faults.faults.first?.exitStatus ?? .badData)
        case let error as FetchError: self.init("\(error)", status: error.exitStatus)
        case let error as LabError: self.init("\(error)", status: error.exitStatus)
        case let error as SharedFolder.Failure: self.init("\(error)", status: .cannotWrite)
        case let error as EngineError: self.init("\(error)", status: .unavailable)
        case let error as RunBundle.Failure: self.init("\(error)", status: error.exitStatus)
        case let error as CheckpointFile.Failure: self.init("\(error)", status: error.exitStatus)
        default:
            if let lab = LabError(database: error, file: "the lab's database") {
                self.init("\(lab)", status: lab.exitStatus)
            } else {
                self.init(error.systemReason, status: .badData)
            }
        }
    }
}

extension DatasetError {
    package var exitStatus: ExitStatus {
        if isMissingFile { return .missingFile }
        if case .unknownDataset = self { return .usage }
        return .badData
    }
}

extension FetchError {
    package var exitStatus: ExitStatus {
        switch self {
        case .noConnection, .interrupted, .httpStatus, .unexpectedEncoding: .unavailable
        case .diskFull, .cannotWrite: .cannotWrite
        case .busy: .tryAgain
        case .wrongDigest, .tooLong, .insecureAddress: .badData
        }
    }
}

extension RunBundle.Failure {
    package var exitStatus: ExitStatus { if case .missing = self { .missingFile } else { .badData } }
}

extension CheckpointFile.Failure {
    package var exitStatus: ExitStatus {
        switch self {
        case .cannotWrite: .cannotWrite
        case .cannotRead: .missingFile
        case .damaged: .badData
        }
    }
}

extension LabError {
    package var exitStatus: ExitStatus {
        switch self {
        case .noLab: .missingFile
        case .notALab, .newerLab, .damaged: .badData
        case .cannotWrite, .taken: .cannotWrite
        case .busy: .tryAgain
        case .noSuchRun, .removedRun, .ambiguousRun, .noSuchExperiment, .refused, .superseded: .usage
        case .otherSearch, .fewerTrials: .badData
        }
    }
}
