import ArgumentParser
import Datasets
import Foundation
import Reports
import Specs

// The registries' entries as arguments of commands: an unknown name is refused with a list of the known ones.

extension ReportFormat: ExpressibleByArgument {
    public init?(argument: String) {
        guard let format = Self.named(argument) else { return nil }
        self = format
    }

    public var defaultValueDescription: String { name }
    public static var allValueStrings: [String] { all.map(\.name) }
}

extension LandscapeFormat: ExpressibleByArgument {
    public init?(argument: String) {
        guard let format = Self.named(argument) else { return nil }
        self = format
    }

    public var defaultValueDescription: String { name }
    public static var allValueStrings: [String] { all.map(\.name) }
}

extension ExportFormat: ExpressibleByArgument {
    init?(argument: String) {
        guard let format = Self.named(argument) else { return nil }
        self = format
    }

    var defaultValueDescription: String { name }
    static var allValueStrings: [String] { all.map(\.name) }
}

extension DatasetKind: ExpressibleByArgument {
    public init?(argument: String) {
        if let folder = DatasetName.folder(ofName: argument) {
            self.init(ownDataAt: URL(fileURLWithPath: folder))
            return
        }
        guard let kind = try? Self.named(argument) else { return nil }
        self = kind
    }

    public static var allValueStrings: [String] { all.map(\.name) }
}
