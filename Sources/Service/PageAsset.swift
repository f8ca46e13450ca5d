import Foundation
import Specs

/// A file of the page.
struct PageAsset: Sendable {
    let name: String
    let bytes: [UInt8]

    init(_ name: String, _ bytes: [UInt8]) { (self.name, self.bytes) = (name, bytes) }

    static let all: [PageAsset] = [
        PageAsset("actions.js", PackageResources.actions_js),
        PageAsset("api.js", PackageResources.api_js),
        PageAsset("app.js", PackageResources.app_js),
        PageAsset("chart.js", PackageResources.chart_js),
        PageAsset("curvepanel.js", PackageResources.curvepanel_js),
        PageAsset("curves.js", PackageResources.curves_js),
        PageAsset("dom.js", PackageResources.dom_js),
        PageAsset("experiment.js", PackageResources.experiment_js),
        PageAsset("favicon.svg", PackageResources.favicon_svg),
        PageAsset("filters.js", PackageResources.filters_js),
        PageAsset("format.js", PackageResources.format_js),
        PageAsset("health.js", PackageResources.health_js),
        PageAsset("index.html", PackageResources.index_html),
        PageAsset("live.js", PackageResources.live_js),
        PageAsset("plot.js", PackageResources.plot_js),
        PageAsset("plotfile.js", PackageResources.plotfile_js),
        PageAsset("queue.js", PackageResources.queue_js),
        PageAsset("raster.js", PackageResources.raster_js),
        PageAsset("run.js", PackageResources.run_js),
        PageAsset("search.js", PackageResources.search_js),
        PageAsset("style.css", PackageResources.style_css),
        PageAsset("submit.js", PackageResources.submit_js),
        PageAsset("table1.js", PackageResources.table1_js),
    ]

    var type: String {
        switch name.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        default: "application/octet-stream"
        }
    }

    /// Tells one version of the file from another.
    var digest: String {
        String(bytes.reduce(into: UInt64(14_695_981_039_346_656_037)) { $0 = ($0 ^ UInt64($1)) &* 1_099_511_628_211 }, radix: 36)
    }
}
