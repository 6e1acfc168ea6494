// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Cli;

/// <summary>How registries are spoken to, as the options of every command and the environment say.</summary>
internal static class RegistrySettings
{
    private static readonly Option<string[]> Insecure = new("--insecure")
    {
        Description = "Speak HTTP to this registry; this machine's are spoken to so anyhow; may be given several times",
        HelpName = "HOST",
        Recursive = true,
    };

    private static readonly Option<string?> Authorities = new("--ca-file")
    {
        Description = "Certificate authorities (PEM) to trust besides this machine's",
        HelpName = "FILE",
        Recursive = true,
    };

    private static readonly Option<string?> ClientCertificate = new("--client-certificate")
    {
        Description = "The certificate and its key (PEM, in one file) that registries know this client by",
        HelpName = "FILE",
        Recursive = true,
    };

    private static readonly Option<string[]> Mirrors = new("--mirror")
    {
        Description = "Read from MIRROR what HOST has, and from HOST what MIRROR lacks; may be given several times",
        HelpName = "HOST=MIRROR",
        Recursive = true,
    };

    public static void AddTo(Command root)
    {
        root.Options.Add(Insecure);
        root.Options.Add(Authorities);
        root.Options.Add(ClientCertificate);
        root.Options.Add(Mirrors);
    }

    public static RegistryClient Create(ParseResult result, CliHost host, ICredentialSource credentials)
    {
        var printer = host.Printer(result);
        return new RegistryClient(new RegistryClientOptions
        {
            Credentials = credentials,
            InsecureHosts = result.GetValue(Insecure) ?? [],
            TrustedAuthorities = result.GetValue(Authorities) is { } authorities ? Load(authorities, ReadAuthorities) : null,
            ClientCertificate = result.GetValue(ClientCertificate) is { } certificate ? Load(certificate, static path => X509Certificate2.CreateFromPemFile(path)) : null,
            Mirrors = (result.GetValue(Mirrors) ?? []).Select(ParseMirror).GroupBy(mirror => mirror.Host, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, IReadOnlyList<string> (group) => [.. group.Select(mirror => mirror.Mirror)], StringComparer.Ordinal),
            Notices = new NoticePrinter(printer),
        });
    }

    private static X509Certificate2Collection ReadAuthorities(string path)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(path);
        return authorities.Count > 0 ? authorities : throw new CryptographicException("it holds no certificate");
    }

    private static T Load<T>(string path, Func<string, T> read)
    {
        try
        {
            return read(path);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new DriftException(ErrorCode.InvalidSetting, $"{path} cannot be used: {e.Message}", "Name a PEM file, which begins with -----BEGIN CERTIFICATE-----.", e);
        }
    }

    private static (string Host, string Mirror) ParseMirror(string text) => text.Split('=') is [{ Length: > 0 } host, { Length: > 0 } mirror]
        ? (host, mirror)
        : throw new DriftException(ErrorCode.InvalidSetting, $"'{text}' is not a mirror.", "Write --mirror as HOST=MIRROR, for example docker.io=mirror.example.com.");

    private sealed class NoticePrinter(Printer printer) : IProgress<RegistryNotice>
    {
        public void Report(RegistryNotice value) => printer.Step($"{value.Host} says: {value.Message}");
    }
}
