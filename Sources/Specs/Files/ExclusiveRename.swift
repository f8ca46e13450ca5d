import Foundation

/// A rename that never replaces a file. The name is taken in one system call, so that no check can be out of date.
public enum ExclusiveRename {
    /// Returns whether the file got the name. Otherwise `errno` says why: EEXIST where the name is taken.
    public static func rename(_ file: String, to name: String) -> Bool {
        if link(file, name) == 0 {
            unlink(file)
            return true
        }
        // Some file systems have no hard links. There an empty file takes the name first.
        guard errno == EPERM || errno == ENOTSUP || errno == ENOSYS else { return false }
        let placeholder = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard placeholder >= 0 else { return false }
        close(placeholder)
        return Foundation.rename(file, name) == 0
    }
}
