import Archives
import Foundation
import ProgramUnderTest
import Testing

@Suite("Own data in a spec")
struct OwnDataTests {
    @Test("is one run in every format and folder, trains, and is reported under its folder's name without the paper's figures")
    func oneRun() throws {
        try Program.inNewFolder { program in
            try Colours.write(to: program.folder.appending(path: "here/colours/data.npz"))
            try Colours.writeIDX(to: program.folder.appending(path: "there/colours"))
            let dry = try program.run("submit", "--dry-run", "--json", program.spec(Colours.spec("colours"), "here/own.json"))
            // 6·6·3 inputs, 16 neurons, 3 classes.
            let parameters = 108 * 16 + 16 + 16 * 3 + 3
            #expect(dry.out.contains("\"linear_parameters\" : \(parameters)"), "\(dry)")
            let first = try program.run("submit", "here/own.json")
            let id = String(try #require(first.lines.first).prefix(16))
            #expect(first.lines[0].contains("LinearNet-MLP  colours  seed 1"))
            let second = try program.run("submit", program.spec(Colours.spec("there/colours")))
            #expect(second.lines.count == 1 && second.lines[0].hasPrefix(id) && second.lines[0].contains("already there"))
            // The run has taken the new place.
            try FileManager.default.removeItem(at: program.folder.appending(path: "here/colours"))
            #expect(try program.run("work", "--drain").status == 0)
            let run = try #require(try program.status()[id])
            #expect(run["state"] as? String == "completed" && run["dataset"] as? String == "colours")
            #expect((run["final_test_accuracy"] as? Double ?? 0) > 0.95)
            let settings = try #require(run["settings"] as? [String: Any])
            #expect((settings["dataset"] as? String)?.hasSuffix("there/colours") == true)
            #expect(settings["dataset_shape"] as? [Int] == [240, 60, 3, 6, 3])
            let report = try program.run("report", "--curves", "curves", "--plots", "plots")
            #expect(report.out.contains("colours params (M)") && !report.out.contains("paper's figure"), "\(report.out)")
            for file in ["curves/own/LinearNet-MLP-colours-s1-\(id.prefix(8)).csv", "plots/linearnet-colours-loss.svg"] {
                #expect(FileManager.default.fileExists(atPath: program.folder.appending(path: file).path), "\(file)")
            }
            #expect(try program.run("verify", id).status == 0)
            for selection in [["--dataset", "colours"], ["--where", "dataset=path:colours"], ["--dataset", "mnist"]] {
                let found = try program.start(["status", "--json"] + selection).finish().out.contains(id)
                #expect(found == (selection[1] != "mnist"), "\(selection)")
            }
        }
    }

    @Test("that a worker does not find leaves the run in the queue; put back, it is trained")
    func missing() throws {
        try Program.inNewFolder { program in
            let data = program.folder.appending(path: "colours"), aside = program.folder.appending(path: "aside")
            try Colours.write(to: data.appending(path: "data.npz"))
            #expect(try program.run("submit", program.spec(Colours.spec("colours"))).status == 0)
            try FileManager.default.moveItem(at: data, to: aside)
            let work = try program.run("work", "--drain")
            #expect(work.status == 66 && work.error.contains("\(data.path): there is no such folder"), "\(work.error)")
            #expect(try program.status().values.allSatisfy { $0["state"] as? String == "queued" })
            let doctor = try program.run("doctor").out
            #expect(doctor.contains("there is no such folder; 1 queued run needs it"), "\(doctor)")
            // Other images under the same name are not those of the run.
            try Colours.writeIDX(to: data)
            try Data(idxHeader([60]) + [UInt8](repeating: 2, count: 60)).write(to: data.appending(path: "t10k-labels-idx1-ubyte"))
            let other = try program.run("work", "--drain")
            #expect(
                other.status == 66 && other.error.contains("are not those that the run was submitted with"))
            try FileManager.default.removeItem(at: data)
            try FileManager.default.moveItem(at: aside, to: data)
            #expect(try program.run("work", "--drain").status == 0)
        }
    }

    @Test("that cannot be used is refused with file, line, column, field and remedy; 66 where it is missing, else 65")
    func faults() throws {
        try Program.inNewFolder { program in
            func refusal(_ text: String) throws -> (Int32, String) {
                let output = try program.run("submit", program.spec(text))
                #expect(output.out.isEmpty)
                return (output.status, output.error)
            }
            let (missing, message) = try refusal(Colours.spec("nowhere"))
            #expect(
                missing == 66
                    && message.hasPrefix("spec.json:1:74: dataset: \(program.folder.path)/nowhere: there is no such folder; "))
            let folder = program.folder.appending(path: "flat")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data(zip([("x_train.npy", npy([4], [1, 2, 3, 4]))])).write(to: folder.appending(path: "a.npz"))
            let (bad, shape) = try refusal(Colours.spec("flat"))
            #expect(bad == 65 && shape.contains("flat/a.npz") && shape.contains("; "), "\(shape)")
            for value in ["path:", "path:a\\u0000b", "pth:flat"] {
                let (status, text) = try refusal(Colours.spec("x").replacing("path:x", with: value))
                #expect(status == 65 && text.contains("or \"path:DIR\" for a folder of your own images"), "\(text)")
            }
            try Colours.write(to: program.folder.appending(path: "colours/a.npz"))
            let (many, samples) = try refusal(Colours.spec("colours", more: #", "train_samples": 241"#))
            #expect(many == 65 && samples.contains("241 is more than colours has; expected at most 240"), "\(samples)")
            #expect(try program.run("status").status == 66, "no lab was made")
        }
    }

    @Test(
        "as NumPy itself writes it, compressed or not, is read as the same run",
        .enabled(if: Python.withNumPy != nil, "no Python with numpy"))
    func numPy() throws {
        try Program.inNewFolder { program in
            try Colours.writeIDX(to: program.folder.appending(path: "idx/colours"))
            let script = """
                import numpy, os
                def read(name): return numpy.fromfile("idx/colours/" + name, numpy.uint8)
                x, y = read("train-images-idx4-ubyte")[20:].reshape(240, 6, 6, 3), read("train-labels-idx1-ubyte")[8:]
                u, v = read("t10k-images-idx4-ubyte")[20:].reshape(60, 6, 6, 3), read("t10k-labels-idx1-ubyte")[8:]
                for folder in ["one/colours", "two/colours", "three/colours"]: os.makedirs(folder)
                numpy.savez("one/colours/a.npz", x_train=x, y_train=y.astype(numpy.int64), x_test=u, y_test=v.astype(numpy.int64))
                numpy.savez_compressed("two/colours/a.npz", train_images=x, train_labels=y[:, None], test_images=u, test_labels=v)
                numpy.savez_compressed("three/colours/train.npz", images=x.transpose(0, 3, 1, 2).copy(), labels=y)
                numpy.savez("three/colours/test.npz", images=u.transpose(0, 3, 1, 2).copy(), labels=v)
                """
            let written = try Python.withNumPy?.run(script, in: program.folder)
            #expect(written?.status == 0, "\(written?.text ?? "")")
            let ids = try ["idx", "one", "two", "three"].map { place in
                let output = try program.run("submit", program.spec(Colours.spec("\(place)/colours")))
                return String(try #require(output.lines.first, "\(place): \(output.error)").prefix(16))
            }
            #expect(Set(ids).count == 1)
        }
    }

    @Test("in folders of the same name is told apart by its digest, in tables and in plots")
    func sameName() throws {
        try Program.inNewFolder { program in
            try Colours.write(to: program.folder.appending(path: "a/colours/a.npz"))
            try Colours.writeIDX(to: program.folder.appending(path: "b/colours"))
            let labels = idxHeader([60]) + [UInt8](repeating: 1, count: 60)
            try Data(labels).write(to: program.folder.appending(path: "b/colours/t10k-labels-idx1-ubyte"))
            for place in ["a", "b"] { try program.run("submit", program.spec(Colours.spec("\(place)/colours"))) }
            try program.run("work", "--drain")
            let report = try program.run("report", "--plots", "plots")
            let digests = try program.status().values.compactMap { ($0["dataset_digest"] as? String)?.prefix(8) }
            let plots = try FileManager.default.contentsOfDirectory(atPath: program.folder.appending(path: "plots").path)
            #expect(digests.count == 2)
            for digest in digests {
                #expect(report.out.contains("data \(digest)"), "\(report.out)")
                #expect(plots.contains("linearnet-colours-\(digest)-loss.svg"), "\(plots)")
            }
        }
    }

    @Test("in a folder with the name of a data set, or an archive of its own, has a name of its own")
    func names() throws {
        try Program.inNewFolder { program in
            try Colours.write(to: program.folder.appending(path: "cifar10/a.npz"))
            try Colours.write(to: program.folder.appending(path: "other/cats.npz"))
            #expect(try program.run("submit", program.spec(Colours.spec("cifar10"))).lines[0].contains("  own-cifar10  "))
            #expect(try program.run("submit", program.spec(Colours.spec("other/cats.npz"))).lines[0].contains("  cats  "))
        }
    }
}
