import Foundation
import Hummingbird
import NIOCore
import Specs

/// What describes the service and its inputs: the API's document, the schema of a spec, and specs to start from.
struct DescriptionRoutes {
    func add(to group: RouterGroup<ServiceContext>) {
        let document = ByteBuffer(bytes: PackageResources.openapi_json)
        group.get("openapi.json") { _, _ in Answers.response(document) }
        group.get("examples") { _, _ in Answers.response(try Answers.encoded(Example.all)) }
    }
}

/// A spec of the repository's folder `experiments`.
struct Example: Codable, Sendable, Equatable {
    let name: String
    let text: String

    private init(_ name: String, _ bytes: [UInt8]) { (self.name, text) = (name, String(decoding: bytes, as: UTF8.self)) }

    /// Quick ones first.
    static let all = [
        Example("quickstart.json", PackageResources.quickstart_json),
        Example("modern.json", PackageResources.modern_json),
        Example("best.json", PackageResources.best_json),
        Example("search.json", PackageResources.search_json),
        Example("search-fine.json", PackageResources.search_fine_json),
        Example("search-narrow-mlp.json", PackageResources.search_narrow_mlp_json),
        Example("search-low-rank.json", PackageResources.search_low_rank_json),
        Example("baselines.json", PackageResources.baselines_json),
        Example("mnist.json", PackageResources.mnist_json),
        Example("table1-short.json", PackageResources.table1_short_json),
        Example("linearnet-sweep.json", PackageResources.linearnet_sweep_json),
        Example("linearnet-seeds.json", PackageResources.linearnet_seeds_json),
        Example("convnet.json", PackageResources.convnet_json),
        Example("alexnet.json", PackageResources.alexnet_json),
        Example("table1.json", PackageResources.table1_json),
        Example("epsilon-lambda.json", PackageResources.epsilon_lambda_json),
        Example("distance-wave.json", PackageResources.distance_wave_json),
        Example("channel-pcn.json", PackageResources.channel_pcn_json),
        Example("at-80k.json", PackageResources.at_80k_json),
        Example("ingredients.json", PackageResources.ingredients_json),
        Example("graphs.json", PackageResources.graphs_json),
        Example("compress-conv4.json", PackageResources.compress_conv4_json),
    ]
}
