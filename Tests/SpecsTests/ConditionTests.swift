import Testing

@testable import Specs

@Suite("Conditions on settings") struct ConditionTests {
    private static let pcn = Settings(d: 8, epsilon: 0.05, dataset: .cifar10, seed: 2, schedule: .cosine)
    private static let mlp = Settings(linear: .mlp, dataset: .mnist, learningRate: 1e-3)

    @Test(
        "a condition holds as a reader expects, however its number is spelt",
        arguments: [
            ("epsilon=0.05", true), ("epsilon = 5e-2", true), ("ε=0.05", true), ("epsilon=0.1", false), ("epsilon!=0.1", true),
            ("d>=8", true), ("d>8", false), ("d<=8", true), ("d<9", true), ("dataset=cifar10", true), ("schedule=cosine", true),
            ("schedule!=constant", true), ("seed=2", true), ("batch_size=1024", true), ("train_samples=50000", true),
            ("widths=1024x512", false),
        ])
    func holds(_ text: String, _ expected: Bool) throws {
        #expect(try SettingCondition(text).holds(for: Self.pcn) == expected)
    }

    @Test("a run that does not have the setting satisfies no condition on it", arguments: ["d=16", "d!=4", "epsilon<9", "λ=1"])
    func absent(_ text: String) throws {
        #expect(try !SettingCondition(text).holds(for: Self.mlp))
    }

    @Test("a list of widths may be written with x, × or commas", arguments: ["widths=64x32", "widths=64×32", "widths=[64, 32]"])
    func widths(_ text: String) throws {
        #expect(try SettingCondition(text).holds(for: Settings(widths: [64, 32], dataset: .shapes)))
    }

    @Test("a list of numbers may be written with / or commas", arguments: ["λ=1/2", "λ=[1, 2]", "λ=1,2", "ε=0.1/0.1", "ε<0.2"])
    func layerValues(_ text: String) throws {
        let settings = Settings(lambda: LayerValues([1, 2]), widths: [8], dataset: .shapes)
        #expect(try SettingCondition(text).holds(for: settings))
        #expect(try !SettingCondition("λ>0").holds(for: settings), "a list has no order")
    }

    @Test(
        "a list of augmentations may be written with + or commas, in any order",
        arguments: ["augment=flip+crop", "augment=crop,flip"])
    func augmentations(_ text: String) throws {
        #expect(try SettingCondition(text).holds(for: Settings(dataset: .shapes, augment: [.flip, .crop])))
        #expect(try !SettingCondition(text).holds(for: Settings(dataset: .shapes)))
        #expect(try SettingCondition("augment=none").holds(for: Settings(dataset: .shapes)))
    }

    @Test("what is no condition is refused with what would be right")
    func refused() {
        let expected: [(String, String)] = [
            ("epsilon", "\"epsilon\" is no condition; write a setting, =, !=, <, <=, > or >=, and a value: epsilon=0.1"),
            ("epsilonn=1", "\"epsilonn\" is no setting; did you mean epsilon?"),
            ("epsilon=x", "epsilon: \"x\" is no value; give a number > 0, or a list of one for each layer of the linear part"),
            ("schedule=cosin", "schedule: \"cosin\" is no value; give one of \"constant\", \"cosine\", \"onecycle\", \"steps\""),
            ("dataset<mnist", "dataset: its values have no order; compare with = or !="),
        ]
        for (text, message) in expected {
            let error = #expect(throws: ConditionError.self) { try SettingCondition(text) }
            #expect(error?.description == message)
        }
    }
}
