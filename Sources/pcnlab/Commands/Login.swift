import ArgumentParser
import Foundation
import Operations

struct Login: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Store the token of a service, for --server.",
        discussion: """
            Takes the URL that `pcnlab serve` prints, with its token, or reads the token from PCNLAB_TOKEN or from the standard input. The \
            token is tried, and stored with mode 0600 in $XDG_CONFIG_HOME/pcnlab/tokens.json (~/.config without that variable). \
            Afterwards `pcnlab status --server URL` and other commands use it.
            """)

    @Argument(help: "http://HOST:PORT or https://HOST, or the URL that `pcnlab serve` prints.")
    var url: String

    private struct Session: Decodable { let access: String }

    func run() throws {
        try reporting {
            let address = try ServiceAddress(url)
            let token = try address.token ?? given()
            if address.isOpen {
                Terminal.error.line(
                    "warning: \(address.text) is not encrypted: who is on the way can read the token; use https or an SSH tunnel")
            }
            let session: Session = try ServiceClient(address, token: token).get("session")
            let file = StoredTokens()
            try file.store(token, of: address)
            let access = session.access == "change" ? "read and change the lab" : "read the lab"
            Terminal.error.line("the token may \(access); stored in \(file.file.path.printable)")
        }
    }

    /// The token of PCNLAB_TOKEN, or one that a person types without seeing it, or a line of the standard input.
    private func given() throws -> String {
        if let token = ProcessInfo.processInfo.environment["PCNLAB_TOKEN"], !token.isEmpty { return token }
        let isPerson = isatty(STDIN_FILENO) == 1
        let line = isPerson ? getpass("token: ").map { String(cString: $0) } : readLine()
        guard let token = line?.trimmingCharacters(in: .whitespaces), !token.isEmpty else {
            throw Failure("give the token on the standard input, or the URL that `pcnlab serve` prints", Exit.usage)
        }
        return token
    }
}
