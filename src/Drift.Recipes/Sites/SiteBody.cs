// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Text;
using Drift.Oci;

namespace Drift.Recipes;

/// <summary>Bytes that the segment holds once, whatever number of answers send them.</summary>
/// <param name="Content">Where they come from.</param>
/// <param name="Length">How many they are.</param>
/// <param name="Hash">Their SHA-256 in hexadecimal.</param>
internal sealed record SiteBody(ContentSource Content, long Length, string Hash)
{
    // Bytes of the hash: as many as no two bodies will ever share.
    private const int TagLength = 16;

    /// <summary>The entity tag, without its quotes.</summary>
    internal string Tag => Base64Url.EncodeToString(Convert.FromHexString(Hash).AsSpan(0, TagLength));
}
