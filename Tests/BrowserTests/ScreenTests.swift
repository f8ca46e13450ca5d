import Foundation
import ProgramUnderTest
import Testing

extension BrowserTests {
    @Suite("The page") struct Screens {
        @Test("signs in by the token in its address, removes it from there, asks where there is none, and refuses a wrong one")
        func signIn() throws {
            try ServedLab.run { lab in
                let browser = lab.browser
                try browser.open(lab.root)
                try browser.wait(for: "Sign in", in: "main")
                try browser.picture("sign-in")
                try browser.type("#token", "wrong")
                try browser.click("button[type=submit]")
                try browser.wait(for: "no token of the lab", in: "main")
                try browser.type("#token", lab.token)
                try browser.click("button[type=submit]")
                try browser.wait(for: "Live", in: "#connection")
                try browser.click("#leave")
                try browser.wait(for: "Sign in", in: "main")
                try browser.open(lab.address)
                // Only the fragment changed, which loads nothing.
                try browser.script("location.reload()")
                try browser.wait(for: "Live", in: "#connection")
                #expect(try browser.script("return location.href") as? String == lab.root)
                #expect(try browser.script("return document.cookie") as? String == "", "scripts cannot read the token")
                try browser.expectNoErrors(except: "status of 401")
            }
        }

        @Test(
            "shows every screen, light, dark and on a phone, without a scrollbar for the whole page, and no error in the browser's log"
        )
        func screens() throws {
            try ServedLab.run { lab in
                let spec = try lab.program.spec(
                    smallSpec("screens", epochs: 60, samples: 4_000, more: #", "description": "Small networks on shapes""#))
                try lab.program.run("submit", spec, "--tag", "night")
                try lab.program.run("work", "--drain", "--threads", "1")
                try lab.program.run(
                    "submit", try lab.program.spec(smallSpec("waiting", epochs: 50_000, samples: 2_000), "waiting.json"))
                let browser = lab.browser,
                    run = try #require(try lab.program.status().first { $0.value["state"] as? String == "completed" }?.key)
                let screens = [
                    ("queue", "#/queue", "In training"), ("experiments", "#/experiments", "Small networks"),
                    ("experiment", "#/experiment?name=screens", "LinearNet-PCN16"), ("run", "#/run?id=\(run)", "Checkpoints"),
                    ("submit", "#/submit", "Paste or choose"), ("health", "#/health", "Everything is fine"),
                ]
                try lab.open()
                for (name, address, text) in screens {
                    try lab.open(address)
                    try browser.wait(for: text, in: "main")
                    Thread.sleep(forTimeInterval: 0.5)
                    for (look, width, height, isDark) in [
                        ("light", 1280, 800, false), ("dark", 1280, 800, true), ("phone", 360, 740, true),
                        ("narrow", 320, 640, false),
                        ("large", 2560, 1440, false),
                    ] {
                        try browser.resize(width, height)
                        try browser.setDark(isDark)
                        Thread.sleep(forTimeInterval: 0.3)
                        try browser.picture("\(name)-\(look)")
                        let overflow = try browser.script("return document.documentElement.scrollWidth - innerWidth") as? Int
                        #expect(overflow ?? 1 <= 0, "\(name) at \(width) pixels")
                    }
                    try browser.resize(1280, 800)
                    try browser.setDark(false)
                    try browser.expectNoErrors()
                }
                // What a person keeps open: the queue with the curves of an experiment, while another is in training.
                let worker = try lab.program.start(["work", "--threads", "1"])
                defer {
                    worker.process.terminate()
                    worker.process.waitUntilExit()
                }
                try lab.open("#/queue")
                try browser.wait(for: "Curves of the runs in training", in: "main")
                try lab.open("#/queue?experiment=screens")
                try browser.wait(for: "3 runs of 3", in: "main")
                try browser.click("thead input[type=checkbox]")
                try browser.wait(for: "Curves of the 3 ticked runs", in: "main")
                Thread.sleep(forTimeInterval: 1)
                // The lab's folder is one of this test.
                try browser.script("document.querySelector('.path').hidden = true")
                try browser.picture("page")
                #expect(
                    try browser.script("return document.querySelectorAll('table:not(:has(caption)), th:not([scope])').length")
                        as? Int == 0)
                #expect(
                    try browser.script(
                        "return [...document.querySelectorAll('main input, main select')].filter((one) => !one.labels?.length && !one.ariaLabel).length"
                    )
                        as? Int == 0, "every field has a label")
                try browser.expectNoErrors()
            }
        }

        @Test("shows a search: its rungs, its plots, its trials ranked, and no test accuracy of any")
        func search() throws {
            try ServedLab.run { lab in
                let spec = """
                    {"name": "rates", "architecture": "linearnet", "dataset": "shapes", "train_samples": 400, "test_samples": 100,
                     "validation_samples": 200, "widths": [16], "optimizer": "adam", "input_scale": "standard", "epochs": 9,
                     "search": {"trials": 9, "space": {"d": [2, 4], "normalise": ["none", "layer"],
                       "learning_rate": {"from": 1e-4, "to": 1e-2, "scale": "log"}}, "halving": {"rungs": [1, 3], "keep": "1/3"}}}
                    """
                try lab.program.run("submit", lab.program.spec(spec))
                let browser = lab.browser
                try lab.open("#/experiment?name=rates")
                try browser.wait(for: "0 of 9", in: ".rungs")
                // Before any trial has begun, the empty curves are those that trials will have.
                try browser.wait(for: "validation %", in: "main .legend")
                let before = try #require(try browser.script("return document.querySelector('main').innerText") as? String)
                #expect(!before.lowercased().contains("test %") && !before.contains("Test accuracy"))
                try lab.program.run("work", "--drain")
                try browser.wait(for: "1 of 1", in: ".rungs li:last-child")
                try browser.wait(for: "best", in: "[aria-labelledby=search] tbody")
                #expect(
                    try browser.script("return document.querySelectorAll('.search-plots svg path').length") as? Int ?? 0 >= 27)
                let colour = "return getComputedStyle(document.querySelector('.search-plots path')).stroke"
                let light = try browser.script(colour) as? String
                let main = try #require(try browser.script("return document.querySelector('main').innerText") as? String)
                #expect(main.contains("selected on 200 validation images") && main.contains("normalise"))
                #expect(
                    !main.lowercased().contains("test %") && !main.contains("Table 1") && main.contains("Validation accuracy"))
                try browser.picture("search")
                try browser.setDark(true)
                #expect(try browser.script(colour) as? String != light)
                for (width, height) in [(1280, 800), (360, 740)] {
                    try browser.resize(width, height)
                    Thread.sleep(forTimeInterval: 0.3)
                    try browser.picture("search-dark-\(width)")
                    #expect(try browser.script("return document.documentElement.scrollWidth - innerWidth") as? Int ?? 1 <= 0)
                }
                let run = try #require(try lab.program.status().first { $0.value["state"] as? String == "completed" }?.key)
                try lab.open("#/run?id=\(run)")
                try browser.wait(for: "final validation accuracy", in: "main")
                #expect(
                    try !(browser.script("return document.querySelector('main').innerText") as? String ?? "").contains("test %"))
                try browser.expectNoErrors()
            }
        }

        @Test("shows names, tags, notes and errors that are markup or control a terminal as text, and runs nothing of them")
        func hostileNames() throws {
            try ServedLab.run { lab in
                let name = "<img src=x onerror=document.title='broken'>", browser = lab.browser
                let spec = try lab.program.spec(
                    smallSpec(name, epochs: 1, more: #", "description": "<script>document.title='broken'</script>\u001b[31m""#))
                let submitted = try lab.program.run("submit", spec, "--tag", "<b>bold</b>")
                #expect(submitted.status == 0, "\(submitted.error)")
                let id = try #require(try lab.program.status().keys.min())
                try lab.database().write { db in
                    try db.execute(
                        sql: "UPDATE runs SET state = 'failed', error = ?, note = ? WHERE id = ?",
                        arguments: ["<iframe src=/>\u{1B}]0;title\u{7}\u{202E}backwards", "<svg onload=alert(1)>", id])
                    // The service looks for events.
                    try db.execute(sql: "INSERT INTO events (run_id, at, kind) VALUES (?, 0, 'failed')", arguments: [id])
                }
                let address = name.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
                for (screen, text) in [
                    ("#/queue", "<iframe src=/>⟨U+001B⟩]0;title⟨U+0007⟩⟨U+202E⟩backwards"), ("#/experiments", "<script>"),
                    ("#/experiment?name=\(address)", name), ("#/run?id=\(id)", "<svg onload=alert(1)>"),
                ] {
                    try lab.open(screen)
                    try browser.wait(for: text, in: "main")
                    #expect(
                        try browser.script(
                            "return document.querySelectorAll('main img, main script, main iframe, main b b').length") as? Int
                            == 0)
                    #expect((try browser.script("return document.title") as? String)?.hasPrefix("broken") == false)
                }
                try browser.picture("hostile-run")
                try browser.expectNoErrors()
            }
        }

        @Test("hides what changes the lab from who may only read, and the service refuses it")
        func readOnly() throws {
            try ServedLab.run(["--read-only"]) { lab in
                try lab.program.run("submit", try lab.program.spec(smallSpec("only", epochs: 1)))
                try lab.open()
                try lab.browser.wait(for: "3 runs of 3", in: "main")
                let shown = "return [...document.querySelectorAll('.changes')].filter((one) => one.checkVisibility()).length"
                #expect(try lab.browser.script(shown) as? Int == 0)
                #expect(try lab.browser.text("#access") == "read only")
                try lab.browser.expectNoErrors()
            }
        }
    }
}
