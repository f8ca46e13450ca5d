import Foundation
import ProgramUnderTest
import Testing

/// Chromium without a window, driven over the WebDriver protocol.
final class Browser {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Browser tests need minutes and a browser: they run where PCNLAB_BROWSER is 1 and chromedriver is installed.
    static let isThere = ProcessInfo.processInfo.environment["PCNLAB_BROWSER"] == "1" && driver != nil

    private static let driver = ["/usr/bin/chromedriver", "/usr/local/bin/chromedriver"].first(
        where: FileManager.default.isExecutableFile)

    private let process = Process()
    private let port: Int
    private var session = ""

    init(width: Int = 1280, height: Int = 800) throws {
        let output = FileManager.default.temporaryDirectory.appending(path: "chromedriver-\(UUID().uuidString)")
        try Data().write(to: output)
        defer { try? FileManager.default.removeItem(at: output) }
        process.executableURL = URL(fileURLWithPath: Self.driver ?? "/usr/bin/chromedriver")
        process.arguments = ["--port=0"]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = FileHandle.nullDevice
        try process.run()
        var found: Int?
        try until {
            let text = try String(contentsOf: output, encoding: .utf8)
            found = text.firstMatch(of: /started successfully on port (\d+)/).flatMap { Int($0.output.1) }
            return found != nil
        }
        port = found ?? 0
        let flags = [
            "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--window-size=\(width),\(height)",
        ]
        let wanted: [String: Any] = ["goog:chromeOptions": ["args": flags], "goog:loggingPrefs": ["browser": "ALL"]]
        do {
            let answer = try call("POST", "/session", ["capabilities": ["alwaysMatch": wanted]]) as? [String: Any]
            session = "/session/\(answer?["sessionId"] as? String ?? "")"
            try resize(width, height)
        } catch {
            end()
            throw error
        }
    }

    func end() {
        if !session.isEmpty { _ = try? call("DELETE", session) }
        // `waitUntilExit` would wait for the browser's crash handler, too.
        process.terminate()
    }

    // MARK: - Pages

    func open(_ url: String) throws { try call("POST", session + "/url", ["url": url]) }

    /// The value of a script's `return`.
    @discardableResult
    func script(_ text: String, _ arguments: Any...) throws -> Any {
        try call("POST", session + "/execute/sync", ["script": text, "args": arguments])
    }

    /// The value that a script awaits and returns.
    func asyncScript(_ text: String) throws -> Any {
        let body = """
            const done = arguments[arguments.length - 1];
            (async () => { \(text) })().then(done, (error) => done(`error: ${error}`));
            """
        return try call("POST", session + "/execute/async", ["script": body, "args": [Any]()])
    }

    func text(_ selector: String = "body") throws -> String {
        try script("return document.querySelector(arguments[0])?.innerText ?? ''", selector) as? String ?? ""
    }

    /// Clicks the first element that matches and whose text, if one is given, begins so.
    func click(_ selector: String, _ text: String = "") throws {
        let found = try script(
            """
            const one = [...document.querySelectorAll(arguments[0])].find((one) => one.textContent.startsWith(arguments[1]) && !one.disabled);
            one?.click();
            return Boolean(one);
            """, selector, text)
        if found as? Bool != true { throw Failure(description: "no \(selector) \(text)") }
    }

    /// Writes into a field as if it were typed.
    func type(_ selector: String, _ text: String) throws {
        try script(
            """
            const field = document.querySelector(arguments[0]);
            field.focus();
            field.value = arguments[1];
            field.dispatchEvent(new Event('input', { bubbles: true }));
            field.dispatchEvent(new Event('change', { bubbles: true }));
            """, selector, text)
    }

    /// Presses keys on the element that has the focus.
    func press(_ keys: String...) throws {
        let actions = keys.flatMap { [["type": "keyDown", "value": $0], ["type": "keyUp", "value": $0]] }
        try call("POST", session + "/actions", ["actions": [["type": "key", "id": "keys", "actions": actions]]])
    }

    /// Presses the mouse at a place, moves it, and releases it.
    func drag(from: (Int, Int), to: (Int, Int)) throws {
        let move = { (place: (Int, Int)) in ["type": "pointerMove", "duration": 0, "x": place.0, "y": place.1] as [String: Any] }
        let actions: [[String: Any]] = [
            move(from), ["type": "pointerDown", "button": 0], move(to), ["type": "pointerUp", "button": 0],
        ]
        let pointer: [String: Any] = [
            "type": "pointer", "id": "mouse", "parameters": ["pointerType": "mouse"], "actions": actions,
        ]
        try call("POST", session + "/actions", ["actions": [pointer]])
    }

    /// Waits until the page's text has this.
    func wait(for text: String, in selector: String = "body") throws {
        let end = Date() + 40
        while try !self.text(selector).contains(text) {
            if Date() > end {
                throw Failure(
                    description: "\(text.debugDescription) is not in \(selector): \(try self.text(selector).prefix(800))")
            }
            Thread.sleep(forTimeInterval: 0.05)
        }
    }

    // MARK: - Windows

    func resize(_ width: Int, _ height: Int) throws {
        let size: [String: Any] = ["width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600]
        try call("POST", session + "/goog/cdp/execute", ["cmd": "Emulation.setDeviceMetricsOverride", "params": size])
    }

    func setDark(_ isDark: Bool) throws {
        let feature = ["name": "prefers-color-scheme", "value": isDark ? "dark" : "light"]
        try call("POST", session + "/goog/cdp/execute", ["cmd": "Emulation.setEmulatedMedia", "params": ["features": [feature]]])
    }

    func newTab() throws -> String {
        let answer = try call("POST", session + "/window/new", ["type": "tab"]) as? [String: Any]
        let handle = answer?["handle"] as? String ?? ""
        try select(tab: handle)
        return handle
    }

    func tab() throws -> String { try call("GET", session + "/window") as? String ?? "" }
    func select(tab: String) throws { try call("POST", session + "/window", ["handle": tab]) }
    func closeTab() throws { try call("DELETE", session + "/window") }

    /// Writes a picture of the window into the folder that PCNLAB_SCREENSHOTS names, if it does.
    func picture(_ name: String) throws {
        guard let folder = ProcessInfo.processInfo.environment["PCNLAB_SCREENSHOTS"], !folder.isEmpty else { return }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let data = Data(base64Encoded: try call("GET", session + "/screenshot") as? String ?? "") ?? Data()
        try data.write(to: URL(fileURLWithPath: folder).appending(path: "\(name).png"))
    }

    /// Checks that the browser's log has told of no errors since the last call.
    /// - Parameter expected: parts of lines that the test itself provokes.
    func expectNoErrors(except expected: String..., at location: SourceLocation = #_sourceLocation) throws {
        let lines = try call("POST", session + "/se/log", ["type": "browser"]) as? [[String: Any]] ?? []
        let severe = lines.filter { $0["level"] as? String == "SEVERE" }.compactMap { $0["message"] as? String }
        let unexpected = severe.filter { line in !expected.contains { line.contains($0) } }
        #expect(unexpected == [], sourceLocation: location)
    }

    // MARK: - Protocol

    @discardableResult
    private func call(_ method: String, _ path: String, _ body: [String: Any]? = nil) throws -> Any {
        let text =
            method == "POST" ? String(decoding: try JSONSerialization.data(withJSONObject: body ?? [:]), as: UTF8.self) : nil
        let (data, status) = try HTTP.send(method, "http://127.0.0.1:\(port)\(path)", body: text)
        let answer = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        if status != 200 {
            let error = answer?["value"] as? [String: Any]
            throw Failure(description: "\(method) \(path): \(error?["message"] ?? status)")
        }
        return answer?["value"] ?? NSNull()
    }
}
