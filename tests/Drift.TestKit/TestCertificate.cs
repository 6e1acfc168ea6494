// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Drift.TestKit;

/// <summary>An authority of a test's own, an authority below it, and certificates for this machine's own names of that one.</summary>
public sealed class TestCertificate : IDisposable
{
    private readonly TemporaryDirectory _folder;
    private readonly X509Certificate2 _root;
    private readonly X509Certificate2 _intermediate;

    /// <summary>Makes the authorities, and a certificate that is valid now.</summary>
    public TestCertificate(TemporaryDirectory folder)
    {
        _folder = folder;
        var now = TimeProvider.System.GetUtcNow();
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var root = AuthorityRequest("CN=Test root", rootKey);
        _root = root.CreateSelfSigned(now.AddYears(-2), now.AddYears(2));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var intermediate = AuthorityRequest("CN=Test intermediate", key).Create(_root, now.AddYears(-2).AddDays(1), now.AddYears(1), [1]);
        _intermediate = intermediate.CopyWithPrivateKey(key);
        _folder.Write("ca.pem", _root.ExportCertificatePem() + "\n");
        Issue(now.AddDays(-1), now.AddDays(30));
    }

    /// <summary>The root authority, which clients trust.</summary>
    public string AuthorityFile => _folder.Combine("ca.pem");

    /// <summary>The certificate, and the authority's below the root.</summary>
    public string CertificateFile => _folder.Combine("fullchain.pem");

    /// <summary>The certificate's key.</summary>
    public string KeyFile => _folder.Combine("privkey.pem");

    /// <summary>The arguments for <c>drift registry serve</c>.</summary>
    public string[] Arguments => ["--tls-certificate", CertificateFile, "--tls-key", KeyFile];

    /// <summary>Writes another certificate, with a key of its own, over the one that is there; returns its serial number.</summary>
    public string Issue(DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddDnsName(Dns.GetHostName());
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        using var certificate = request.Create(_intermediate, notBefore, notAfter, RandomNumberGenerator.GetBytes(8));
        _folder.Write("privkey.pem", key.ExportPkcs8PrivateKeyPem() + "\n");
        _folder.Write("fullchain.pem", $"{certificate.ExportCertificatePem()}\n{_intermediate.ExportCertificatePem()}\n");
        return certificate.SerialNumber;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _root.Dispose();
        _intermediate.Dispose();
    }

    private static CertificateRequest AuthorityRequest(string name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        return request;
    }
}
