import Foundation

/// The tokens of services that `pcnlab login` was given: a JSON file that only its owner may read,
/// `$XDG_CONFIG_HOME/pcnlab/tokens.json`, with an address and its token a line.
package struct StoredTokens: Sendable {
    package let file: URL

    package init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        let home = URL(fileURLWithPath: environment["HOME"] ?? NSHomeDirectory(), isDirectory: true)
        let given = environment["XDG_CONFIG_HOME"].flatMap {
            $0.hasPrefix("/") ? URL(fileURLWithPath: $0, isDirectory: true) : nil
        }
        file = (given ?? home.appending(path: ".config")).appending(path: "pcnlab/tokens.json")
    }

    /// The token of a service: PCNLAB_TOKEN, else the stored one; nil without one. Throws for a file that cannot be read.
    package func token(of address: ServiceAddress, environment: [String: String] = ProcessInfo.processInfo.environment) throws
        -> String?
    {
        if let token = environment["PCNLAB_TOKEN"], !token.isEmpty { return token }
        return try all()[address.text]
    }

    private func all() throws -> [String: String] {
        guard FileManager.default.fileExists(atPath: file.path) else { return [:] }
        guard let data = try? Data(contentsOf: file), let tokens = try? JSONDecoder().decode([String: String].self, from: data)
        else {
            throw Failure("\(file.path): cannot be read; remove it, and give `pcnlab login URL` again", status: .badData)
        }
        return tokens
    }

    /// Stores a token. The file is replaced whole, and is never readable for others.
    package func store(_ token: String, of address: ServiceAddress) throws {
        var tokens = try all()
        tokens[address.text] = token
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let bytes = Array(try encoder.encode(tokens)) + [10]
        let folder = file.deletingLastPathComponent(), new = file.path + ".\(UUID().uuidString.prefix(8))"
        try? FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let descriptor = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw cannotWrite(errno) }
        let count = write(descriptor, bytes, bytes.count), number = errno
        close(descriptor)
        guard count == bytes.count, rename(new, file.path) == 0 else {
            let reason = count == bytes.count ? errno : number
            unlink(new)
            throw cannotWrite(reason)
        }
    }

    private func cannotWrite(_ number: Int32) -> Failure {
        Failure("cannot write \(file.path): \(String(cString: strerror(number)))", status: .cannotWrite)
    }
}
