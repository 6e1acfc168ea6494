// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;

namespace Drift.Machines.Tests;

/// <summary>A user of a tenancy, with an API key.</summary>
internal sealed class OracleUser(string tenancy)
{
    private const string Region = "uk-london-1";

    public string Tenancy { get; } = $"ocid1.tenancy.oc1..{tenancy}";

    public string Compartment { get; } = $"ocid1.compartment.oc1..{tenancy}";

    public RSA Key { get; } = RSA.Create(2048);

    /// <summary>The token of a session, which the user signs with instead of an API key; null for none.</summary>
    public string? Session { get; set; }

    public string KeyId => Session is null ? $"{Tenancy}/{User}/{Fingerprint}" : $"ST${Session}";

    private string User { get; } = $"ocid1.user.oc1..{tenancy}";

#pragma warning disable CA5351 // A fingerprint is what Oracle says it is.
    public string Fingerprint => string.Join(':', Convert.ToHexStringLower(MD5.HashData(Key.ExportSubjectPublicKeyInfo())).Chunk(2).Select(pair => new string(pair)));
#pragma warning restore CA5351

    /// <summary>The variables that tell the tool of the user.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Variables(string prefix) =>
    [
        new(prefix + "TENANCY_OCID", Tenancy), new(prefix + "USER_OCID", User), new(prefix + "FINGERPRINT", Fingerprint),
        new(prefix + "API_PRIVATE_KEY", Key.ExportPkcs8PrivateKeyPem() + "\nOCI_API_KEY\n"), new(prefix + "REGION", Region), new(prefix + "BUCKET", "images"), new(prefix + "COMPARTMENT_OCID", Compartment),
    ];
}
