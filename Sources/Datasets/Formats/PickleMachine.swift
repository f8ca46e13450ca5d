/// Executes the instructions of a pickle (Python's `pickletools` names them) as far as ``Pickle`` understands them.
struct PickleMachine {
    /// The pickle, and after it the bytes that it describes as text.
    private(set) var bytes: [UInt8]
    private let end: Int
    private var place = 0
    private var stack: [PickleValue] = []
    private var marks: [Int] = []
    private var memo: [Int: PickleValue] = [:]
    private(set) var objects: [PickleObject] = []
    /// Elements of all containers.
    private var elements = 0

    init(_ bytes: [UInt8]) { (self.bytes, end) = (bytes, bytes.count) }

    /// The value that the pickle describes.
    mutating func run() throws(PickleFault) -> PickleValue {
        while true {
            let start = place
            let code = try number(1)
            if code == UInt8(ascii: ".") { return try pop(start) }
            try execute(UInt8(code), start)
            if stack.count + memo.count + elements > Pickle.limits.values || objects.count > Pickle.limits.objects
                || marks.count > Pickle.limits.marks
            {
                throw .tooManyValues
            }
        }
    }

    private mutating func execute(_ code: UInt8, _ start: Int) throws(PickleFault) {
        switch code {
        case 0x80: _ = try number(1)  // PROTO
        case 0x95: _ = try take(8)  // FRAME
        case UInt8(ascii: "N"): stack.append(.none)
        case 0x88, 0x89: stack.append(.bool(code == 0x88))  // NEWTRUE, NEWFALSE
        case UInt8(ascii: "K"): stack.append(.int(try number(1)))  // BININT1
        case UInt8(ascii: "M"): stack.append(.int(try number(2)))  // BININT2
        case UInt8(ascii: "J"): stack.append(.int(Int(Int32(truncatingIfNeeded: try number(4)))))  // BININT
        // SHORT_BINSTRING, SHORT_BINBYTES, SHORT_BINUNICODE
        case UInt8(ascii: "U"), UInt8(ascii: "C"), 0x8C: stack.append(.bytes(try take(try number(1))))
        // BINSTRING, BINBYTES, BINUNICODE
        case UInt8(ascii: "T"), UInt8(ascii: "B"), UInt8(ascii: "X"): stack.append(.bytes(try take(try number(4))))
        case 0x8D, 0x8E, 0x96: stack.append(.bytes(try take(try number(8))))  // BINUNICODE8, BINBYTES8, BYTEARRAY8
        case UInt8(ascii: "q"): memo[try number(1)] = try top(start)  // BINPUT
        case UInt8(ascii: "r"): memo[try number(4)] = try top(start)  // LONG_BINPUT
        case 0x94: memo[memo.count] = try top(start)  // MEMOIZE
        case UInt8(ascii: "h"): stack.append(try recall(try number(1), start))  // BINGET
        case UInt8(ascii: "j"): stack.append(try recall(try number(4), start))  // LONG_BINGET
        case UInt8(ascii: "("): marks.append(stack.count)
        case UInt8(ascii: "]"): push(.list([]))
        case UInt8(ascii: "}"): push(.dictionary([:]))
        case UInt8(ascii: ")"): push(.tuple([]))
        case UInt8(ascii: "t"): try pushTuple(of: try popToMark(start))
        case 0x85, 0x86, 0x87: try pushTuple(of: try pop(Int(code) - 0x84, start))  // TUPLE1 to TUPLE3
        case UInt8(ascii: "a"): try append([try pop(start)], start)
        case UInt8(ascii: "e"): try append(try popToMark(start), start)
        case UInt8(ascii: "s"): try set(try pop(2, start), start)
        case UInt8(ascii: "u"): try set(try popToMark(start), start)
        case UInt8(ascii: "c"): stack.append(.name(try name(module: try line(), try line())))  // GLOBAL
        case 0x93:  // STACK_GLOBAL
            let names = try pop(2, start)
            stack.append(.name(try name(module: try text(names[0], start), try text(names[1], start))))
        case UInt8(ascii: "R"): try reduce(start)
        case UInt8(ascii: "b"): try build(start)
        default: throw .unknownInstruction(byte: code, offset: start)
        }
    }

    // MARK: Bytes

    /// An unsigned number of so many bytes, little-endian.
    private mutating func number(_ count: Int) throws(PickleFault) -> Int {
        let range = try take(count)
        var value: UInt64 = 0
        for byte in bytes[range].reversed() { value = value << 8 | UInt64(byte) }
        guard let whole = Int(exactly: value) else { throw .truncated }
        return whole
    }

    private mutating func take(_ count: Int) throws(PickleFault) -> Range<Int> {
        guard count <= end - place else { throw .truncated }
        place += count
        return place - count..<place
    }

    /// A line of at most 100 bytes, as names are.
    private mutating func line() throws(PickleFault) -> String {
        guard let line = bytes[place..<end].prefix(101).firstIndex(of: UInt8(ascii: "\n")) else { throw .truncated }
        defer { place = line + 1 }
        return String(decoding: bytes[place..<line], as: UTF8.self)
    }

    private func text(_ value: PickleValue, _ start: Int) throws(PickleFault) -> String {
        guard case .bytes(let range) = value, range.count <= 100 else { throw .wrongOperands(offset: start) }
        return String(decoding: bytes[range], as: UTF8.self)
    }

    private func name(module: String, _ name: String) throws(PickleFault) -> PickleName {
        guard let known = PickleName(module: module, name: name) else { throw .forbiddenName("\(module).\(name)") }
        return known
    }

    // MARK: Stack

    /// Where the stack of the innermost mark begins.
    private var floor: Int { marks.last ?? 0 }

    private func top(_ start: Int) throws(PickleFault) -> PickleValue {
        guard stack.count > floor, let value = stack.last else { throw .wrongOperands(offset: start) }
        return value
    }

    private mutating func pop(_ start: Int) throws(PickleFault) -> PickleValue {
        let value = try top(start)
        stack.removeLast()
        return value
    }

    private mutating func pop(_ count: Int, _ start: Int) throws(PickleFault) -> [PickleValue] {
        guard stack.count - floor >= count else { throw .wrongOperands(offset: start) }
        defer { stack.removeLast(count) }
        return Array(stack.suffix(count))
    }

    private mutating func popToMark(_ start: Int) throws(PickleFault) -> [PickleValue] {
        guard let mark = marks.popLast(), mark <= stack.count else { throw .wrongOperands(offset: start) }
        defer { stack.removeLast(stack.count - mark) }
        return Array(stack[mark...])
    }

    private func recall(_ index: Int, _ start: Int) throws(PickleFault) -> PickleValue {
        guard let value = memo[index] else { throw .wrongOperands(offset: start) }
        return value
    }

    private mutating func push(_ object: PickleObject) {
        objects.append(object)
        stack.append(.object(objects.count - 1))
    }

    private mutating func pushTuple(of values: [PickleValue]) throws(PickleFault) {
        elements += values.count
        push(.tuple(values))
    }

    // MARK: Objects

    private mutating func append(_ values: [PickleValue], _ start: Int) throws(PickleFault) {
        guard case .object(let index) = try top(start), case .list(var list) = objects[index] else {
            throw .wrongOperands(offset: start)
        }
        // The list is taken out of its place, so that it is not copied.
        objects[index] = .list([])
        list += values
        objects[index] = .list(list)
        elements += values.count
    }

    private mutating func set(_ values: [PickleValue], _ start: Int) throws(PickleFault) {
        guard case .object(let index) = try top(start), case .dictionary(var members) = objects[index],
            values.count.isMultiple(of: 2)
        else { throw .wrongOperands(offset: start) }
        objects[index] = .dictionary([:])
        for pair in stride(from: 0, to: values.count, by: 2) { members[values[pair]] = values[pair + 1] }
        objects[index] = .dictionary(members)
        elements += values.count
    }

    /// A call of one of the names with a tuple of arguments.
    private mutating func reduce(_ start: Int) throws(PickleFault) {
        let operands = try pop(2, start)
        guard case .name(let name) = operands[0], case .object(let index) = operands[1],
            case .tuple(let arguments) = objects[index]
        else { throw .wrongOperands(offset: start) }
        switch name {
        case .reconstruct:
            guard arguments.first == .name(.array) else { throw .wrongOperands(offset: start) }
            push(.array(state: []))
        case .dataType:
            guard let type = arguments.first else { throw .wrongOperands(offset: start) }
            push(.dataType(type))
        case .encode:
            // Python 3 writes bytes as text under protocol 2: each byte as the character of that number.
            guard case .bytes(let range)? = arguments.first else { throw .wrongOperands(offset: start) }
            stack.append(.bytes(try latin(range, start)))
        case .fromBuffer:
            // Protocol 5: bytes, data type, shape, and C for row by row.
            guard arguments.count == 4, case .bytes(let order) = arguments[3], bytes[order].elementsEqual("C".utf8) else {
                throw .wrongOperands(offset: start)
            }
            push(.array(state: [arguments[2], arguments[1], .bool(false), arguments[0]]))
        case .array: throw .wrongOperands(offset: start)
        }
    }

    /// Appends the bytes that a text of UTF-8 stands for. All of them together are at most twice the pickle.
    private mutating func latin(_ range: Range<Int>, _ start: Int) throws(PickleFault) -> Range<Int> {
        let first = bytes.count
        guard first + range.count <= 3 * end else { throw .tooManyValues }
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = bytes[index]
            if byte < 0x80 {
                bytes.append(byte)
            } else {
                // Characters up to 255 have two bytes, of which the first is C2 or C3.
                guard byte == 0xC2 || byte == 0xC3, index + 1 < range.upperBound, bytes[index + 1] & 0xC0 == 0x80 else {
                    throw .wrongOperands(offset: start)
                }
                index += 1
                bytes.append(byte << 6 | bytes[index] & 0x3F)
            }
            index += 1
        }
        return first..<bytes.count
    }

    /// Sets the state of an array or a data type.
    private mutating func build(_ start: Int) throws(PickleFault) {
        let state = try pop(start)
        guard case .object(let target) = try top(start), case .object(let index) = state, case .tuple(let values) = objects[index]
        else { throw .wrongOperands(offset: start) }
        switch objects[target] {
        case .array where values.count == 5: objects[target] = .array(state: Array(values.dropFirst()))
        case .dataType: break
        case .array, .list, .tuple, .dictionary: throw .wrongOperands(offset: start)
        }
    }
}
