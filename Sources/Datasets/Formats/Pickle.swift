import Specs

/// What is wrong with a pickle, or what it holds that this reader refuses.
public enum PickleFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// It ends within an instruction, or before its end mark.
    case truncated
    /// It has more bytes than such a file can have.
    case tooLong
    /// An instruction that the files do not need; `byte` is its code.
    case unknownInstruction(byte: UInt8, offset: Int)
    /// A name other than those of NumPy's arrays. It is not imported.
    case forbiddenName(String)
    /// Operands that an instruction cannot have.
    case wrongOperands(offset: Int)
    /// More values than such a file can have.
    case tooManyValues
    /// The dictionary lacks this key.
    case keyMissing(String)
    /// The value of this key is not what it should be.
    case wrongValue(key: String, expected: String)

    /// What is wrong, to be placed after the file's name.
    public var description: String {
        switch self {
        case .truncated: "it is truncated"
        case .tooLong: "it is too long"
        case .unknownInstruction(let byte, let offset): "instruction \(byte) at byte \(offset) is not one that those files have"
        case .forbiddenName(let name): "it asks for \(name.printable), which is refused"
        case .wrongOperands(let offset): "the instruction at byte \(offset) has wrong operands"
        case .tooManyValues: "it has too many values"
        case .keyMissing(let key): "it has no \(key)"
        case .wrongValue(let key, let expected): "its \(key) is not \(expected)"
        }
    }
}

/// A value of a pickle. Texts and bytes are ranges of the file; lists, dictionaries and arrays are kept in ``Pickle``, so that no
/// value, however deeply nested, holds another one.
enum PickleValue: Hashable {
    case none, bool(Bool), int(Int)
    case bytes(Range<Int>)
    /// An index of ``Pickle/objects``.
    case object(Int)
    /// The names that are understood.
    case name(PickleName)
}

/// The functions and types that NumPy's pickles name. Nothing is called: each stands for what it would make.
enum PickleName: Hashable {
    case reconstruct, array, dataType, encode, fromBuffer

    init?(module: String, name: String) {
        switch (module, name) {
        case ("numpy.core.multiarray", "_reconstruct"), ("numpy._core.multiarray", "_reconstruct"): self = .reconstruct
        case ("numpy", "ndarray"): self = .array
        case ("numpy", "dtype"): self = .dataType
        case ("_codecs", "encode"): self = .encode
        case ("numpy.core.numeric", "_frombuffer"), ("numpy._core.numeric", "_frombuffer"): self = .fromBuffer
        default: return nil
        }
    }
}

/// A container of a pickle.
enum PickleObject {
    case list([PickleValue])
    case tuple([PickleValue])
    case dictionary([PickleValue: PickleValue])
    /// An array's data type, by its name: `u1`.
    case dataType(PickleValue)
    /// An array, once its state is set: shape, data type, whether the first axis varies fastest, bytes.
    case array(state: [PickleValue])
}

/// The contents of a pickle that holds a dictionary of texts, numbers, lists and NumPy arrays, as CIFAR's Python version does
/// (protocol 2, by Python 2), or as Python 3 writes the same (protocols 2 to 5).
///
/// It is data: nothing is imported or called, and whatever else a pickle may ask for is refused.
struct Pickle {
    private let bytes: [UInt8]
    private(set) var objects: [PickleObject] = []
    private(set) var root = PickleValue.none

    /// The most containers, other values at a time, and open marks: fifty thousand labels and names, and some to spare.
    static let limits = (objects: 200_000, values: 1_000_000, marks: 1_000)

    /// - Throws: ``PickleFault``
    init(_ bytes: [UInt8]) throws(PickleFault) {
        var machine = PickleMachine(bytes)
        root = try machine.run()
        (self.bytes, objects) = (machine.bytes, machine.objects)
    }

    /// The bytes of a text.
    func text(_ value: PickleValue) -> ArraySlice<UInt8>? {
        guard case .bytes(let range) = value else { return nil }
        return bytes[range]
    }

    /// A member of the root dictionary.
    func member(_ key: String) throws(PickleFault) -> PickleValue {
        guard case .object(let index) = root, case .dictionary(let members) = objects[index] else {
            throw .wrongValue(key: "content", expected: "a dictionary")
        }
        let values = members.filter { text($0.key)?.elementsEqual(key.utf8) == true }.values
        guard let value = values.first else { throw .keyMissing(key) }
        guard values.count == 1 else { throw .wrongValue(key: key, expected: "given once") }
        return value
    }

    /// A list of whole numbers.
    func wholes(_ value: PickleValue) -> [Int]? {
        guard case .object(let index) = value else { return nil }
        let elements: [PickleValue]
        switch objects[index] {
        case .list(let list): elements = list
        case .tuple(let tuple): elements = tuple
        case .dictionary, .dataType, .array: return nil
        }
        let wholes = elements.compactMap { if case .int(let whole) = $0 { whole } else { nil } }
        return wholes.count == elements.count ? wholes : nil
    }

    /// The elements of an array of unsigned bytes in two dimensions, row by row, with its shape.
    func byteMatrix(_ value: PickleValue) -> (rows: Int, columns: Int, elements: ArraySlice<UInt8>)? {
        guard case .object(let index) = value, case .array(let state) = objects[index], state.count == 4,
            let shape = wholes(state[0]), shape.count == 2, case .object(let type) = state[1],
            case .dataType(let name) = objects[type],
            let typeName = text(name), ["u1", "|u1", "uint8"].contains(where: { typeName.elementsEqual($0.utf8) }),
            state[2] == .bool(false) || state[2] == .int(0), let elements = text(state[3])
        else { return nil }
        let (count, overflow) = shape[0].multipliedReportingOverflow(by: shape[1])
        guard shape[0] >= 0, shape[1] >= 0, !overflow, count == elements.count else { return nil }
        return (shape[0], shape[1], elements)
    }
}
