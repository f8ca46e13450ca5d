import Foundation

extension Error {
    /// Why a call of Foundation failed, in the system's words: "No space left on device". Foundation's own descriptions name a domain
    /// and a number where they have no sentence.
    public var systemReason: String {
        var error = self as NSError
        while let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError, cause !== error { error = cause }
        if error.domain == NSPOSIXErrorDomain { return String(cString: strerror(Int32(clamping: error.code))) }
        guard error.domain == NSCocoaErrorDomain else { return "\(self)" }
        switch CocoaError.Code(rawValue: error.code) {
        case .fileNoSuchFile, .fileReadNoSuchFile: return String(cString: strerror(ENOENT))
        case .fileReadNoPermission, .fileWriteNoPermission: return String(cString: strerror(EACCES))
        case .fileWriteFileExists: return String(cString: strerror(EEXIST))
        case .fileWriteOutOfSpace: return String(cString: strerror(ENOSPC))
        case .fileWriteVolumeReadOnly: return String(cString: strerror(EROFS))
        case .fileReadInvalidFileName, .fileWriteInvalidFileName: return "the name is not valid"
        default: return "the system refused it (code \(error.code))"
        }
    }
}
