import Foundation
import ProgramUnderTest
import Testing

extension BrowserTests {
    @Suite("An action on the page") struct Actions {
        @Test("says what it will do to how many runs, does it, and the page follows: pause, resume, cancel, retry, remove")
        func all() throws {
            try ServedLab.run { lab in
                let browser = lab.browser
                try lab.program.run("submit", try lab.program.spec(smallSpec("actions", epochs: 2)))
                try lab.open("#/queue?experiment=actions")
                try browser.wait(for: "3 runs of 3", in: "main")
                for (button, after) in [
                    ("Pause", ["paused": 3]), ("Resume", ["queued": 3]), ("Cancel", ["cancelled": 3]), ("Retry", ["queued": 3]),
                ] {
                    try browser.click(".bulk button", button)
                    try browser.wait(for: "\(button) 3 runs?", in: "dialog")
                    if button == "Pause" { try browser.picture("dialog") }
                    try browser.click("dialog button", "\(button) 3 runs")
                    try until { try lab.states() == after }
                    try browser.wait(for: "\(after.keys.first ?? "")", in: ".bulk + div tbody")
                    try until { try browser.script("return document.querySelector('dialog') === null") as? Bool == true }
                }
                // Ticked runs only; those that cannot are counted.
                try browser.click("tbody input[type=checkbox]")
                try browser.click(".bulk button", "Cancel")
                try browser.wait(for: "Cancel 1 run?", in: "dialog")
                try browser.click("dialog button", "Cancel 1 run")
                try until { try lab.states() == ["cancelled": 1, "queued": 2] }
                try browser.click(".bulk button", "Untick")
                try browser.click(".bulk button", "Pause")
                try browser.wait(for: "Pause 2 runs?", in: "dialog")
                try browser.wait(for: "1 other run cannot", in: "dialog")
                try browser.click("dialog button", "Do nothing")
                try until { try browser.script("return document.querySelector('dialog') === null") as? Bool == true }
                try browser.click(".bulk button", "Remove")
                try browser.wait(for: "cannot be undone", in: "dialog")
                try browser.click("dialog button", "Remove 3 runs")
                try until { try lab.states() == [:] }
                try browser.wait(for: "0 runs of 0", in: "main")
                try browser.expectNoErrors(except: "status of 404")
            }
        }

        @Test("is not carried out where the number of runs changed meanwhile; the page says the new one and asks again")
        func changedCount() throws {
            try ServedLab.run { lab in
                let browser = lab.browser
                try lab.program.run("submit", try lab.program.spec(smallSpec("meanwhile", epochs: 2)))
                try lab.open("#/queue?experiment=meanwhile")
                try browser.wait(for: "3 runs of 3", in: "main")
                try browser.click(".bulk button", "Cancel")
                try browser.wait(for: "Cancel 3 runs?", in: "dialog")
                let id = try #require(try lab.program.status().keys.min())
                try lab.program.run("remove", id, "--yes")
                try browser.click("dialog button", "Cancel 3 runs")
                try browser.wait(for: "it was 3, now it is 2", in: "dialog")
                #expect(try lab.states() == ["queued": 2])
                try browser.click("dialog button", "Cancel 2 runs")
                try until { try lab.states() == ["cancelled": 2] }
                try browser.expectNoErrors(except: "status of 409")
            }
        }

        @Test("on a run: pause and cancel while a worker trains it, and its priority, tags and note are saved")
        func oneRun() throws {
            try ServedLab.run { lab in
                let browser = lab.browser
                try lab.program.run("submit", try lab.program.spec(smallSpec("one", epochs: 100_000)))
                let id = try #require(try lab.program.status().keys.min())
                try lab.program.run("set", id, "--priority", "5")
                let worker = try lab.program.start(["work", "--threads", "1"])
                defer {
                    worker.process.terminate()
                    worker.process.waitUntilExit()
                }
                try lab.open("#/run?id=\(id)")
                try browser.wait(for: "running", in: "h1")
                try browser.type("#priority", "7")
                try browser.type("#tags", "good night")
                try browser.type("#note", "watch this <one>")
                try browser.click(".edit button")
                try browser.wait(for: "Saved.", in: ".edit")
                try browser.wait(for: "watch this <one>", in: ".note")
                let run = try #require(try lab.program.status()[id])
                #expect(run["priority"] as? Int == 7)
                #expect(run["tags"] as? [String] == ["good", "night"])
                try browser.click("main .tools button", "Pause")
                try browser.wait(for: "Pause 1 run?", in: "dialog")
                try browser.click("dialog button", "Pause 1 run")
                try browser.wait(for: "paused", in: "h1")
                #expect(try browser.text("main").contains("Resume"))
                try browser.expectNoErrors()
            }
        }

        @Test("submits a spec: its faults beside their lines while it is typed, what it costs, then its runs in the queue")
        func submit() throws {
            try ServedLab.run { lab in
                let browser = lab.browser
                try lab.open("#/submit")
                try browser.type(
                    "#spec",
                    "{\n \"name\": \"typed\", \"architecture\": \"linearnet\", \"dataset\": \"shapes\",\n \"wdith\": [8]\n}")
                try browser.wait(for: "did you mean", in: ".lines .faulty")
                try browser.wait(for: "line 3, column 2", in: "#faults")
                #expect(
                    try browser.script(
                        "return [...document.querySelectorAll('.lines > div')].findIndex((one) => one.className === 'faulty')")
                        as? Int == 2)
                try browser.picture("submit-faults")
                try browser.click("#faults button")
                #expect(try browser.script("return document.getElementById('spec').selectionStart") as? Int == 71)
                #expect(try browser.script("return document.querySelector('button[type=submit]').disabled") as? Bool == true)
                try browser.type("#spec", smallSpec("typed", epochs: 3))
                try browser.wait(for: "No faults", in: "#faults")
                try browser.wait(for: "3 runs, about", in: "main")
                try browser.picture("submit-cost")
                try browser.type("#submit-tags", "first")
                try browser.click("button[type=submit]")
                try browser.wait(for: "3 runs: 3 queued", in: "main")
                #expect(try lab.states() == ["queued": 3])
                #expect(try lab.program.status().values.allSatisfy { $0["tags"] as? [String] == ["first"] })
                try browser.expectNoErrors(except: "status of 422", "/examples")
            }
        }
    }
}
