extension Settings {
    /// A spec of runs with these settings on the whole training split, over seeds from 1. Settings at their defaults are left out.
    /// - Parameter seeds: how many.
    public func spec(name: String, description: String, seeds: Int) -> String {
        let settings = withoutValidation(), defaults = Settings.paper
        var members = [JSONTree.Member("name", .text(name)), JSONTree.Member("description", .text(description))]
        for field in SettingField.all where field.key != "seed" && field.applicability.holds(for: settings) {
            guard let value = field.read(settings) else { continue }
            if field.presence == .required || field.key == "linear" || field.read(defaults) != value {
                members.append(JSONTree.Member(field.key, value.json))
            }
        }
        let list = JSONTree.list((1...max(1, seeds)).map(JSONTree.whole))
        members.append(JSONTree.Member("sweep", .object([JSONTree.Member("seed", list)])))
        return JSONTree.object(members).pretty() + "\n"
    }
}
