// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using Drift.Oci;

namespace Drift.Registry;

/// <summary>Digests of whole contents, by either algorithm.</summary>
internal static class Digests
{
    public static Digest Of(ReadOnlySpan<byte> content, string? algorithm) => algorithm == "sha512"
        ? Digest.Parse("sha512:" + Convert.ToHexStringLower(SHA512.HashData(content)))
        : Digest.Of(content);
}
