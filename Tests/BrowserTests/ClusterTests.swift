import Foundation
import ProgramUnderTest
import Testing

extension BrowserTests {
    @Suite("The page of a lab with a cluster") struct Clusters {
        @Test(
            "shows job and node of a run, or why it waits, in the queue, among the workers and on the run's page, on a phone too")
        func places() throws {
            try ServedLab.run { lab in
                let browser = lab.browser, program = lab.program
                let ids = try program.submitByHand(smallSpec("far", epochs: 100_000))
                try program.run(
                    "submit", "--priority", "9", program.spec(smallSpec("near", epochs: 10, samples: 500), "near.json"))
                try lab.open()
                try browser.wait(for: "manual: waits for `pcnlab cluster sync`", in: ".bulk + div tbody")
                let job = try program.startByHand(ids[0])
                defer { job.process.terminate() }
                let remote = try #require(try program.status()[ids[0]]?["remote"] as? [String: Any])
                let name = try #require(remote["job"] as? String), place = "manual job \(name) on n1"
                try browser.wait(for: place, in: ".side")
                #expect(try !browser.text(".side").contains("process "), "no process of this machine trains")
                #expect(try browser.text(".side").contains("no worker is there; `pcnlab work` trains it"), "the next local run")
                try browser.wait(for: place, in: ".bulk + div tbody")
                try browser.resize(1600, 800)
                try browser.wait(for: place, in: "section[aria-labelledby=training] tbody")
                try browser.resize(1280, 800)
                // Its reason is no event of the lab, and it is on the page at once.
                try lab.database().write { db in
                    try db.execute(
                        sql: "UPDATE remote_attempts SET reason = 'ReqNodeNotAvail, UnavailableNodes:n[1-4],n7' WHERE run_id = ?",
                        arguments: [ids[1]])
                }
                let reason = "\(name.dropLast())1: ReqNodeNotAvail, UnavailableNodes:n[1-4],n7"
                try browser.wait(for: reason, in: ".bulk + div tbody")
                let screens = [
                    ("queue", "#/queue", place), ("running", "#/run?id=\(ids[0])", place),
                    ("waiting", "#/run?id=\(ids[1])", reason),
                ]
                for (screen, address, text) in screens {
                    try lab.open(address)
                    try browser.wait(for: text, in: "main")
                    for (look, width, height, isDark) in [
                        ("light", 1280, 1000, false), ("dark", 1280, 1000, true), ("narrow", 320, 900, false),
                    ] {
                        try browser.resize(width, height)
                        try browser.setDark(isDark)
                        Thread.sleep(forTimeInterval: 0.4)
                        try browser.picture("cluster-\(screen)-\(look)")
                        if screen == "queue" {
                            try browser.script("document.querySelector('.bulk').scrollIntoView()")
                            try browser.script("document.querySelector('.bulk + div .scroll').scrollLeft = 0")
                            try browser.picture("cluster-runs-\(look)")
                        }
                        let overflow = try browser.script("return document.documentElement.scrollWidth - innerWidth") as? Int
                        #expect(overflow ?? 1 <= 0, "\(screen) at \(width) pixels")
                    }
                    try browser.resize(1280, 800)
                    try browser.setDark(false)
                }
                try browser.expectNoErrors()
            }
        }
    }
}
