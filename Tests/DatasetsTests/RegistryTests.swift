import Archives
import Foundation
import Specs
import Testing

@testable import Datasets

@Suite("The registry")
struct RegistryTests {
    @Test(
        "Every data set has its own name, its classes, and for each split the number of images of its descriptor",
        arguments: DatasetKind.all)
    func entries(_ kind: DatasetKind) throws {
        #expect(DatasetKind.all.filter { $0.name == kind.name }.count == 1)
        #expect(try DatasetKind.named(kind.name) == kind)
        #expect(Set(kind.dataset.classNames).count == kind.dataset.classes && (2...256).contains(kind.dataset.classes))
        #expect(kind.count(.train) == kind.dataset.trainImages && kind.count(.test) == kind.dataset.testImages)
        #expect(!kind.terms.isEmpty)
        #expect(kind.downloads.isEmpty == (kind.format == .generated))
        for download in kind.downloads {
            #expect(download.url.scheme == "https" && download.md5.count == 32 && download.bytes > 0)
        }
    }

    @Test("The sizes of the official files are those of the official sites")
    func lengths() {
        #expect(DatasetKind.cifar10.files.map(DatasetKind.cifar10.length) == [Int](repeating: 30_730_000, count: 6))
        #expect(DatasetKind.cifar100.files.map(DatasetKind.cifar100.length) == [153_700_000, 30_740_000])
        #expect(DatasetKind.mnist.files.map(DatasetKind.mnist.length) == [47_040_016, 60_008, 7_840_016, 10_008])
        #expect(DatasetName.cifar100.classes == 100 && DatasetName.cifar100.classNames[99] == "worm")
    }

    @Test("There is one for every data set of a spec, in the same order, and the generated one draws its classes")
    func names() {
        #expect(DatasetKind.all.map(\.dataset) == DatasetName.all)
        #expect(ShapeOutline.allCases.map { "\($0)" } == DatasetName.shapes.classNames && Shapes.side == DatasetName.shapes.side)
    }

    @Test("An unknown name is an error that lists the known names")
    func unknown() {
        let error = DatasetError.unknownDataset(
            name: "cifar", known: ["cifar10", "cifar100", "mnist", "shapes", "communities", "cora"])
        #expect(throws: error) { try DatasetKind.named("cifar") }
    }

    @Test("The datasets folder comes from PCNLAB_DATASETS, else XDG_CACHE_HOME, else the home folder")
    func folder() {
        let home = URL(fileURLWithPath: "/home/user", isDirectory: true)
        func path(_ environment: [String: String]) -> String { DatasetFolder(environment: environment, home: home).root.path }
        #expect(path(["PCNLAB_DATASETS": "/data", "XDG_CACHE_HOME": "/cache"]) == "/data")
        #expect(path(["PCNLAB_DATASETS": "", "XDG_CACHE_HOME": "/cache"]) == "/cache/pcnlab/datasets")
        #expect(path(["XDG_CACHE_HOME": "relative"]) == "/home/user/.cache/pcnlab/datasets")
        #expect(path([:]) == "/home/user/.cache/pcnlab/datasets")
    }

    @Test("Only missing files are downloaded")
    func missingDownloads() throws {
        let scratch = try Scratch()
        let folder = DatasetFolder(root: scratch.url)
        #expect(folder.missingDownloads(.shapes).isEmpty)
        #expect(folder.missingDownloads(.cifar10) == DatasetKind.cifar10.downloads)
        #expect(folder.missingDownloads(.mnist) == DatasetKind.mnist.downloads)
        try scratch.write([0], "mnist/train-labels-idx1-ubyte")
        try scratch.write([0], "mnist/t10k-images-idx3-ubyte.gz")
        #expect(
            folder.missingDownloads(.mnist).map { $0.path.dropFirst(6) }
                == ["train-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"])
    }

    @Test("Fetching downloads every missing file, and the data set can then be read")
    func fetch() throws {
        let scratch = try Scratch()
        let tiny = DatasetKind.cifar10.shrunk(to: 5)
        let archive = gzip(tar(tiny.members()))
        let server = try TestServer(archive, [.serve])
        defer { server.stop() }
        let md5 = digestMD5(archive)
        let kind = DatasetKind(
            tiny.dataset, format: tiny.format, folder: tiny.folder, files: tiny.files,
            downloads: [OfficialDownload(url: server.url("a"), md5: md5, bytes: archive.count, path: "cifar-10-binary.tar.gz")],
            terms: "")
        let folder = DatasetFolder(root: scratch.url.appendingPathComponent("not/there/yet"))
        try folder.fetch(kind, with: Fetcher(sleep: { _ in }))
        #expect(try folder.load(kind).train.count == 25)
        #expect(folder.missingDownloads(kind).isEmpty)
    }
}
