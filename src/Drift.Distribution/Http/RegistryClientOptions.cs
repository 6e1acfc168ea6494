// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography.X509Certificates;

namespace Drift.Distribution;

/// <summary>How registries are spoken to.</summary>
public sealed record RegistryClientOptions
{
    /// <summary>Where credentials come from; null for none.</summary>
    public ICredentialSource? Credentials { get; init; }

    /// <summary>Hosts, with their ports, that are spoken to over HTTP. This machine always is, every other host over HTTPS.</summary>
    public IReadOnlyCollection<string> InsecureHosts { get; init; } = [];

    /// <summary>Certificate authorities to trust besides those of this machine.</summary>
    public X509Certificate2Collection? TrustedAuthorities { get; init; }

    /// <summary>The certificate, with its key, that registries know this client by; other hosts that they redirect to never see it.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>For a registry's host, hosts that are asked before it for what is read: <c>docker.io</c> → <c>mirror.example.com</c>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Mirrors { get; init; } = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);

    /// <summary>Told what registries say besides their answers, on any thread.</summary>
    public IProgress<RegistryNotice>? Notices { get; init; }

    /// <summary>The pause before the first repetition; each one after it takes twice as long, up to 30 seconds.</summary>
    internal TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>What is known of the registries, whatever their hosts; null for what their hosts tell.</summary>
    internal RegistryProfile? Profile { get; init; }

    /// <summary>How long a registry may say nothing.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a registry may take to answer once it has a body: it reads a large blob again before it takes it.</summary>
    internal TimeSpan PatienceAfterBody => 10 * Patience;
}
