/// A self-contained HTML page.
enum HTMLDocument {
    /// - Parameter sections: what is below the title.
    static func text(title: String, _ sections: [Markup]) -> String {
        let head = Markup.element(
            "head", [:],
            [
                .element("meta", ["charset": "utf-8"]),
                .element("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
                .element("meta", ["name": "color-scheme", "content": "light dark"]),
                .element("title", text: title), .element("style", text: HTMLStyle.sheet),
            ])
        let body = Markup.element("body", [:], [.element("h1", text: title)] + sections)
        let page = Markup.element("html", ["xmlns": "http://www.w3.org/1999/xhtml", "lang": "en"], [head, body])
        return "<!DOCTYPE html>\n" + page.source + "\n"
    }
}
