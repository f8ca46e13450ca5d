import Foundation

/// Where a service is: `http://HOST:PORT`, without a path.
package struct ServiceAddress: Sendable, Hashable {
    /// Without a slash at its end. Also the name under which its token is kept.
    package let text: String
    /// The token in the fragment of the URL that `pcnlab serve` prints.
    package let token: String?

    /// - Parameter text: a URL; without a scheme, `http` is taken. Throws for what is none.
    package init(_ text: String) throws {
        let full = text.contains("://") ? text : "http://" + text
        guard let parts = URLComponents(string: full), let scheme = parts.scheme?.lowercased(),
            ["http", "https"].contains(scheme), let host = parts.host, !host.isEmpty, ["", "/"].contains(parts.path),
            parts.query == nil, parts.user == nil
        else {
            throw Failure(
                "\(text.debugDescription) is no address of a service; give http://HOST:PORT or https://HOST", status: .usage)
        }
        // Foundation's URLSession takes none on Linux.
        if host.contains(":") {
            throw Failure(
                "\(text.debugDescription): give the host's name in place of an IPv6 address, such as localhost for [::1]",
                status: .usage)
        }
        self.text = "\(scheme)://\(host.lowercased())" + (parts.port.map { ":\($0)" } ?? "")
        token = parts.fragment.flatMap { $0.hasPrefix("token=") ? String($0.dropFirst("token=".count)) : nil }
    }

    /// Whether what is sent to it can be read on the way: it is not encrypted, and leaves this machine.
    package var isOpen: Bool {
        guard text.hasPrefix("http://") else { return false }
        let host = URLComponents(string: text)?.host ?? ""
        return !(host == "localhost" || host.hasPrefix("127."))
    }
}
