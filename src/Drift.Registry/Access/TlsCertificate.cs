// SPDX-License-Identifier: Apache-2.0

using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Drift.Oci;

namespace Drift.Registry;

/// <summary>A server's certificate, in files that may be replaced while it serves: new connections get the new one.</summary>
/// <param name="CertificateFile">The certificate, and after it those between it and its authority (PEM).</param>
/// <param name="KeyFile">Its private key (PEM, not encrypted).</param>
public sealed record TlsCertificate(string CertificateFile, string KeyFile)
{
    /// <summary>Reads the files.</summary>
    /// <exception cref="DriftException">They cannot be read, do not belong together, or the certificate is not valid now.</exception>
    internal SslStreamCertificateContext Read(TimeProvider timeProvider)
    {
        try
        {
            var certificate = X509Certificate2.CreateFromPemFile(CertificateFile, KeyFile);
            var now = timeProvider.GetUtcNow().UtcDateTime;
            if (now > certificate.NotAfter.ToUniversalTime()) throw Invalid($"expired at {certificate.NotAfter.ToUniversalTime():u}", "Renew it.");
            if (now < certificate.NotBefore.ToUniversalTime()) throw Invalid($"is valid from {certificate.NotBefore.ToUniversalTime():u} on only", "Look whether this machine's clock is right.");
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(CertificateFile);
            // Offline: nothing is fetched, from addresses that the certificate names, while a client waits.
            return SslStreamCertificateContext.Create(certificate, chain, offline: true);
        }
        catch (ArgumentException e)
        {
            throw Invalid($"does not belong to the key in {KeyFile}", "Name the files that were made together.", e);
        }
        catch (CryptographicException e)
        {
            throw Invalid($"or its key in {KeyFile} is not PEM: {e.Message}", "Name a file that begins with -----BEGIN CERTIFICATE-----, and one that begins with -----BEGIN PRIVATE KEY-----.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Invalid($"or its key in {KeyFile} cannot be read: {e.Message}", "Let this user read both files.", e);
        }
    }

    /// <summary>What a connection is opened with.</summary>
    internal static SslServerAuthenticationOptions OptionsFor(SslStreamCertificateContext certificate) => new()
    {
        ServerCertificateContext = certificate,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
    };

    private DriftException Invalid(string problem, string hint, Exception? cause = null) => new(ErrorCode.InvalidSetting, $"The certificate in {CertificateFile} {problem}.", hint, cause);
}
