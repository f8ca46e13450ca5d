import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The page: files that are part of the program. They hold no data of the lab, so they need no token.
struct PageRoutes {
    func add(to router: Router<ServiceContext>) {
        router.get("healthz") { _, _ in Answers.response(ByteBuffer(string: #"{"status":"ok"}"#)) }
        for asset in PageAsset.all {
            let path = asset.name == "index.html" ? "" : asset.name
            let tag = "\"\(asset.digest)\"", type = asset.type
            let buffer = ByteBuffer(bytes: asset.bytes)
            router.get(RouterPath(path)) { request, _ in
                let headers: HTTPFields = [.contentType: type, .cacheControl: "no-cache", .eTag: tag]
                if request.headers[.ifNoneMatch] == tag { return Response(status: .notModified, headers: headers) }
                return Response(status: .ok, headers: headers, body: .init(byteBuffer: buffer))
            }
        }
    }
}
