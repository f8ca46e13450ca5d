/// The records of a split that are not official.
struct RecordComparison: Equatable {
    /// Records whose picture is no official one, by their place in the split.
    var pictures: [Int] = []
    /// Records with an official picture under another label than the official one.
    var labels: [(record: Int, found: UInt8, official: UInt8)] = []
    /// Records of the other split.
    var otherSplit: [Int] = []

    static func == (left: RecordComparison, right: RecordComparison) -> Bool {
        left.pictures == right.pictures && left.otherSplit == right.otherSplit && left.labels.elementsEqual(right.labels, by: ==)
    }

    /// Compares keys with the tables. Each official record matches one record at most, so that copies of a record are found.
    /// - Parameter other: the official records of the other split.
    init(_ keys: [RecordKey], _ official: OfficialRecords, other: OfficialRecords?) {
        var places = [[Int]](repeating: [], count: official.classes)
        for (index, key) in keys.enumerated() where Int(key.label) < official.classes { places[Int(key.label)].append(index) }
        var unmatched: [Int] = []
        // Official records that no record matches, with their class.
        var left: [UInt32: [UInt8]] = [:]
        for (label, values) in official.table.enumerated() {
            let sorted = places[label].map { (value: keys[$0].leading(official.bits), place: $0) }
                .sorted { ($0.value, $0.place) < ($1.value, $1.place) }
            var next = 0
            for record in sorted {
                while next < values.count, values[next] < record.value {
                    left[values[next], default: []].append(UInt8(label))
                    next += 1
                }
                if next < values.count, values[next] == record.value { next += 1 } else { unmatched.append(record.place) }
            }
            for value in values[next...] { left[value, default: []].append(UInt8(label)) }
        }
        // Both explanations are tried for all records; where a record suits both by chance, the one that suits more is taken.
        var relabelled: [Int: UInt8] = [:]
        for record in unmatched.sorted() { relabelled[record] = left[keys[record].leading(official.bits)]?.popLast() }
        let elsewhere = other.map { other in other.table.map(Set.init) } ?? []
        let moved = Set(
            unmatched.filter { record in
                other.map { elsewhere[Int(keys[record].label)].contains(keys[record].leading($0.bits)) } ?? false
            })
        let prefersMoved = moved.count > relabelled.count
        for record in unmatched.sorted() {
            if moved.contains(record), prefersMoved || relabelled[record] == nil {
                otherSplit.append(record)
            } else if let label = relabelled[record] {
                labels.append((record, keys[record].label, label))
            } else {
                pictures.append(record)
            }
        }
    }
}
