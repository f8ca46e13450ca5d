import ArgumentParser
import Foundation
import Lab
import Operations

/// The lab that a command uses: a folder of this machine, or the lab of a service.
struct LabPlace: ParsableArguments {
    @OptionGroup var folder: LabOption

    @Option(
        help: ArgumentHelp(
            "Use the lab of the `pcnlab serve` at this URL (else PCNLAB_SERVER, unless --lab is given).", valueName: "url"))
    var server: String?

    func validate() throws {
        if server != nil, folder.folder != nil { throw ValidationError("give --lab or --server, not both") }
    }

    /// Whether the lab is that of a service.
    var isRemote: Bool { address != nil }

    private var address: String? {
        let named = ProcessInfo.processInfo.environment["PCNLAB_SERVER"].flatMap { $0.isEmpty || folder.folder != nil ? nil : $0 }
        return server ?? named
    }

    /// The service that is asked; nil for a lab of this machine.
    func remote() throws -> RemoteLab? {
        guard let text = address else { return nil }
        let address = try ServiceAddress(text)
        return RemoteLab(ServiceClient(address, token: try address.token ?? StoredTokens().token(of: address)))
    }

    /// Opens the lab. A folder without one is an error; see `LabOption.open`.
    func open() throws -> any LabAccess { try remote() ?? folder.open() }
}
