import Foundation

/// The part of JSON Schema that the service's description uses. Returns what is wrong with a value, each with its place.
struct JSONSchema {
    /// The document in which references point.
    let root: [String: Any]

    func faults(_ value: Any, _ schema: Any, at place: String = "$") -> [String] {
        guard let schema = schema as? [String: Any] else { return [] }
        if let reference = schema["$ref"] as? String { return faults(value, resolved(reference), at: place) }
        var found: [String] = []
        let known: Set = [
            "type", "enum", "const", "properties", "required", "additionalProperties", "propertyNames", "items", "oneOf", "allOf",
            "minimum", "maximum", "minItems", "pattern", "description",
        ]
        for key in schema.keys where !known.contains(key) { found.append("\(place): the test does not know \(key)") }
        if let types = (schema["type"] as? [String]) ?? (schema["type"] as? String).map({ [$0] }),
            !types.contains(where: { Self.isType(value, $0) })
        {
            return ["\(place): \(value) is no \(types.joined(separator: " or "))"]
        }
        if let allowed = schema["enum"] as? [Any], !allowed.contains(where: { Self.isEqual($0, value) }) {
            found.append("\(place): \(value) is not among \(allowed)")
        }
        if let constant = schema["const"], !Self.isEqual(constant, value) {
            found.append("\(place): \(value) is not \(constant)")
        }
        if let pattern = schema["pattern"] as? String, let text = value as? String,
            text.range(of: pattern, options: .regularExpression) == nil
        {
            found.append("\(place): \(text) is not as \(pattern)")
        }
        for (name, holds) in [("minimum", { $0 >= $1 }), ("maximum", { $0 <= $1 })] as [(String, (Double, Double) -> Bool)] {
            guard let bound = schema[name] as? Double, let number = value as? Double else { continue }
            if !holds(number, bound) { found.append("\(place): \(number), but \(name) \(bound)") }
        }
        if let object = value as? [String: Any] { found += faults(object: object, schema, at: place) }
        if let items = schema["items"], let list = value as? [Any] {
            for (index, item) in list.enumerated() { found += faults(item, items, at: "\(place)[\(index)]") }
        }
        for part in schema["allOf"] as? [Any] ?? [] { found += faults(value, part, at: place) }
        if let parts = schema["oneOf"] as? [Any] {
            let each = parts.map { faults(value, $0, at: place) }
            if each.count(where: \.isEmpty) != 1 { found.append("\(place): is not exactly one of: \(each)") }
        }
        return found
    }

    private func faults(object: [String: Any], _ schema: [String: Any], at place: String) -> [String] {
        let properties = schema["properties"] as? [String: Any] ?? [:]
        var found = (schema["required"] as? [String] ?? []).filter { object[$0] == nil }.map { "\(place): \($0) is missing" }
        for (key, value) in object {
            if let property = properties[key] {
                found += faults(value, property, at: "\(place).\(key)")
            } else if let more = schema["additionalProperties"] {
                if more as? Bool == false { found.append("\(place): \(key) is not described") }
                found += faults(value, more, at: "\(place).\(key)")
            }
            if let names = schema["propertyNames"] { found += faults(key, names, at: "\(place).\(key)") }
        }
        return found
    }

    private func resolved(_ reference: String) -> Any {
        reference.split(separator: "/").dropFirst().reduce(root as Any) {
            ($0 as? [String: Any])?[String($1)] ?? [:] as [String: Any]
        }
    }

    private static func isType(_ value: Any, _ type: String) -> Bool {
        let number = value as? NSNumber, isBoolean = number.map { isTruth($0) } ?? false
        return switch type {
        case "null": value is NSNull
        case "boolean": isBoolean
        case "integer": number.map { !isBoolean && $0.doubleValue.rounded() == $0.doubleValue } ?? false
        case "number": number != nil && !isBoolean
        case "string": value is String
        case "array": value is [Any]
        case "object": value is [String: Any]
        default: false
        }
    }

    /// Numbers and truth values are one class here.
    private static func isTruth(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }

    private static func isEqual(_ left: Any, _ right: Any) -> Bool {
        if left is NSNull || right is NSNull { return left is NSNull && right is NSNull }
        return "\(left)" == "\(right)"
    }
}
