import Foundation
import Tensors

/// What a checkpoint holds: the trainer's own tensors, by name, and the place in training. The tensors are valid until the next
/// step; a checkpoint is written from them without a copy.
public struct CheckpointContents {
    let tensors: [(name: String, tensor: Tensor)]
    let metadata: [String: String]

    init(_ tensors: [(name: String, tensor: Tensor)], metadata: [String: String]) {
        (self.tensors, self.metadata) = (tensors, metadata)
    }

    /// Calls `body` with the bytes of the safetensors file, piece by piece in their order.
    func forEachPiece(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        let header = Safetensors.header(tensors.map { ($0.name, $0.tensor.shape) }, metadata: metadata)
        try header.withUnsafeBytes(body)
        for (_, tensor) in tensors { try body(UnsafeRawBufferPointer(tensor.elements)) }
    }
}
