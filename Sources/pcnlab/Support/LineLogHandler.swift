import Foundation
import Logging
import Operations

/// Log lines for files and journals: time, level unless it is `info`, text.
struct LineLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info
    let terminal: Terminal

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let now = Format.time(Int64(Date().timeIntervalSince1970 * 1000))
        terminal.line("\(now)  \(event.level > .info ? "\(event.level): " : "")\(event.message)")
    }
}
