// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>
/// A file of a folder, by the path that its entry has anyhow, and what it was when the folder was read. There is one for each file of a
/// large folder, so it holds no more than that.
/// </summary>
/// <param name="root">The folder.</param>
/// <param name="path">The entry's path, whose end is the file's path in the folder.</param>
/// <param name="start">Where in the entry's path the file's begins.</param>
/// <param name="identity">What the file was.</param>
internal sealed class FileTreeContent(string root, string path, int start, FileIdentity identity) : FileContent
{
    protected override string FilePath => Path.Combine(root, path[start..]);

    internal override FileIdentity? Known => identity;

    /// <summary>The same file, by the path that its entry gets in place of <paramref name="from"/>; a hard link may have another path than its content.</summary>
    public FileTreeContent Moved(string from, string to) => path == from ? new(root, to, to.Length - from.Length + start, identity) : this;
}
