import Foundation

func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = DispatchTime.now().uptimeNanoseconds
    try body()
    return Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
}

/// Seconds of the second of two runs.
func timedAfterOne(_ body: () -> Void) -> Double {
    body()
    return seconds(body)
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

/// Measurements of several sides in turn, under the same conditions: `times[side][round]`.
struct Turns {
    let times: [[Double]]

    /// - Parameters:
    ///   - pause: seconds before each side, in which the threads of the previous side go to sleep.
    ///   - sides: each returns the seconds of one measurement, after a warm-up.
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
    /// The minimum of each side, which has the least noise.
    var fastest: [Double] { times.map { $0.min() ?? 0 } }

    /// Time of `side` divided by time of `other`: the median of the rounds' ratios.
    func ratio(_ side: Int, to other: Int) -> Double { median(zip(times[side], times[other]).map { $0 / $1 }) }
}
