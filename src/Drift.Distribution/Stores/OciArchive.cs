// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>An OCI layout in one tar file, as skopeo's <c>oci-archive:</c> and podman write it.</summary>
internal static class OciArchive
{
    /// <summary>Unpacks an archive into a layout folder. Only the files of a layout are taken; their content is checked when it is read.</summary>
    public static async Task<OciLayout> ReadAsync(string path, string directory, CancellationToken cancellationToken)
    {
        await ArchiveFiles.UnpackAsync(path, directory, IsLayoutFile, cancellationToken).ConfigureAwait(false);
        return OciLayout.Open(directory, "oci-archive:" + path);
    }

    private static bool IsLayoutFile(string name)
    {
        if (name is "oci-layout" or "index.json") return true;
        var parts = name.Split('/');
        return parts is ["blobs", var algorithm, var hex] && Digest.TryParse($"{algorithm}:{hex}", out _);
    }
}
