import Foundation
import Testing

/// A safetensors file, just enough of it for the golden vectors.
struct Safetensors {
    private let header: [String: Any]
    private let data: Data

    init(fixture: String) throws {
        let url = try #require(Bundle.module.url(forResource: "Fixtures/\(fixture)", withExtension: "safetensors"))
        let file = try Data(contentsOf: url)
        let length = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        header = try #require(try JSONSerialization.jsonObject(with: file[8..<8 + length]) as? [String: Any])
        data = file[(8 + length)...]
    }

    func bytes(_ name: String) throws -> [UInt8] {
        let tensor = try #require(header[name] as? [String: Any])
        let range = try #require(tensor["data_offsets"] as? [Int])
        return [UInt8](data[data.startIndex + range[0]..<data.startIndex + range[1]])
    }
}
