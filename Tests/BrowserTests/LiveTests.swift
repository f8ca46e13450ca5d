import Foundation
import GRDB
import ProgramUnderTest
import Testing

extension BrowserTests {
    @Suite("The page that stays open") struct Live {
        /// Notes when each number of epochs appears on the page.
        static let recorder = """
            window.seen = {};
            const note = () => { for (const one of document.querySelectorAll('.epochs-done')) {
                const epoch = parseInt(one.textContent.replaceAll(',', ''));
                if (epoch) window.seen[epoch] ??= Date.now();
            } };
            note();
            new MutationObserver(note).observe(document.querySelector('main'), { subtree: true, childList: true, characterData: true });
            """

        @Test("shows each epoch of a real worker as it is written, and keeps zoom and filters")
        func epochs() throws {
            try ServedLab.run { lab in
                let browser = lab.browser
                try lab.program.run("submit", try lab.program.spec(smallSpec("live", epochs: 100_000, samples: 2_000)))
                let id = try #require(try lab.program.status().keys.min())
                try lab.program.run("set", id, "--priority", "9")
                let worker = try lab.program.start(["work", "--threads", "1"])
                defer {
                    worker.process.terminate()
                    worker.process.waitUntilExit()
                }
                try lab.open("#/queue?experiment=live&state=running")
                try browser.wait(for: "Curves of the runs in training", in: "main")
                try browser.script(Self.recorder)
                var written: [Int: Double] = [:]
                let database = try lab.database()
                try until {
                    let epoch = try database.read {
                        try Int.fetchOne($0, sql: "SELECT max(epoch) FROM epochs WHERE run_id = ?", arguments: [id])
                    }
                    if let epoch, written[epoch] == nil { written[epoch] = Date().timeIntervalSince1970 * 1000 }
                    return written.count >= 20
                }
                // Where an epoch takes less than a frame, the page shows the next one instead.
                var delays: [Double] = []
                try until {
                    let seen = try browser.script("return window.seen") as? [String: Double] ?? [:]
                    delays = written.compactMap { epoch, at in
                        seen.compactMap { Int($0.key) ?? 0 >= epoch ? $0.value : nil }.min().map { ($0 - at) / 1000 }
                    }
                    return delays.count == written.count
                }
                delays.sort()
                let median = delays[delays.count / 2], latest = delays.last ?? 0
                print("\(delays.count) epochs; on the page after \(median) s (median), \(latest) s (the latest)")
                // The curve grows with them, while what is seen of it stays.
                try browser.script("document.querySelector('.chart').chart.see(1, 3)")
                let points = "return document.querySelector('.chart').chart.series[0].curve.n"
                let before = try browser.script(points) as? Int ?? 0
                try until { try browser.script(points) as? Int ?? 0 > before }
                #expect((try browser.script("return location.hash") as? String)?.contains("to=3.00") == true)
                #expect((try browser.script("return location.hash") as? String)?.contains("state=running") == true)
                try browser.picture("live")
                try browser.expectNoErrors()
            }
        }

        @Test("says that the service is gone, catches up when it is back on the same port, and keeps filters and zoom")
        func reconnection() throws {
            try ServedLab.run { lab in
                let browser = lab.browser
                try lab.program.run("submit", try lab.program.spec(smallSpec("gone", epochs: 8)))
                try lab.program.run("work", "--drain", "--threads", "1")
                try lab.open("#/queue?experiment=gone&from=2.00&to=6.00")
                try browser.wait(for: "3 runs of 3", in: "main")
                try browser.click("thead input[type=checkbox]")
                try browser.wait(for: "LinearNet", in: ".legend")
                try browser.expectNoErrors()
                lab.killService()
                try browser.wait(for: "No connection since", in: "#connection")
                try browser.picture("no-connection")
                try lab.program.run("submit", try lab.program.spec(smallSpec("gone", epochs: 12), "longer.json"))
                try lab.program.run("work", "--drain", "--threads", "1")
                try lab.serve()
                try browser.wait(for: "Live", in: "#connection")
                try until {
                    try browser.script(
                        "return document.querySelector('.chart').chart.series.every(({ curve }) => curve.n === 12)") as? Bool
                        == true
                }
                try browser.wait(for: "12/12", in: ".bulk + div tbody")
                let address = try browser.script("return location.hash") as? String ?? ""
                #expect(address.contains("from=2.00") && address.contains("experiment=gone"))
                try browser.expectNoErrors(except: "ERR_", "status of 401")
            }
        }

        @Test("works in two and in ten tabs, which share one event stream; where the tab that has it is closed, another takes it")
        func tabs() throws {
            try ServedLab.run { lab in
                let browser = lab.browser
                try lab.program.run("submit", try lab.program.spec(smallSpec("tabs", epochs: 2)))
                try lab.open()
                var tabs = [try browser.tab()]
                for _ in 1..<10 {
                    tabs.append(try browser.newTab())
                    try lab.open()
                    try browser.wait(for: "3 runs of 3", in: "main")
                }
                let streams = {
                    let text = String(decoding: try HTTP.send("GET", "\(lab.root)metrics", token: lab.token).data, as: UTF8.self)
                    return text.split(separator: "\n").first {
                        $0.hasPrefix("pcnlab_event_streams ")
                    }
                    .flatMap { $0.split(separator: " ").last }.map(String.init)
                }
                #expect(try streams() == "1")
                try lab.program.run("pause", "--all", "--yes")
                for tab in tabs {
                    try browser.select(tab: tab)
                    try browser.wait(for: "paused 3", in: ".counts")
                }
                try browser.select(tab: tabs[0])
                try browser.closeTab()
                try browser.select(tab: tabs[1])
                try until { try streams() == "1" }
                try lab.program.run("resume", "--all", "--yes")
                for tab in tabs.dropFirst() {
                    try browser.select(tab: tab)
                    try browser.wait(for: "queued 3", in: ".counts")
                }
                try browser.expectNoErrors()
            }
        }
    }
}
