// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>A file of a folder, and what it was when the folder was read.</summary>
/// <param name="root">The folder.</param>
/// <param name="path">The file's path in it, which its entry has anyhow.</param>
/// <param name="identity">What the file was.</param>
internal sealed class FileTreeContent(string root, string path, FileIdentity identity) : FileContent
{
    protected override string FilePath => Path.Combine(root, path);

    internal override FileIdentity? Known => identity;
}
