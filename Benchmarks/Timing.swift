import Foundation

func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = DispatchTime.now().uptimeNanoseconds
    try body()
    return Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
}

/// Of the second of two runs.
func timedAfterOne(_ body: () -> Void) -> Double {
    body()
    return seconds(body)
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

/// Sides measured in turn, so that all see the same machine: `times[side][round]`.
struct Turns {
    let times: [[Double]]

    /// - Parameters:
    ///   - pause: seconds before each side, in which the threads of the one before go to sleep.
    ///   - sides: each measures itself once, after a step that is not counted.
    init(rounds: Int, pause: Double = 0.1, _ sides: [() throws -> Double]) throws {
        var times = [[Double]](repeating: [], count: sides.count)
        for _ in 0..<rounds {
            for (index, side) in sides.enumerated() {
                Thread.sleep(forTimeInterval: pause)
                times[index].append(try side())
            }
        }
        self.times = times
    }

    var medians: [Double] { times.map(median) }
    /// What noise has added least to.
    var fastest: [Double] { times.map { $0.min() ?? 0 } }

    /// How many times as long `side` takes as `other`: the median of the rounds' own ratios.
    func ratio(_ side: Int, to other: Int) -> Double { median(zip(times[side], times[other]).map { $0 / $1 }) }
}
