import Foundation
import Testing

@testable import Specs

@Suite("cluster.json") struct ClusterSettingsTests {
    private func faults(_ text: String) -> [String] {
        do throws(SpecDiagnostics) {
            _ = try ClusterSettings.decode(Array(text.utf8), file: "cluster.json")
            return []
        } catch { return error.lines }
    }

    @Test("holds every setting, and what is left out has its default")
    func decoded() throws {
        let text = """
            {"engine": "local", "partition": "main", "account": "a", "qos": "q", "time": "1-12:00:00", "cpus": 8, "mem": "4G",
             "gres": "gpu:1", "constraint": "avx512", "exclude": "n[1-3]", "reservation": "r", "nice": 100, "extra": ["--mail-type=END"],
             "array_parallelism": 4, "max_submitted": 50, "starts_per_minute": 5, "pack_minutes": 0, "setup": ["module load x"],
             "container": "apptainer exec a.sif", "program": "/bin/pcnlab", "datasets": "/data", "scratch": "/tmp", "signal_seconds": 30,
             "folder": "/shared", "poll_seconds": 10, "grace_seconds": 100, "$schema": "cluster.schema.json"}
            """
        let settings = try ClusterSettings.decode(Array(text.utf8), file: "cluster.json")
        #expect(settings.time?.seconds == 129_600 && settings.cpus == 8 && settings.extra == ["--mail-type=END"])
        #expect(settings.setup == ["module load x"] && settings.folder == "/shared" && settings.graceSeconds == 100)
        // Every field but the schema's is given above, with another value than its default.
        let standard = ClusterSettings()
        for field in ClusterField.all { #expect(field.read(settings) != field.read(standard), "\(field.key)") }
        #expect(try ClusterSettings.decode(Array("{}".utf8), file: "cluster.json") == standard)
    }

    @Test("with faults is refused whole, each with its place and what would be right")
    func refused() {
        #expect(
            faults(#"{"engine": "slrum", "partitoin": "a", "cpus": 0, "time": "soon", "setup": "x", "mem": "4 G"}"#) == [
                #"cluster.json:1:12: engine: unknown value "slrum"; did you mean "slurm"?"#,
                #"cluster.json:1:21: partitoin: no such field; did you mean "partition"?"#,
                "cluster.json:1:47: cpus: 0 is out of range; expected a whole number from 1 to 1,024",
                #"cluster.json:1:58: time: found "soon"; expected a time such as "90" (minutes), "1:30:00" or "2-12:00:00""#,
                #"cluster.json:1:75: setup: found "x"; expected a list of texts"#,
                #"cluster.json:1:87: mem: found "4 G"; expected text in double quotes, without spaces"#,
            ])
        #expect(faults("[]") == ["cluster.json:1:1: spec: found a list; expected an object { … } of settings"])
        #expect(faults(#"{"cpus": 1, "cpus": 2}"#).count == 1)
        #expect(faults("{").count == 1)
    }

    @Test(
        "takes no option in `extra` that pcnlab sets itself, however it is written",
        arguments: [
            "--array=0-3", "-a0-3", "--arr=0-3", "--part=x", "--depend=1", "--time=5", "-t5", "--no-requeue", "--comment x",
            "-pmain", "--wrap=rm", "x",
        ])
    func reserved(_ option: String) {
        #expect(faults("{\"extra\": [\"\(option)\"]}").count == 1)
    }

    @Test("takes other options in `extra`", arguments: ["--mail-type=END", "--exclusive", "--licenses=a:1", "-L a"])
    func extra(_ option: String) { #expect(faults("{\"extra\": [\"\(option)\"]}") == []) }

    @Test("is changed by --set, whose faults name it")
    func changed() throws {
        var settings = ClusterSettings()
        try settings.apply([
            "partition=gpu", "cpus=4", "time=90", "setup=module load a", "setup=module load b", "extra=--exclusive",
        ])
        #expect(settings.partition == "gpu" && settings.cpus == 4 && settings.time?.seconds == 5400)
        #expect(settings.setup == ["module load a", "module load b"])
        try settings.apply(["setup="])
        #expect(settings.setup == [])
        for change in ["cpus=many", "cpus", "nothing=1", "time=never", "partition="] {
            #expect(throws: SpecDiagnostics.self) {
                var settings = ClusterSettings()
                try settings.apply([change])
            }
        }
    }

    @Test("leaves a job time before the signal to stop")
    func signalBeforeTheEnd() throws {
        let remedy = "before its end; give a longer time, or fewer signal_seconds"
        #expect(
            faults(#"{"cpus": 1, "time": "1"}"#) == [
                "cluster.json:1:21: time: found 60 seconds; a job is told to stop signal_seconds (60) \(remedy)"
            ])
        #expect(faults(#"{"time": "10", "signal_seconds": 600}"#).count == 1)
        #expect(faults(#"{"time": "10", "signal_seconds": 599}"#) == [])
        #expect(faults(#"{"signal_seconds": 3600}"#) == [])
        var settings = ClusterSettings()
        // In any order, since they are judged together.
        try settings.apply(["time=1", "signal_seconds=20"])
        #expect(throws: SpecDiagnostics.self) { try settings.apply(["time=0:20"]) }
        #expect(throws: SpecDiagnostics.self) { try settings.apply(["time=0:30", "signal_seconds=40"]) }
    }

    @Test(
        "has times in all of Slurm's forms",
        arguments: [
            ("90", 5400), ("90:30", 5430), ("1:30:00", 5400), ("2-12", 216_000), ("2-12:30", 217_800), ("1-00:00:01", 86_401),
        ])
    func times(_ text: String, _ seconds: Int) { #expect(JobTime(text)?.seconds == seconds) }

    @Test("has no other times", arguments: ["", "0", "1:2:3:4", "1-", "-1", "1.5", "1-2-3", "9999999", "infinite", "1 h"])
    func noTimes(_ text: String) { #expect(JobTime(text) == nil) }

    @Test("has a JSON Schema with a member for each setting")
    func schema() throws {
        let object = try JSONSerialization.jsonObject(with: Data(ClusterSchema.text.utf8)) as? [String: Any]
        let members = try #require(object?["properties"] as? [String: Any])
        #expect(Set(members.keys) == Set(ClusterField.all.map(\.key) + ["$schema"]))
        #expect(ClusterField.all.allSatisfy { !$0.summary.isEmpty })
    }
}
